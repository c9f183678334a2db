package org.relaysupervisor.archive;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;

/** How fast a number of bytes changes, averaged over the last minutes. */
final class Rate {
    private static final long SPAN = Duration.ofMinutes(5).toNanos();
    private static final long LEAST = Duration.ofMinutes(1).toNanos();
    private static final long SPACING = Duration.ofSeconds(5).toNanos();
    private static final double SECOND = 1e9;

    private record Sample(long nanos, long bytes) {}

    private final Deque<Sample> samples = new ArrayDeque<>();
    private Sample latest;

    void sample(long nanos, long bytes) {
        latest = new Sample(nanos, bytes);
        if (samples.isEmpty() || nanos - samples.getLast().nanos >= SPACING) {
            samples.add(latest);
        }
        while (nanos - samples.getFirst().nanos > SPAN) {
            samples.remove();
        }
    }

    /** In bytes per second; empty until a minute was seen. */
    OptionalDouble perSecond() {
        if (samples.isEmpty() || latest.nanos - samples.getFirst().nanos < LEAST) {
            return OptionalDouble.empty();
        }
        Sample first = samples.getFirst();
        return OptionalDouble.of((latest.bytes - first.bytes) * SECOND / (latest.nanos - first.nanos));
    }
}
