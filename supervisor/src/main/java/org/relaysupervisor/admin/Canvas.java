package org.relaysupervisor.admin;

import java.util.ArrayList;
import java.util.List;
import org.relaysupervisor.admin.TextPage.Cell;
import org.relaysupervisor.admin.TextPage.Colour;

/**
 * Lines that never are wider than the terminal.
 *
 * @param ascii whether the terminal may not know more than ASCII
 */
record Canvas(int columns, int rows, boolean ascii, boolean colour) {
    /** One line of these cells, side by side; what doesn't fit is cut. */
    String line(Cell... cells) {
        return line(List.of(cells));
    }

    String line(List<Cell> cells) {
        TextPage line = new TextPage(colour);
        int left = columns;
        for (Cell cell : cells) {
            String text = plain(Columns.cut(cell.text(), left));
            left -= Columns.width(text);
            line.add(new Cell(text, text.isEmpty() ? Colour.PLAIN : cell.colour()));
        }
        return line.toString();
    }

    private String plain(String text) {
        return ascii ? text.replace('…', '~').replaceAll("[^\\x00-\\x7f]", "?") : text;
    }

    /** A bar that is full at 1, and a mark on it; whatever fits into the width. */
    String bar(double share, double mark, int width) {
        StringBuilder bar = new StringBuilder(width);
        double full = Math.max(0, Math.min(1, share)) * width;
        int marked = (int) Math.min(width - 1, mark * width);
        for (int i = 0; i < width; i++) {
            if (i == marked) {
                bar.append(ascii ? '|' : '│');
            } else {
                bar.append(cell(full - i));
            }
        }
        return bar.toString();
    }

    /** In eighths of a column where the letters for it are known. */
    private char cell(double filled) {
        if (ascii) {
            return filled >= 0.5 ? '#' : '.';
        }
        int eighths = (int) Math.round(Math.max(0, Math.min(1, filled)) * 8);
        return eighths == 0 ? '·' : (char) ('█' + (8 - eighths));
    }

    /** As many of the lines as there are rows, and in the last row how many are missing. */
    List<String> fit(List<String> lines) {
        if (lines.size() <= rows) {
            return lines;
        }
        List<String> cut = new ArrayList<>(lines.subList(0, rows - 1));
        int missing = lines.size() - rows + 1;
        cut.add(line(new Cell(missing + " lines more than the terminal has", Colour.CHANGING)));
        return cut;
    }
}
