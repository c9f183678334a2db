package org.relaysupervisor.shows;

import java.time.Duration;
import java.time.Instant;

/** The time for which recurring shows are written out one by one: long enough for the next one to be seen a week ahead. */
record Window(Instant from, Instant to) {
    /** A show that began earlier than this is over, whatever a calendar says. */
    static final Duration BEHIND = Duration.ofDays(8);

    private static final Duration AHEAD = Duration.ofDays(9);
    private static final Duration NEXT_AT_MOST = Duration.ofDays(7);

    static Window around(Instant now) {
        return new Window(now.minus(BEHIND), now.plus(AHEAD));
    }

    /** Whether everything that is asked of this moment is within. */
    boolean serves(Instant now) {
        return !now.isBefore(from.plus(Duration.ofDays(7)))
                && !now.plus(NEXT_AT_MOST).isAfter(to);
    }

    boolean overlaps(Instant start, Instant end) {
        return start.isBefore(to) && end.isAfter(from);
    }
}
