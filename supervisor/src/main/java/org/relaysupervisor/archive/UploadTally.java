package org.relaysupervisor.archive;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.relaysupervisor.archive.ArchiveSnapshot.UploadTimes;
import org.relaysupervisor.store.StoreException;
import org.relaysupervisor.store.StoreException.Reason;

/** Counts transfers since the daemon's start. */
final class UploadTally {
    private static final List<Double> BOUNDS = List.of(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0);

    private final long[] counts = new long[BOUNDS.size() + 1];
    private final Map<Reason, Long> failures = new EnumMap<>(Reason.class);
    private double seconds;
    private long bytes;
    private Optional<String> lastFailure = Optional.empty();

    UploadTally() {
        for (Reason reason : Reason.values()) {
            failures.put(reason, 0L);
        }
    }

    void verified(long length, Duration took) {
        double lasted = took.toNanos() / 1e9;
        int bucket = 0;
        while (bucket < BOUNDS.size() && lasted > BOUNDS.get(bucket)) {
            bucket++;
        }
        counts[bucket]++;
        seconds += lasted;
        bytes += length;
        lastFailure = Optional.empty();
    }

    void failed(StoreException failure) {
        failures.merge(failure.reason(), 1L, Long::sum);
        lastFailure = Optional.of(failure.getMessage());
    }

    UploadTimes times() {
        List<Long> list = new ArrayList<>();
        for (long count : counts) {
            list.add(count);
        }
        return new UploadTimes(BOUNDS, list, seconds);
    }

    Map<Reason, Long> failures() {
        return failures;
    }

    Optional<String> lastFailure() {
        return lastFailure;
    }

    long bytes() {
        return bytes;
    }
}
