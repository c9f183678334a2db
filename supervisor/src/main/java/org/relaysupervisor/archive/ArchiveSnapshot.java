package org.relaysupervisor.archive;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.relaysupervisor.store.StoreException.Reason;
import org.relaysupervisor.store.TransferTimes;

/**
 * An immutable view of what was recorded and of its way to the store. Counters only grow since the daemon's start; every key of an enum is
 * present from the start.
 *
 * @param store where recordings go, for people
 * @param current the recording that goes on
 * @param lastSegmentEnd when the newest segment's last frame was played
 * @param gaps how long pieces are missing, by why
 * @param unverifiedBytes in the spool, closed, and not yet verified in the store
 * @param waiting files of which this is so
 * @param oldestWaiting how long the oldest of them has been closed, by the monotonic clock as far as the daemon has seen it
 * @param uploadLate whether this is longer than the configuration wants
 * @param uploadedBytes verified in the store
 * @param uploads files that were verified, by how long each took
 * @param failures of transfers, by why
 * @param lastFailure the newest one's message; empty after a success
 * @param recordingsEndedEarly shows whose recording ended before they did, while the mount played
 * @param disk of the spool
 */
public record ArchiveSnapshot(
        String store,
        Optional<RecordingView> current,
        Optional<Instant> lastSegmentEnd,
        Map<GapCause, Duration> gaps,
        long unverifiedBytes,
        int waiting,
        Optional<Duration> oldestWaiting,
        boolean uploadLate,
        long uploadedBytes,
        TransferTimes uploads,
        Map<Reason, Long> failures,
        Optional<String> lastFailure,
        long recordingsEndedEarly,
        Disk disk) {

    public ArchiveSnapshot {
        gaps = Map.copyOf(gaps);
        failures = Map.copyOf(failures);
    }

    /**
     * @param freeBytes that we may use, without the reserve
     * @param reserveBytes that are set aside now
     * @param secondsUntilFull at the present rate; infinite when nothing is written, empty while it isn't known
     * @param trouble why the disk can't be looked at; what else is said of it is then from before
     */
    public record Disk(
            DiskLevel level,
            long freeBytes,
            long reserveBytes,
            OptionalDouble secondsUntilFull,
            Optional<String> trouble) {
        /** Before anybody looked. */
        public static final Disk NOT_SEEN = new Disk(DiskLevel.AMPLE, 0, 0, OptionalDouble.empty(), Optional.empty());
    }
}
