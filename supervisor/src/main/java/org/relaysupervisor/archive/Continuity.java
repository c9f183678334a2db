package org.relaysupervisor.archive;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Where each mount's recording stands, and so what is missing before the next segment, or is there twice. */
final class Continuity {
    /** Wall clocks are not better. */
    private static final Duration TOLERANCE = Duration.ofMillis(250);

    /**
     * The last segment.
     *
     * @param end when its last frame ended
     * @param first the place of its first frame
     * @param next the place of the frame that is wanted next
     */
    record Tail(Instant end, Optional<FeedPosition> first, Optional<FeedPosition> next) {
        static Tail of(Sidecar segment) {
            return new Tail(segment.end(), segment.first(), segment.next());
        }

        /** By frames when both are of one feed, since a wall clock may have been set back in between. */
        boolean isAfter(Tail other) {
            OptionalLong frames = framesBetween(other.next, next);
            return frames.isPresent() ? frames.getAsLong() > 0 : end.isAfter(other.end);
        }

        /** Whether this segment was played before the last one: it can't stand behind it. */
        boolean isAfter(Segment segment) {
            return framesBetween(first, segment.first()).orElse(0) < 0;
        }
    }

    /**
     * @param gap all of it, back to the mount's last segment
     * @param overlapFrames of the segment, that the mount's last one has too
     */
    record Join(Optional<Gap> gap, long overlapFrames) {}

    private final Map<String, Tail> tails = new HashMap<>();

    /** The newest wins. */
    void know(String mount, Tail tail) {
        tails.merge(mount, tail, (one, other) -> one.isAfter(other) ? one : other);
    }

    void moveTo(String mount, Tail tail) {
        tails.put(mount, tail);
    }

    /** The last segment of a mount. */
    Optional<Tail> of(String mount) {
        return Optional.ofNullable(tails.get(mount));
    }

    /** @param begin of the show, when the segment is its first; audio that is missing since then is missing too */
    static Join join(Optional<Tail> tail, Segment segment, Optional<Instant> begin) {
        Instant from = tail.map(Tail::end).or(() -> begin).orElse(segment.start());
        Duration byClock = Duration.between(from, segment.start());
        OptionalLong frames = framesBetween(tail.flatMap(Tail::next), segment.first());
        if (frames.isPresent() && frames.getAsLong() < 0) {
            return new Join(Optional.empty(), Math.min(segment.frames(), -frames.getAsLong()));
        }
        GapCause cause = segment.interruption().orElse(GapCause.DAEMON);
        Duration missing = missing(segment, frames, cause, byClock);
        return new Join(
                missing.isZero()
                        ? Optional.empty()
                        : Optional.of(new Gap(cause, missing, frames, from, segment.start())),
                0);
    }

    private static OptionalLong framesBetween(Optional<FeedPosition> wanted, Optional<FeedPosition> first) {
        if (wanted.isEmpty()
                || first.isEmpty()
                || !wanted.get().feed().equals(first.get().feed())) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(first.get().frame() - wanted.get().frame());
    }

    /** Frames don't count what was never played, and the clock is trusted for nothing else when they are known. */
    private static Duration missing(Segment segment, OptionalLong frames, GapCause cause, Duration byClock) {
        boolean isSilence = cause == GapCause.NO_AUDIO;
        Duration clocked = byClock.compareTo(TOLERANCE) > 0 ? byClock : Duration.ZERO;
        if (frames.isEmpty() || (frames.getAsLong() == 0 && isSilence)) {
            return clocked;
        }
        if (frames.getAsLong() == 0) {
            return Duration.ZERO;
        }
        Duration counted = segment.duration().multipliedBy(frames.getAsLong()).dividedBy(Math.max(1, segment.frames()));
        return isSilence && clocked.compareTo(counted) > 0 ? clocked : counted;
    }

    /** The part of a gap that lies in a recording which begins at this moment. */
    static Optional<Gap> since(Instant begin, Gap gap) {
        if (!gap.from().isBefore(begin)) {
            return Optional.of(gap);
        }
        Duration missing = Duration.between(begin, gap.to());
        return missing.compareTo(TOLERANCE) > 0
                ? Optional.of(new Gap(gap.cause(), missing, OptionalLong.empty(), begin, gap.to()))
                : Optional.empty();
    }
}
