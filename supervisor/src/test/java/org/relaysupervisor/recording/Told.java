package org.relaysupervisor.recording;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.relaysupervisor.archive.DiskLevel;
import org.relaysupervisor.archive.FeedPosition;
import org.relaysupervisor.archive.GapCause;
import org.relaysupervisor.archive.Segment;
import org.relaysupervisor.hls.HlsSegment;
import org.relaysupervisor.process.ProcessSpec;

/** What a recorder is told and tells, played by a test. */
final class Told {
    static final Duration REMEMBERED = Duration.ofSeconds(25);

    boolean mountUp = true;
    Optional<NextFrame> left = Optional.empty();
    DiskLevel disk = DiskLevel.AMPLE;
    Optional<SessionStart> start = Optional.empty();
    GapCause whyEnded = GapCause.RECORDER;
    final List<Segment> segments = new ArrayList<>();
    final List<HlsSegment> publicSegments = new ArrayList<>();

    Recorder.Surroundings surroundings() {
        return new Recorder.Surroundings(
                () -> mountUp,
                REMEMBERED,
                () -> left,
                () -> disk,
                () -> start,
                () -> whyEnded,
                segments::add,
                publicSegments::add);
    }

    /** The headers of ffmpeg's request. */
    static String headers(ProcessSpec spec) {
        return spec.argv().get(spec.argv().indexOf("-headers") + 1);
    }

    /** Where ffmpeg asks to go on; empty when it leaves that to the proxy. */
    static Optional<FeedPosition> after(ProcessSpec spec) {
        return headers(spec)
                .lines()
                .filter(line -> line.startsWith("X-Relay-After: "))
                .map(line -> line.split(" "))
                .map(words -> new FeedPosition(words[1], Long.parseLong(words[2])))
                .findFirst();
    }
}
