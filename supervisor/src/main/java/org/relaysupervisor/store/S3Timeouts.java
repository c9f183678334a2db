package org.relaysupervisor.store;

import java.time.Duration;

/**
 * How long the S3 client waits.
 *
 * @param connect for a connection
 * @param answer for the next bytes of an answer, once a request was sent whole
 * @param call for a request without a body, and on top of what its body takes for one with a body
 * @param slowestLine in bytes per second: a transfer that is slower on a line of its own is given up
 */
record S3Timeouts(Duration connect, Duration answer, Duration call, long slowestLine) {
    static final S3Timeouts USUAL =
            new S3Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(90), 64 * 1024);

    /** For what is live: what takes longer is late anyway. */
    static final S3Timeouts LIVE =
            new S3Timeouts(Duration.ofSeconds(3), Duration.ofSeconds(6), Duration.ofSeconds(8), 32 * 1024);

    /**
     * For a request with a body.
     *
     * @param length of the body in bytes
     * @param share of the bandwidth limit, in bytes per second
     */
    Duration transfer(long length, long share) {
        return call.plusSeconds(length / Math.max(1, Math.min(slowestLine, share)));
    }
}
