package org.relaysupervisor.store;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.relaysupervisor.store.StoreException.Reason;

/** Counts transfers to a store since the daemon's start. Belongs to one thread. */
public final class TransferTally {
    private final List<Double> bounds;
    private final long[] counts;
    private final Map<Reason, Long> failures = new EnumMap<>(Reason.class);
    private double seconds;
    private Optional<String> lastFailure = Optional.empty();

    /** @param bounds of the histogram, upper ones in seconds, ascending */
    public TransferTally(List<Double> bounds) {
        this.bounds = List.copyOf(bounds);
        this.counts = new long[bounds.size() + 1];
        for (Reason reason : Reason.values()) {
            failures.put(reason, 0L);
        }
    }

    /** One is done. */
    public void done(Duration took) {
        double lasted = took.toNanos() / 1e9;
        int bucket = 0;
        while (bucket < bounds.size() && lasted > bounds.get(bucket)) {
            bucket++;
        }
        counts[bucket]++;
        seconds += lasted;
    }

    public void failed(StoreException failure) {
        failures.merge(failure.reason(), 1L, Long::sum);
        lastFailure = Optional.of(failure.getMessage());
    }

    /** The store has answered as it should: what it said before is of no interest any more. */
    public void answered() {
        lastFailure = Optional.empty();
    }

    public TransferTimes times() {
        return new TransferTimes(bounds, Arrays.stream(counts).boxed().toList(), seconds);
    }

    /** By why; each reason is there. */
    public Map<Reason, Long> failures() {
        return Map.copyOf(failures);
    }

    /** The newest one's message; empty after a success. */
    public Optional<String> lastFailure() {
        return lastFailure;
    }
}
