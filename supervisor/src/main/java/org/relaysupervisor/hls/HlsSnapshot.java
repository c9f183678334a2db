package org.relaysupervisor.hls;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.relaysupervisor.store.StoreException.Reason;
import org.relaysupervisor.store.TransferTimes;

/**
 * An immutable view of how HLS gets out. Counters only grow since the daemon's start; every key of an enum is present from the start.
 *
 * @param store where segments go, for people; empty while it is off
 * @param waiting segments that are not out yet
 * @param published segments that are in the playlist
 * @param dropped segments that never will be, by why
 * @param times of published segments, from closed to in the playlist
 * @param playlistEnd when the newest audio in the playlist ends, whoever wrote it, as far as it is known
 * @param failures of calls to the store, by why
 * @param lastFailure the newest one's message; empty after a success
 */
public record HlsSnapshot(
        State state,
        String store,
        int waiting,
        long published,
        Map<Drop, Long> dropped,
        TransferTimes times,
        Optional<Instant> playlistEnd,
        Map<Reason, Long> failures,
        Optional<String> lastFailure) {

    public HlsSnapshot {
        dropped = Map.copyOf(dropped);
        failures = Map.copyOf(failures);
    }

    /** What this machine does. */
    public enum State {
        /** The configuration doesn't ask for it. */
        OFF,
        /** Nothing was published yet. */
        WAITING,
        /** Our segments are in the playlist. */
        LIVE,
        /** Another machine publishes; this one takes over when it stops. */
        STANDBY,
        /** The store doesn't take them. */
        FAILING;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Why a segment never gets out; the values of the {@code reason} label. */
    public enum Drop {
        /** Newer ones wait, and the store is too slow or fails. */
        QUEUE_FULL,
        /** Its file can't be read. */
        FILE,
        /** Another machine has published that time. */
        ELSEWHERE;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
