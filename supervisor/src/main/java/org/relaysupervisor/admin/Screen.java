package org.relaysupervisor.admin;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The terminal of standard input and output while it shows pictures instead of lines. However the JVM ends, short of SIGKILL, the
 * terminal is left as it was: its modes, its cursor, and what stood on it.
 */
final class Screen implements AutoCloseable {
    /** Alternate screen, no cursor, no wrapping at the margin, cleared. */
    private static final String ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J";

    private static final String LEAVE = "\u001b[?2026l\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l";
    /** Synchronized output: terminals that know it show what is between the two at once; the others pass over it. */
    private static final String BEGIN = "\u001b[?2026h";

    private static final String END = "\u001b[?2026l";

    private static final long STTY_SECONDS = 2;
    private static final String USUAL_SIZE = "24 80";

    private final PrintStream out;
    private final String modes;
    private final ReentrantLock drawing = new ReentrantLock();
    private volatile boolean resized = true;
    private boolean left;
    private List<String> shown = List.of();
    private int rows;
    private int columns;

    private Screen(PrintStream out, String modes) {
        this.out = out;
        this.modes = modes;
    }

    /** Takes the terminal; empty when standard input is none. */
    static Optional<Screen> enter(PrintStream out) {
        Optional<String> modes = stty("-g").filter(text -> !text.isEmpty());
        return modes.map(before -> {
            Screen screen = new Screen(out, before);
            Runtime.getRuntime()
                    .addShutdownHook(Executors.defaultThreadFactory().newThread(screen::close));
            Signals.handle("WINCH", () -> screen.resized = true);
            Signals.handle("CONT", screen::take);
            screen.take();
            return screen;
        });
    }

    /** At the start, and after the shell had the terminal in between. Ctrl-C stays a signal; Ctrl-S, -Z and -\ do nothing. */
    private void take() {
        stty("-icanon", "-echo", "-ixon", "susp", "undef", "quit", "undef", "min", "1", "time", "0");
        drawing.lock();
        try {
            if (!left) {
                out.print(ENTER);
                out.flush();
                shown = List.of();
                resized = true;
            }
        } finally {
            drawing.unlock();
        }
    }

    int rows() {
        measure();
        return rows;
    }

    int columns() {
        measure();
        return columns;
    }

    private void measure() {
        if (!resized) {
            return;
        }
        resized = false;
        String[] size = stty("size")
                .filter(text -> text.matches("[1-9]\\d* [1-9]\\d*"))
                .orElse(USUAL_SIZE)
                .split(" ");
        rows = Integer.parseInt(size[0]);
        columns = Integer.parseInt(size[1]);
        drawing.lock();
        try {
            // What stands where after a change of size is the terminal's affair: all is drawn again.
            shown = List.of();
        } finally {
            drawing.unlock();
        }
    }

    /** Shows these lines, and writes only what is not there yet. */
    void draw(List<String> lines) {
        drawing.lock();
        try {
            if (!left) {
                out.print(changes(shown, lines, rows));
                out.flush();
                shown = List.copyOf(lines);
            }
        } finally {
            drawing.unlock();
        }
    }

    /** What turns one picture into the next; before an empty one, that anything may stand there. */
    static String changes(List<String> before, List<String> after, int rows) {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < Math.min(rows, Math.max(before.size(), after.size())); row++) {
            String line = row < after.size() ? after.get(row) : "";
            if (row >= before.size() || !line.equals(before.get(row))) {
                text.append("\u001b[")
                        .append(row + 1)
                        .append(";1H")
                        .append(line)
                        .append("\u001b[0m\u001b[K");
            }
        }
        if (before.isEmpty() && after.size() < rows) {
            text.append("\u001b[").append(after.size() + 1).append(";1H\u001b[J");
        }
        return text.length() == 0 ? "" : BEGIN + text + END;
    }

    /** The key that was pressed, if one was; never waits. */
    static int key() throws IOException {
        return System.in.available() > 0 ? System.in.read() : -1;
    }

    /** Also while another thread is stuck in writing to a terminal that takes nothing. */
    @Override
    public void close() {
        boolean alone = false;
        try {
            alone = drawing.tryLock(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            if (!left) {
                left = true;
                stty(modes);
                out.print(LEAVE);
                out.flush();
            }
        } finally {
            if (alone) {
                drawing.unlock();
            }
        }
    }

    /** What it printed; empty when it failed. */
    private static Optional<String> stty(String... arguments) {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(arguments));
        try {
            Process stty = new ProcessBuilder(command)
                    .redirectInput(Redirect.INHERIT)
                    .redirectError(Redirect.DISCARD)
                    .start();
            String printed = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            boolean ended = stty.waitFor(STTY_SECONDS, TimeUnit.SECONDS);
            return ended && stty.exitValue() == 0 ? Optional.of(printed) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
