package org.relaysupervisor.admin;

import java.util.Arrays;
import java.util.List;
import org.relaysupervisor.status.SafeText;

/** Text for people while it is being written: 80 columns, and nothing in it that a terminal would obey but our own colours. */
final class TextPage {
    static final int WIDTH = 80;

    private final boolean colour;
    private final StringBuilder text = new StringBuilder();

    TextPage(boolean colour) {
        this.colour = colour;
    }

    enum Colour {
        GOOD("\u001b[32m"),
        CHANGING("\u001b[33m"),
        BAD("\u001b[31m"),
        PLAIN("");

        private final String code;

        Colour(String code) {
            this.code = code;
        }
    }

    record Cell(String text, Colour colour) {
        static Cell of(String text) {
            return new Cell(Plain.text(text), Colour.PLAIN);
        }

        int width() {
            return text.codePointCount(0, text.length());
        }
    }

    /** What is our own, or was made harmless. */
    TextPage add(String ours) {
        text.append(ours);
        return this;
    }

    TextPage add(long number) {
        text.append(number);
        return this;
    }

    TextPage add(Cell cell) {
        text.append(painted(cell));
        return this;
    }

    /** A line beneath what it is about, cut at the margin. */
    void note(Colour painted, String note) {
        add("  ")
                .add(new Cell(SafeText.cut(Plain.text(note), WIDTH - 2), painted))
                .add("\n");
    }

    /** As {@link #note}, on as many lines as it takes: what to do comes last. */
    void advice(Colour painted, String advice) {
        StringBuilder line = new StringBuilder();
        for (String word : Plain.text(advice).split(" ", -1)) {
            if (line.length() + 1 + word.length() > WIDTH - 2) {
                note(painted, line.toString());
                line = new StringBuilder(" ");
            }
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        note(painted, line.toString());
    }

    static List<Cell> row(String... cells) {
        return Arrays.stream(cells).map(Cell::of).toList();
    }

    /** Columns as wide as their widest cell; the last one takes what is left of the width. */
    void table(List<List<Cell>> rows) {
        table(rows, WIDTH);
    }

    /** The same, with a last column that takes what it needs. */
    TextPage tableUncut(List<List<Cell>> rows) {
        table(rows, Integer.MAX_VALUE);
        return this;
    }

    private void table(List<List<Cell>> rows, int margin) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<Cell> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).width());
            }
        }
        for (List<Cell> row : rows) {
            int used = 0;
            for (int i = 0; i < columns - 1; i++) {
                Cell cell = row.get(i);
                add(cell).add(" ".repeat(widths[i] - cell.width() + 2));
                used += widths[i] + 2;
            }
            Cell last = row.get(columns - 1);
            add(new Cell(SafeText.cut(last.text(), Math.max(12, margin - used)), last.colour()));
            add("\n");
        }
    }

    private String painted(Cell cell) {
        boolean plain = !colour || cell.colour() == Colour.PLAIN;
        return plain ? cell.text() : cell.colour().code + cell.text() + "\u001b[0m";
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
