package org.relaysupervisor.metering;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import org.relaysupervisor.loop.Clock;

/** Logs what may happen again and again, once a minute at most, with the number of those that were not told. For one thread. */
final class Sparingly {
    static final Duration EVERY = Duration.ofMinutes(1);

    private final Logger log;
    private final Clock clock;
    private long toldAt;
    private boolean told;
    private long untold;

    Sparingly(Logger log, Clock clock) {
        this.log = log;
        this.clock = clock;
    }

    void log(Level level, String message, Throwable cause) {
        if (told && clock.since(toldAt).compareTo(EVERY) < 0) {
            untold++;
            return;
        }
        log.log(
                level,
                untold == 0 ? message : message + " (and " + untold + " times more since this was last told)",
                cause);
        told = true;
        toldAt = clock.nanoTime();
        untold = 0;
    }

    void log(Level level, String message) {
        log(level, message, null);
    }
}
