package org.relaysupervisor;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.relaysupervisor.loop.Clock;

/** Bytes per second of each mount's source over the last seconds. Written on the loop, read from any thread. */
final class MountRates {
    private static final Duration WINDOW = Duration.ofSeconds(5);

    private final Clock clock;
    private final Map<String, ArrayDeque<Sample>> samples = new HashMap<>();
    private volatile Map<String, Double> rates = Map.of();

    MountRates(Clock clock) {
        this.clock = clock;
    }

    /** Takes the counters as they are now; called about once a second. */
    void sample(Map<String, Long> bytesByMount) {
        long now = clock.nanoTime();
        Map<String, Double> fresh = new HashMap<>();
        samples.keySet().retainAll(bytesByMount.keySet());
        bytesByMount.forEach((mount, bytes) -> {
            ArrayDeque<Sample> window = samples.computeIfAbsent(mount, name -> new ArrayDeque<>());
            window.addLast(new Sample(now, bytes));
            while (window.size() > 2 && now - window.getFirst().atNanos > WINDOW.toNanos()) {
                window.removeFirst();
            }
            fresh.put(mount, rate(window));
        });
        rates = Map.copyOf(fresh);
    }

    private static double rate(ArrayDeque<Sample> window) {
        Sample first = window.getFirst();
        Sample last = window.getLast();
        long nanos = last.atNanos - first.atNanos;
        return nanos <= 0 ? 0 : Math.max(0, last.bytes - first.bytes) * 1e9 / nanos;
    }

    /** Zero for a mount that was never sampled. */
    double bytesPerSecond(String mount) {
        return rates.getOrDefault(mount, 0.0);
    }

    private record Sample(long atNanos, long bytes) {}
}
