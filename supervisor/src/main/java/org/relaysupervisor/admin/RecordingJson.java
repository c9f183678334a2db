package org.relaysupervisor.admin;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.relaysupervisor.archive.ArchiveSnapshot;
import org.relaysupervisor.archive.GapCause;
import org.relaysupervisor.archive.RecordingView;
import org.relaysupervisor.status.Finding;
import org.relaysupervisor.store.StoreException.Reason;

/** What is recorded and kept, and what a check found, for programs. */
final class RecordingJson {
    private RecordingJson() {}

    static Map<String, Object> archive(ArchiveSnapshot archive) {
        Map<String, Object> gaps = StatusJson.fields();
        for (GapCause cause : GapCause.values()) {
            gaps.put(cause.label(), StatusJson.seconds(archive.gaps().getOrDefault(cause, Duration.ZERO)));
        }
        Map<String, Object> failures = StatusJson.fields();
        for (Reason reason : Reason.values()) {
            failures.put(reason.label(), archive.failures().getOrDefault(reason, 0L));
        }
        Map<String, Object> fields = StatusJson.fields();
        fields.put("store", archive.store());
        fields.put("current", archive.current().map(RecordingJson::recording).orElse(null));
        fields.put("last_segment_end", StatusJson.time(archive.lastSegmentEnd()));
        fields.put("gap_seconds", gaps);
        fields.put("ended_early", archive.recordingsEndedEarly());
        fields.put("waiting_files", archive.waiting());
        fields.put("unverified_bytes", archive.unverifiedBytes());
        fields.put(
                "oldest_waiting_seconds",
                archive.oldestWaiting().map(StatusJson::seconds).orElse(null));
        fields.put("upload_late", archive.uploadLate());
        fields.put("uploaded_bytes", archive.uploadedBytes());
        fields.put("upload_failures", failures);
        fields.put("last_failure", archive.lastFailure().orElse(null));
        fields.put("disk", disk(archive.disk()));
        return fields;
    }

    /** When it isn't known when the disk will be full, or never at this rate, {@code seconds_until_full} is null. */
    private static Map<String, Object> disk(ArchiveSnapshot.Disk disk) {
        double untilFull = disk.secondsUntilFull().orElse(Double.NaN);
        Map<String, Object> fields = StatusJson.fields();
        fields.put("level", disk.level().label());
        fields.put("free_bytes", disk.freeBytes());
        fields.put("reserve_bytes", disk.reserveBytes());
        fields.put("seconds_until_full", Double.isFinite(untilFull) ? Math.round(untilFull) : null);
        fields.put("trouble", disk.trouble().orElse(null));
        return fields;
    }

    static Map<String, Object> list(List<RecordingView> recordings) {
        return Map.of(
                "recordings", recordings.stream().map(RecordingJson::recording).toList());
    }

    private static Map<String, Object> recording(RecordingView recording) {
        Map<String, Object> fields = StatusJson.fields();
        fields.put("id", recording.id());
        fields.put("mount", recording.mount());
        fields.put("show", recording.show().orElse(null));
        fields.put("state", recording.state().label());
        fields.put("start", recording.start().toString());
        fields.put("end", recording.end().toString());
        fields.put("seconds", StatusJson.seconds(recording.duration()));
        fields.put("segments", recording.segments());
        fields.put("stored_segments", recording.stored());
        fields.put("bytes", recording.bytes());
        fields.put("gaps", recording.gaps());
        fields.put("missing_seconds", StatusJson.seconds(recording.missing()));
        return fields;
    }

    static Map<String, Object> findings(List<Finding> findings) {
        Map<String, Object> fields = StatusJson.fields();
        for (Finding.Level level : Finding.Level.values()) {
            fields.put(
                    level.name().toLowerCase(Locale.ROOT),
                    findings.stream()
                            .filter(finding -> finding.level() == level)
                            .count());
        }
        fields.put("findings", findings.stream().map(RecordingJson::finding).toList());
        return fields;
    }

    private static Map<String, Object> finding(Finding finding) {
        Map<String, Object> fields = StatusJson.fields();
        fields.put("check", finding.check());
        fields.put("level", finding.level().label());
        fields.put("found", finding.found());
        fields.put("advice", finding.advice());
        return fields;
    }
}
