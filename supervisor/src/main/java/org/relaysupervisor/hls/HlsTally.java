package org.relaysupervisor.hls;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.relaysupervisor.hls.HlsSnapshot.Drop;
import org.relaysupervisor.hls.HlsSnapshot.State;
import org.relaysupervisor.store.StoreException;
import org.relaysupervisor.store.StoreException.Reason;

/** Counts what became of segments since the daemon's start. */
final class HlsTally {
    private static final List<Double> BOUNDS = List.of(0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 10.0, 30.0);

    private final long[] counts = new long[BOUNDS.size() + 1];
    private final Map<Drop, Long> dropped = new EnumMap<>(Drop.class);
    private final Map<Reason, Long> failures = new EnumMap<>(Reason.class);
    private double seconds;
    private long published;
    private Optional<Instant> playlistEnd = Optional.empty();
    private Optional<String> lastFailure = Optional.empty();

    HlsTally() {
        for (Drop drop : Drop.values()) {
            dropped.put(drop, 0L);
        }
        for (Reason reason : Reason.values()) {
            failures.put(reason, 0L);
        }
    }

    void published(Duration took) {
        double lasted = took.toNanos() / 1e9;
        int bucket = 0;
        while (bucket < BOUNDS.size() && lasted > BOUNDS.get(bucket)) {
            bucket++;
        }
        counts[bucket]++;
        seconds += lasted;
        published++;
    }

    void dropped(Drop why) {
        dropped.merge(why, 1L, Long::sum);
    }

    void failed(StoreException failure) {
        failures.merge(failure.reason(), 1L, Long::sum);
        lastFailure = Optional.of(failure.getMessage());
    }

    /** The store has answered as it should. */
    void answered(Optional<Instant> newestEnd) {
        lastFailure = Optional.empty();
        playlistEnd = newestEnd.or(() -> playlistEnd);
    }

    HlsSnapshot snapshot(State state, String store, int waiting) {
        List<Long> list = new ArrayList<>();
        for (long count : counts) {
            list.add(count);
        }
        return new HlsSnapshot(
                state,
                store,
                waiting,
                published,
                dropped,
                new HlsSnapshot.Times(BOUNDS, list, seconds),
                playlistEnd,
                failures,
                lastFailure);
    }
}
