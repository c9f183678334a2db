package org.relaysupervisor.doctor;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import org.relaysupervisor.archive.ArchiveSnapshot;
import org.relaysupervisor.archive.DiskLevel;
import org.relaysupervisor.recording.RecordingSnapshot;
import org.relaysupervisor.shows.ShowsSnapshot;
import org.relaysupervisor.status.Finding;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.supervise.ChildState;

/** What the published views tell. */
final class Views {
    private static final long HOUR = Duration.ofHours(1).toSeconds();
    private static final long FEW_HOURS = 4;
    private static final long DAY = 24;

    private Views() {}

    static Finding children(RelaySnapshot relay) {
        String down = relay.children().stream()
                .map(RelaySnapshot.Child::state)
                .filter(child -> child.wanted() && child.state() != ChildState.UP)
                .map(child -> child.name() + " is " + child.state().label())
                .collect(Collectors.joining(", "));
        if (!down.isEmpty()) {
            return Finding.failed("children", down, "see relayctl status, which says why");
        }
        List<String> stopped = relay.children().stream()
                .map(RelaySnapshot.Child::state)
                .filter(child -> !child.wanted())
                .map(child -> child.name())
                .toList();
        if (!stopped.isEmpty()) {
            return Finding.warning(
                    "children",
                    "stopped by an operator: " + String.join(", ", stopped),
                    "relayctl start " + stopped.get(0));
        }
        return Finding.ok("children", "all " + relay.children().size() + " are up");
    }

    /** Of an edge. */
    static Finding upstream(RelaySnapshot relay) {
        List<String> problems = relay.mounts().stream()
                .flatMap(mount -> mount.primary().stream()
                        .filter(primary -> !primary.connected())
                        .map(primary -> mount.path() + ": " + primary.problem().orElse("not connected yet")))
                .toList();
        return problems.isEmpty()
                ? Finding.ok("upstream", "the primary streams " + relay.mounts().size() + " mounts to this edge")
                : Finding.failed(
                        "upstream", String.join("; ", problems), "see upstream in relay.yaml, and the primary itself");
    }

    static Finding recording(RelaySnapshot relay) {
        RecordingSnapshot recording = relay.recording();
        if (!recording.enabled()) {
            return Finding.warning(
                    "recording", "off", "set recording.enabled: true in relay.yaml, then relayctl reload");
        }
        if (recording.active()) {
            return Finding.ok("recording", recording.mount() + " is being recorded");
        }
        return relay.isRecordedMountOnAir()
                ? Finding.failed(
                        "recording",
                        recording.mount() + " is on the air and not recorded",
                        "see relayctl logs recorder, then relayctl restart recorder")
                : Finding.warning(
                        "recording",
                        "nothing to record: " + recording.mount() + " is off the air",
                        "see relayctl status for why");
    }

    /** @param reserve in bytes, as configured */
    static Finding room(ArchiveSnapshot.Disk disk, long reserve, int bytesPerSecond) {
        long hours = disk.freeBytes() / bytesPerSecond / HOUR;
        String found = "room for " + (hours < 48 ? hours + " h" : hours / 24 + " days") + " of recording";
        String advice = "make room on the spool's disk, or set recording.spool to a larger one";
        if (disk.level() == DiskLevel.FULL || disk.level() == DiskLevel.RESERVE || hours < FEW_HOURS) {
            return Finding.failed(
                    "disk: room", found + ", the disk is " + disk.level().label(), advice);
        }
        if (disk.level() == DiskLevel.LOW || hours < DAY) {
            return Finding.warning("disk: room", found + ", should the store be away", advice);
        }
        if (disk.reserveBytes() < reserve) {
            return Finding.warning(
                    "disk: room", found + ", but the reserve is not set aside", "see relayctl logs daemon for why");
        }
        return Finding.ok("disk: room", found);
    }

    static Finding upload(ArchiveSnapshot archive) {
        String waiting = archive.waiting()
                + (archive.waiting() == 1 ? " file waits" : " files wait")
                + archive.oldestWaiting()
                        .map(age -> ", the oldest for " + age.toMinutes() + " min")
                        .orElse("");
        String advice = archive.lastFailure().orElse("see relayctl logs daemon");
        if (archive.uploadLate()) {
            return Finding.failed("upload", "late: " + waiting, advice);
        }
        if (archive.lastFailure().isPresent()) {
            return Finding.warning("upload", "the newest transfer failed; " + waiting, advice);
        }
        if (archive.waiting() > 0) {
            return Finding.ok("upload", waiting);
        }
        return Finding.ok(
                "upload",
                archive.lastSegmentEnd()
                        .map(end -> "all is stored, up to " + end.truncatedTo(ChronoUnit.SECONDS))
                        .orElse("nothing was recorded yet"));
    }

    static Finding calendar(ShowsSnapshot shows) {
        if (shows.calendar().isEmpty()) {
            return Finding.ok("calendar", "none is configured");
        }
        ShowsSnapshot.CalendarState calendar = shows.calendar().get();
        String advice = calendar.problems().isEmpty()
                ? "see relayctl show status"
                : calendar.problems().get(0);
        if (calendar.stale() || !shows.known()) {
            return Finding.failed("calendar", "stale: whether a show is on may be told wrong", advice);
        }
        if (!calendar.readable()) {
            return Finding.warning("calendar", "can't be read now; what was read before is used", advice);
        }
        return Finding.ok("calendar", "read, with " + calendar.events() + " events");
    }
}
