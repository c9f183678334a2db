package org.relaysupervisor.hls;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * A piece of the live stream in a file of its own, closed.
 *
 * @param file MPEG-TS; whoever made it deletes it when it is older than a playlist is long
 * @param session of ffmpeg: within one the timestamps go on from segment to segment
 * @param number in its session
 * @param start when its first frame was played, UTC
 * @param closedNanos when it was closed, by the monotonic clock
 */
public record HlsSegment(Path file, String session, int number, Instant start, Duration duration, long closedNanos) {
    /** Whether the timestamps of this one go on where the other's end. */
    boolean follows(HlsSegment before) {
        return session.equals(before.session) && number == before.number + 1;
    }

    Instant end() {
        return start.plus(duration);
    }

    Instant middle() {
        return start.plus(duration.dividedBy(2));
    }
}
