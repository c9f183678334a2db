package org.relaysupervisor.metrics;

import java.time.Duration;
import org.relaysupervisor.archive.ArchiveSnapshot;
import org.relaysupervisor.archive.ArchiveSnapshot.Disk;
import org.relaysupervisor.archive.DiskLevel;
import org.relaysupervisor.archive.GapCause;
import org.relaysupervisor.metrics.Families.Family;
import org.relaysupervisor.recording.RecordingSnapshot;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.store.StoreException.Reason;

/** What is recorded, what should be, and how it gets to the store. */
final class RecordingFamilies {
    private RecordingFamilies() {}

    static void add(RelaySnapshot relay, Families families) {
        recorder(relay.recording(), families);
        families.gauge(
                        "relay_recording_missing",
                        "1 while a show is scheduled and on the air, and should be recorded, but is not.")
                .sample(isMissing(relay));
        recordings(relay.archive(), families);
        uploads(relay.archive(), families);
        disk(relay.archive().disk(), families);
    }

    private static void recorder(RecordingSnapshot recording, Families families) {
        families.gauge("relay_recording_enabled", "1 when the configuration asks for a recording.")
                .sample(recording.enabled());
        families.gauge("relay_recording_active", "1 when audio is being written.")
                .sample(recording.active());
        families.counter("relay_recording_bytes_total", "Bytes of audio written to recordings.")
                .sample(recording.bytes());
        families.counter("relay_recording_segments_total", "Recording segments closed.")
                .sample(recording.segments());
        Family lastGrowth = families.gauge(
                "relay_recording_last_growth_timestamp_seconds",
                "When a recording last grew, in seconds since 1970; absent before the first byte.");
        recording.lastGrowth().ifPresent(lastGrowth::sample);
    }

    /** False as well while it isn't known whether a show is on: an unreadable calendar has an alert of its own. */
    private static boolean isMissing(RelaySnapshot relay) {
        RecordingSnapshot recording = relay.recording();
        return recording.enabled()
                && !recording.active()
                && relay.isRecordedMountOnAir()
                && relay.shows().current().isPresent();
    }

    private static void recordings(ArchiveSnapshot archive, Families families) {
        Family lastSegment = families.gauge(
                "relay_recording_last_segment_timestamp_seconds",
                "When the newest closed segment ended, in seconds since 1970; absent before the first.");
        archive.lastSegmentEnd().ifPresent(lastSegment::sample);
        Family gaps = families.counter(
                "relay_recording_gap_seconds_total", "Audio missing from recordings, by why.", "cause");
        for (GapCause cause : GapCause.values()) {
            gaps.sample(archive.gaps().getOrDefault(cause, Duration.ZERO), cause.label());
        }
        families.counter(
                        "relay_recordings_ended_early_total",
                        "Shows whose recording ended before they did, while the mount played.")
                .sample(archive.recordingsEndedEarly());
    }

    private static void uploads(ArchiveSnapshot archive, Families families) {
        families.gauge(
                        "relay_recording_unverified_bytes",
                        "Bytes of closed segments that are not yet verified in the store.")
                .sample(archive.unverifiedBytes());
        families.gauge(
                        "relay_recording_oldest_unuploaded_age_seconds",
                        "How long the oldest file that is not yet verified in the store has waited; 0 when none waits.")
                .sample(archive.oldestWaiting().orElse(Duration.ZERO));
        families.gauge(
                        "relay_recording_upload_late",
                        "1 when the oldest file has waited for longer than the configuration wants.")
                .sample(archive.uploadLate());
        families.counter("relay_uploaded_bytes_total", "Bytes verified in the store.")
                .sample(archive.uploadedBytes());
        families.histogram(
                "relay_upload_duration_seconds",
                "How long files took to be sent to the store and verified.",
                archive.uploads());
        families.counter("r2_upload_failures_total", "Transfers to the store that failed, by why.", "reason")
                .samples(Reason.values(), archive.failures(), Reason::label);
    }

    private static void disk(Disk disk, Families families) {
        Family untilFull = families.gauge(
                "relay_recording_seconds_until_full",
                "When the spool's disk will be full at the present rate; +Inf when it is not filling, absent while not known.");
        disk.secondsUntilFull().ifPresent(untilFull::sample);
        Family level = families.gauge(
                "relay_recording_disk_level",
                "1 for the state of the spool's disk: ample, low, reserve, full.",
                "level");
        for (DiskLevel each : DiskLevel.values()) {
            level.sample(disk.level() == each, each.label());
        }
    }
}
