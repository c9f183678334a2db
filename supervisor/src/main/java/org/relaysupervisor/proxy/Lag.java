package org.relaysupervisor.proxy;

import java.time.Duration;

/**
 * How much of the programme an edge should have by now and has not. While it streams: how far what has come is behind the clock,
 * compared with the best of this connection. Otherwise: how long nothing has come. Times are nanoseconds of one monotonic clock.
 *
 * @param lastNanos when audio came last, or the stream began
 * @param aheadNanos how far the audio of this stream was ahead of the clock then; negative for behind
 * @param bestNanos the same at best
 */
record Lag(boolean streaming, long lastNanos, long aheadNanos, long bestNanos) {
    /** By how much two clocks may differ, so that a primary's that runs slow is not taken for a growing lag. */
    private static final double DRIFT = 200e-6;

    /** Nothing has come yet. */
    static Lag from(long nowNanos) {
        return new Lag(false, nowNanos, 0, 0);
    }

    /** A stream has begun. */
    static Lag streamingFrom(long nowNanos) {
        return new Lag(true, nowNanos, 0, 0);
    }

    /** So much audio has come. */
    Lag heard(long audioNanos, long nowNanos) {
        long passed = nowNanos - lastNanos;
        long ahead = aheadNanos + audioNanos - passed;
        return new Lag(true, nowNanos, ahead, Math.max(bestNanos - (long) (passed * DRIFT), ahead));
    }

    /** The stream has ended. */
    Lag ended() {
        return new Lag(false, lastNanos, 0, 0);
    }

    /** How far the audio is ahead of the clock since the stream began. */
    Duration ahead(long nowNanos) {
        return Duration.ofNanos(aheadNanos - (nowNanos - lastNanos));
    }

    Duration at(long nowNanos) {
        return Duration.ofNanos(Math.max(0, bestNanos - aheadNanos + nowNanos - lastNanos));
    }
}
