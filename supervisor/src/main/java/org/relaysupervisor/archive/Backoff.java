package org.relaysupervisor.archive;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait after failures in a row: exponential, with full jitter, and never for good. */
final class Backoff {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final Duration FIRST_PERMANENT = Duration.ofMinutes(1);
    private static final Duration LONGEST_PERMANENT = Duration.ofMinutes(10);

    private final RandomGenerator random;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /**
     * @param failures so far, at least one
     * @param permanent whether somebody has to do something first: then never less than a minute
     */
    Duration after(int failures, boolean permanent) {
        Duration first = permanent ? FIRST_PERMANENT : FIRST;
        Duration longest = permanent ? LONGEST_PERMANENT : LONGEST;
        Duration bound = first.multipliedBy(1L << Math.min(failures, 20));
        long most = Math.min(bound.toNanos(), longest.toNanos());
        long least = permanent ? first.toNanos() : 0;
        return Duration.ofNanos(least + (long) (random.nextDouble() * (most - least)));
    }
}
