package org.relaysupervisor.archive;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which shows were on lately, and so to which a piece of audio belongs. */
final class ShowHistory {
    private static final int MOST = 100;

    /** @param off when it was seen to be over */
    private record Heard(ShowOnAir show, Optional<Instant> off) {
        Optional<Instant> end() {
            return off.or(show::end);
        }

        boolean isOnDuring(Instant from, Instant to) {
            return show.begin().isBefore(to) && end().map(from::isBefore).orElse(true);
        }
    }

    /**
     * What one recording is made of.
     *
     * @param end empty while it is open
     */
    record Span(Optional<ShowOnAir> show, Instant begin, Optional<Instant> end) {}

    private final List<Heard> shows = new ArrayList<>();

    /** What is on now. A show that another one takes the place of goes on behind it until its end, if it has one. */
    void observe(Optional<ShowOnAir> on, Instant now) {
        for (int i = 0; i < shows.size(); i++) {
            Heard heard = shows.get(i);
            boolean isOver = on.isEmpty() || heard.show().end().isEmpty();
            boolean isOn = on.isPresent() && on.get().isSame(heard.show());
            if (!isOn && isOver && heard.end().map(now::isBefore).orElse(true)) {
                shows.set(i, new Heard(heard.show(), Optional.of(now)));
            }
        }
        on.ifPresent(this::add);
    }

    /** Also one of an earlier life of the daemon. */
    void add(ShowOnAir show) {
        shows.removeIf(heard -> heard.show().isSame(show));
        shows.add(new Heard(show, Optional.empty()));
        if (shows.size() > MOST) {
            shows.remove(0);
        }
    }

    /** The show that was on at any time between these, the one that began last if there are several; or else the hour. */
    Span of(Instant from, Instant to) {
        return shows.stream()
                .filter(heard -> heard.isOnDuring(from, to))
                .reduce((one, other) -> other.show().begin().isBefore(one.show().begin()) ? one : other)
                .map(heard -> new Span(Optional.of(heard.show()), heard.show().begin(), heard.end()))
                .orElseGet(() -> hour(from));
    }

    private static Span hour(Instant moment) {
        Instant begin = moment.truncatedTo(ChronoUnit.HOURS);
        return new Span(Optional.empty(), begin, Optional.of(begin.plus(Duration.ofHours(1))));
    }

    /** As far as it is known by now; empty while it is open. */
    Optional<Instant> endOf(RecordingFacts facts) {
        return facts.show()
                .flatMap(show -> shows.stream()
                        .filter(heard -> heard.show().isSame(show))
                        .findFirst())
                .map(Heard::end)
                .orElse(facts.end());
    }
}
