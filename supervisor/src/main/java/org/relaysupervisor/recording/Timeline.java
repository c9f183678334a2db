package org.relaysupervisor.recording;

import java.time.Duration;
import java.time.Instant;

/**
 * When the frames of a session were played: the session's start, and the audio since. It is held against the monotonic clock, which no
 * operator sets. A mount that played nothing for a while leaves the audio behind for good; a recorder that was held up catches up. So a
 * file is judged by the least that the audio was behind while the file was being written.
 */
final class Timeline {
    private static final Duration SILENCE = Duration.ofSeconds(2);
    /** A file's audio doesn't come nearer than this by chance: files are looked at once a second, and drift is milliseconds. */
    private static final Duration CATCHING_UP = Duration.ofMillis(200);
    /** How much of a small difference is made up for at each file: drift is, and jitter hardly. */
    private static final int SHARE = 8;

    private Instant anchor;

    /** How far the audio is behind when all is well; unset at first. */
    private Duration usual;

    private Duration least;

    Timeline(Instant anchor) {
        this.anchor = anchor;
    }

    /** A better word on when the session's first frame was played, before any file was judged. */
    void begin(Instant played) {
        anchor = played;
    }

    /** @param audio since the session's start, up to its newest frame */
    Instant at(Duration audio) {
        return anchor.plus(audio);
    }

    /**
     * The newest frame has just been read.
     *
     * @param now since any fixed moment, monotonic
     * @param audio since the session's start
     */
    void observe(Duration now, Duration audio) {
        Duration behind = now.minus(audio);
        least = least == null || behind.compareTo(least) < 0 ? behind : least;
    }

    /** A file is closed: whether the mount played nothing before most of it. Times from here on are as this one changes them. */
    boolean close() {
        if (least == null) {
            // It came and went between two looks: the session is catching up.
            return false;
        }
        if (usual == null) {
            usual = least;
        }
        Duration late = least.minus(usual);
        least = null;
        if (late.compareTo(CATCHING_UP.negated()) < 0) {
            usual = usual.plus(late);
            return false;
        }
        boolean silence = late.compareTo(SILENCE) > 0;
        Duration correction = silence ? late : late.dividedBy(SHARE);
        anchor = anchor.plus(correction);
        usual = usual.plus(correction);
        return silence;
    }
}
