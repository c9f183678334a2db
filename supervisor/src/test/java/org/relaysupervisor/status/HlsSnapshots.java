package org.relaysupervisor.status;

import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.relaysupervisor.hls.HlsSnapshot;
import org.relaysupervisor.hls.HlsSnapshot.Drop;
import org.relaysupervisor.hls.HlsSnapshot.State;
import org.relaysupervisor.store.StoreException.Reason;
import org.relaysupervisor.store.TransferTimes;

/** HLS in the states that are shown. */
public final class HlsSnapshots {
    private static final TransferTimes NONE = new TransferTimes(List.of(1.0, 6.0), List.of(0L, 0L, 0L), 0);

    private HlsSnapshots() {}

    public static HlsSnapshot off() {
        return new HlsSnapshot(State.OFF, "", 0, 0, drops(), NONE, Optional.empty(), failures(), Optional.empty());
    }

    public static HlsSnapshot live(Instant playlistEnd) {
        return new HlsSnapshot(
                State.LIVE,
                "bucket relay-hls at https://r2.example",
                0,
                1_200,
                drops(),
                new TransferTimes(List.of(1.0, 6.0), List.of(1_150L, 49L, 1L), 960.5),
                Optional.of(playlistEnd),
                failures(),
                Optional.empty());
    }

    public static HlsSnapshot failing(Instant playlistEnd) {
        Map<Drop, Long> dropped = drops();
        dropped.put(Drop.QUEUE_FULL, 7L);
        Map<Reason, Long> failures = failures();
        failures.put(Reason.NETWORK, 3L);
        return new HlsSnapshot(
                State.FAILING,
                "bucket relay-hls at https://r2.example",
                10,
                1_200,
                dropped,
                NONE,
                Optional.of(playlistEnd),
                failures,
                Optional.of("bucket relay-hls at https://r2.example: PUT live.m3u8: took too long"));
    }

    public static HlsSnapshot standby(Instant playlistEnd) {
        return new HlsSnapshot(
                State.STANDBY,
                "bucket relay-hls at https://r2.example",
                10,
                0,
                drops(),
                NONE,
                Optional.of(playlistEnd),
                failures(),
                Optional.empty());
    }

    private static Map<Drop, Long> drops() {
        Map<Drop, Long> drops = new EnumMap<>(Drop.class);
        List.of(Drop.values()).forEach(drop -> drops.put(drop, 0L));
        return drops;
    }

    private static Map<Reason, Long> failures() {
        Map<Reason, Long> failures = new EnumMap<>(Reason.class);
        List.of(Reason.values()).forEach(reason -> failures.put(reason, 0L));
        return failures;
    }
}
