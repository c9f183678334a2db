package org.relaysupervisor.loop;

import java.time.Duration;
import java.time.Instant;

/** The only source of time in the daemon, so that tests can own it. Safe from any thread. */
public interface Clock {
    /** A monotonic reading in nanoseconds; only differences mean anything. Never affected by a clock that jumps. */
    long nanoTime();

    /** Wall-clock time, for people and file names; it may jump, so no interval is ever computed from it. */
    Instant now();

    /** Time passed since an earlier {@link #nanoTime()} reading. */
    default Duration since(long earlierNanoTime) {
        return Duration.ofNanos(nanoTime() - earlierNanoTime);
    }
}
