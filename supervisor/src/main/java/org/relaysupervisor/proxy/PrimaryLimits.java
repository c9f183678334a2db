package org.relaysupervisor.proxy;

import java.time.Duration;

/**
 * What an edge waits for from its primary, and for how long. All values are positive.
 *
 * @param connect to find its address and have a connection
 * @param answer from then to the end of the answer's head
 * @param stall it may send no audio for this long
 * @param firstRetry before a new attempt; doubled for each failure in a row
 * @param longestRetry the most that this may become
 * @param settled a stream that lasted this long was good: what comes then is the first failure again
 * @param burst what comes within this time of a stream that begins anew is what was played already
 * @param tooFast it may be ahead of the clock by this much
 */
record PrimaryLimits(
        Duration connect,
        Duration answer,
        Duration stall,
        Duration firstRetry,
        Duration longestRetry,
        Duration settled,
        Duration burst,
        Duration tooFast) {

    /** What the daemon runs with. */
    static final PrimaryLimits DEFAULTS = new PrimaryLimits(
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofMillis(250),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofMillis(500),
            Duration.ofMinutes(1));
}
