package org.relaysupervisor.status;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.relaysupervisor.archive.ArchiveSnapshot;
import org.relaysupervisor.archive.ArchiveSnapshot.Disk;
import org.relaysupervisor.archive.DiskLevel;
import org.relaysupervisor.archive.GapCause;
import org.relaysupervisor.archive.RecordingView;
import org.relaysupervisor.store.StoreException.Reason;
import org.relaysupervisor.store.TransferTimes;

/** Views of the archive for tests, at {@link Snapshots#NOW}. */
public final class Archives {
    /** Goes on: 30 minutes of the evening's show. */
    public static final RecordingView EVENING = view(
            "live/20261122T133000Z-evening-session-3f9a",
            Optional.of("Evening Session"),
            Snapshots.NOW.minus(Duration.ofMinutes(30)),
            Duration.ofMinutes(30),
            RecordingView.State.RECORDING);

    /** The hour before, stored. */
    public static final RecordingView HOUR = view(
            "live/20261122T120000Z-hour-3f9a",
            Optional.empty(),
            Snapshots.STARTED,
            Duration.ofMinutes(60),
            RecordingView.State.STORED);

    private static final Disk AMPLE =
            new Disk(DiskLevel.AMPLE, 13_207_024_435L, 64 << 20, OptionalDouble.of(219 * 3_600.0), Optional.empty());
    private static final TransferTimes NO_UPLOADS =
            new TransferTimes(List.of(0.5, 5.0, 60.0), List.of(0L, 0L, 0L, 0L), 0);

    private Archives() {}

    private static RecordingView view(
            String id, Optional<String> show, Instant start, Duration length, RecordingView.State state) {
        int minutes = (int) length.toMinutes();
        return new RecordingView(
                id,
                "/live",
                show,
                start,
                start.plus(length),
                length,
                minutes,
                minutes * 960_000L,
                0,
                Duration.ZERO,
                minutes,
                state);
    }

    /** Nothing was recorded yet, and nothing is known of the disk. */
    public static ArchiveSnapshot starting() {
        return new ArchiveSnapshot(
                "the directory /srv/radio/recordings",
                Optional.empty(),
                Optional.empty(),
                Snapshots.counts(GapCause.class, Map.of(), Duration.ZERO),
                0,
                0,
                Optional.empty(),
                false,
                0,
                NO_UPLOADS,
                Snapshots.counts(Reason.class),
                Optional.empty(),
                0,
                new Disk(DiskLevel.AMPLE, 13_207_024_435L, 64 << 20, OptionalDouble.empty(), Optional.empty()));
    }

    /** All is well. */
    public static ArchiveSnapshot recording() {
        return recording(EVENING);
    }

    /** The same, of another recording that goes on. */
    public static ArchiveSnapshot recording(RecordingView current) {
        return new ArchiveSnapshot(
                "bucket radio at store.example",
                Optional.of(current),
                Optional.of(Snapshots.NOW.minusSeconds(12)),
                Snapshots.counts(GapCause.class, Map.of(GapCause.RECORDER, Duration.ofMillis(1_250)), Duration.ZERO),
                0,
                0,
                Optional.empty(),
                false,
                114_240_000,
                new TransferTimes(List.of(0.5, 5.0, 60.0), List.of(40L, 78L, 0L, 1L), 301.5),
                Snapshots.counts(Reason.class, Map.of(Reason.NETWORK, 2L), 0L),
                Optional.empty(),
                1,
                AMPLE);
    }

    /** Nothing is recorded, the store refuses, the disk gets full. */
    public static ArchiveSnapshot interrupted() {
        return new ArchiveSnapshot(
                "bucket radio at store.example",
                Optional.empty(),
                Optional.of(Snapshots.NOW.minusSeconds(600)),
                Snapshots.counts(GapCause.class, Map.of(GapCause.DISK, Duration.ofSeconds(75)), Duration.ZERO),
                4_800_000,
                5,
                Optional.of(Duration.ofMinutes(21)),
                true,
                0,
                NO_UPLOADS,
                Snapshots.counts(Reason.class, Map.of(Reason.AUTH, 7L), 0L),
                Optional.of("store.example answered 403 AccessDenied: check store.s3.access_key and secret_key"),
                1,
                new Disk(DiskLevel.LOW, 900_000_000L, 0, OptionalDouble.of(1_500), Optional.empty()));
    }

    public static ArchiveSnapshot withDisk(ArchiveSnapshot archive, Disk disk) {
        return new ArchiveSnapshot(
                archive.store(),
                archive.current(),
                archive.lastSegmentEnd(),
                archive.gaps(),
                archive.unverifiedBytes(),
                archive.waiting(),
                archive.oldestWaiting(),
                archive.uploadLate(),
                archive.uploadedBytes(),
                archive.uploads(),
                archive.failures(),
                archive.lastFailure(),
                archive.recordingsEndedEarly(),
                disk);
    }

    /** The same recording with these gaps. */
    public static RecordingView withGaps(RecordingView whole, int gaps, Duration missing) {
        return new RecordingView(
                whole.id(),
                whole.mount(),
                whole.show(),
                whole.start(),
                whole.end(),
                whole.duration(),
                whole.segments(),
                whole.bytes(),
                gaps,
                missing,
                whole.stored(),
                whole.state());
    }
}
