package org.relaysupervisor.shows;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which show is on, and which comes next.
 *
 * @param known false while it can't be said whether a show is on, because the calendar could not be read
 * @param current the show that is on
 * @param next the next one to start, at most a week ahead
 * @param calendar empty when none is configured
 */
public record ShowsSnapshot(
        boolean known, Optional<Show> current, Optional<Show> next, Optional<CalendarState> calendar) {
    /** Of a station that schedules nothing. */
    public static final ShowsSnapshot NONE =
            new ShowsSnapshot(true, Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * @param readable whether the newest attempt to read it succeeded
     * @param stale whether what is used is older than the configuration allows
     * @param lastRead when it was last read; empty when it never was
     * @param age since then, by the monotonic clock
     * @param failures attempts that failed since the daemon's start
     * @param events in it, recurring ones counted once
     * @param problems what is wrong and what to do; without secrets
     */
    public record CalendarState(
            boolean readable,
            boolean stale,
            Optional<Instant> lastRead,
            Optional<Duration> age,
            long failures,
            int events,
            List<String> problems) {
        public CalendarState {
            problems = List.copyOf(problems);
        }
    }
}
