package org.relaysupervisor.archive;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Counts shows whose recording ended before they did, though the mount played. */
final class EarlyEnds {
    private static final Duration TOLERANCE = Duration.ofSeconds(5);
    private static final int MOST = 100;

    /** @param due by the monotonic clock: by then the last segment has come, if it ever does */
    private record Ended(ShowOnAir show, Instant lastPlayed, long due) {}

    private final List<Ended> ended = new ArrayList<>();
    private final Map<String, Instant> recordedUntil = new HashMap<>();
    private Optional<ShowOnAir> on = Optional.empty();
    private Optional<Instant> lastPlayed = Optional.empty();
    private long count;

    /** @param patience how long after a show's end its last segment comes at the latest */
    void observe(Optional<ShowOnAir> now, boolean playing, Instant time, long nanos, Duration patience) {
        boolean changed = !on.map(EarlyEnds::key).equals(now.map(EarlyEnds::key));
        if (changed) {
            long due = nanos + patience.toNanos();
            on.ifPresent(show -> lastPlayed
                    .filter(played -> ended.size() < MOST)
                    .ifPresent(played -> ended.add(new Ended(show, played, due))));
            lastPlayed = Optional.empty();
        }
        on = now;
        if (now.isPresent() && playing) {
            lastPlayed = Optional.of(time);
        }
        ended.removeIf(show -> nanos - show.due() >= 0 && judge(show));
    }

    private boolean judge(Ended show) {
        Instant end = show.show().end().filter(show.lastPlayed()::isAfter).orElse(show.lastPlayed());
        Instant until = Optional.ofNullable(recordedUntil.remove(key(show.show())))
                .orElse(show.show().begin());
        if (until.isBefore(end.minus(TOLERANCE))) {
            count++;
        }
        return true;
    }

    void recorded(ShowOnAir show, Instant until) {
        if (recordedUntil.size() < MOST || recordedUntil.containsKey(key(show))) {
            recordedUntil.put(key(show), until);
        }
    }

    private static String key(ShowOnAir show) {
        return show.begin() + " " + show.name();
    }

    long count() {
        return count;
    }
}
