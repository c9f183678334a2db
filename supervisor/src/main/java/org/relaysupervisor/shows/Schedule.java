package org.relaysupervisor.shows;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Shows of every origin, each with its times. What an operator says goes before the calendar, and the calendar before the weekly
 * times; of one origin the show that began last is on; of those that began together the first in the list.
 */
record Schedule(List<Show> shows) {
    static final Schedule EMPTY = new Schedule(List.of());

    private static final Duration FURTHEST_NEXT = Duration.ofDays(7);
    private static final Comparator<Show> PRECEDENCE =
            Comparator.comparing(Show::origin).thenComparing(Show::start, Comparator.reverseOrder());

    Schedule {
        shows = List.copyOf(shows);
    }

    Optional<Show> at(Instant now) {
        return first(shows.stream(), now);
    }

    /** The next scheduled show that will be on from its very start, unless an operator has a word in it; at most a week ahead. */
    Optional<Show> nextAfter(Instant now) {
        List<Show> scheduled = shows.stream()
                .filter(show -> show.origin() != Show.Origin.OPERATOR)
                .toList();
        return scheduled.stream()
                .filter(show -> show.start().isAfter(now) && !show.start().isAfter(now.plus(FURTHEST_NEXT)))
                .sorted(Comparator.comparing(Show::start).thenComparing(PRECEDENCE))
                .filter(show -> first(scheduled.stream(), show.start())
                        .filter(show::equals)
                        .isPresent())
                .findFirst();
    }

    /** The moment until which both answers above stay as they are, unless the clock is put back. */
    Instant nextChange(Instant now) {
        Instant weekBefore = now.plus(FURTHEST_NEXT);
        return shows.stream()
                .flatMap(show -> Stream.of(
                        Optional.of(show.start()), Optional.of(show.start().minus(FURTHEST_NEXT)), show.end()))
                .flatMap(Optional::stream)
                .filter(change -> change.isAfter(now))
                .min(Comparator.naturalOrder())
                .orElse(weekBefore);
    }

    private static Optional<Show> first(Stream<Show> shows, Instant now) {
        return shows.filter(show -> isOn(show, now)).min(PRECEDENCE);
    }

    private static boolean isOn(Show show, Instant now) {
        return !show.start().isAfter(now) && show.end().map(now::isBefore).orElse(true);
    }
}
