package org.relaysupervisor.hls;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.relaysupervisor.hls.HlsSnapshot.Drop;
import org.relaysupervisor.hls.HlsSnapshot.State;
import org.relaysupervisor.store.StoreException;
import org.relaysupervisor.store.TransferTally;

/** Counts what became of segments since the daemon's start. */
final class HlsTally {
    private final TransferTally transfers =
            new TransferTally(List.of(0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 10.0, 30.0));
    private final Map<Drop, Long> dropped = new EnumMap<>(Drop.class);
    private long published;
    private Optional<Instant> playlistEnd = Optional.empty();

    HlsTally() {
        for (Drop drop : Drop.values()) {
            dropped.put(drop, 0L);
        }
    }

    void published(Duration took) {
        transfers.done(took);
        published++;
    }

    void dropped(Drop why) {
        dropped.merge(why, 1L, Long::sum);
    }

    void failed(StoreException failure) {
        transfers.failed(failure);
    }

    /** The store has answered as it should. */
    void answered(Optional<Instant> newestEnd) {
        transfers.answered();
        playlistEnd = newestEnd.or(() -> playlistEnd);
    }

    HlsSnapshot snapshot(State state, String store, int waiting) {
        return new HlsSnapshot(
                state,
                store,
                waiting,
                published,
                dropped,
                transfers.times(),
                playlistEnd,
                transfers.failures(),
                transfers.lastFailure());
    }
}
