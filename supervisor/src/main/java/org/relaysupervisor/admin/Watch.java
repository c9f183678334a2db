package org.relaysupervisor.admin;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** {@code relayctl watch}: asks the daemon for one picture after the other, until q or a signal. */
final class Watch {
    /** Between two questions, in milliseconds; five a second at the most. */
    static final int SHORTEST = 200;

    static final int USUAL = 500;
    static final int LONGEST = 60_000;

    private static final int FIRST_RETRY = 500;
    private static final int LAST_RETRY = 8_000;
    private static final long PATIENCE = 5_000;
    /** How long a pressed key waits, in milliseconds. */
    private static final int KEY = 50;

    private final ControlClient daemon;
    private final Screen screen;
    private final boolean colour = Boolean.getBoolean("relay.color");
    private final boolean ascii =
            !System.getProperty("native.encoding", "UTF-8").replace("-", "").equalsIgnoreCase("UTF8");
    private int retry = FIRST_RETRY;

    private Watch(ControlClient daemon, Screen screen) {
        this.daemon = daemon;
        this.screen = screen;
    }

    static int run(ControlClient daemon, int interval, PrintStream out, PrintStream err) {
        Optional<Screen> terminal = Boolean.getBoolean("relay.terminal") ? Screen.enter(out) : Optional.empty();
        if (terminal.isEmpty()) {
            err.println("relayctl: watch needs a terminal that can move its cursor; use relayctl status instead");
            return Relayctl.REFUSED;
        }
        try (Screen screen = terminal.get()) {
            Watch watch = new Watch(daemon, screen);
            while (!quits(watch.show(interval))) {
                // The next picture.
            }
        } catch (IOException e) {
            err.println("relayctl: the terminal is gone: " + e.getMessage());
            return Relayctl.REFUSED;
        }
        return Relayctl.DONE;
    }

    /** @return how long to wait before the next picture, in milliseconds */
    private int show(int interval) {
        try {
            ControlClient.Answer answer = daemon.ask("GET", target(), PATIENCE);
            String body = new String(answer.body(), StandardCharsets.UTF_8);
            if (answer.status() < 300) {
                screen.draw(body.lines().toList());
                retry = FIRST_RETRY;
                return interval;
            }
            return away(body.strip());
        } catch (ControlClient.Unreachable e) {
            return away(e.getMessage());
        }
    }

    /** Nothing old is left on the screen: it would be taken for what is now. */
    private int away(String problem) {
        int wait = retry;
        retry = Math.min(LAST_RETRY, retry * 2);
        Canvas canvas = new Canvas(screen.columns(), screen.rows(), ascii, colour);
        screen.draw(canvas.fit(List.of(
                canvas.line(new TextPage.Cell("NO ANSWER", TextPage.Colour.BAD), TextPage.Cell.of("  q quits")),
                canvas.line(TextPage.Cell.of(problem)),
                canvas.line(TextPage.Cell.of("asks again in " + Math.max(1, wait / 1000) + " s")))));
        return wait;
    }

    private String target() {
        return "/watch?columns=" + screen.columns() + "&rows=" + screen.rows() + (ascii ? "&ascii=1" : "")
                + (colour ? "&color=1" : "");
    }

    private static boolean quits(int milliseconds) throws IOException {
        for (int waited = 0; waited < milliseconds; waited += KEY) {
            int key = Screen.key();
            // Ctrl-C comes as a key where the terminal's signals are off.
            if (key == 'q' || key == 'Q' || key == 3) {
                return true;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(KEY));
        }
        return false;
    }
}
