package org.relaysupervisor.drill;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.relaysupervisor.loop.Clock;

/** One drill, from being asked for to being mended; on the loop only. */
final class Drill {
    final String id;
    final String name;
    final Fault fault;

    /** Whether it goes on during a show. */
    final boolean forced;

    final CompletableFuture<String> begun = new CompletableFuture<>();
    final List<CompletableFuture<String>> ends = new ArrayList<>();

    /** Whether the fault is there. */
    boolean on;
    /** Why it is to be mended; empty while it may go on. */
    Optional<String> over = Optional.empty();
    /** Why it could not be begun. */
    Optional<String> failure = Optional.empty();
    /** What failed last. */
    Optional<String> problem = Optional.empty();

    private final Duration longest;
    private final Instant since;
    private final long startedNanos;
    private long renewedNanos;

    Drill(String id, String name, Fault fault, boolean forced, Duration longest, Clock clock) {
        this.id = id;
        this.name = name;
        this.fault = fault;
        this.forced = forced;
        this.longest = longest;
        since = clock.now();
        startedNanos = clock.nanoTime();
        renewedNanos = startedNanos;
    }

    void renewed(Clock clock) {
        renewedNanos = clock.nanoTime();
    }

    /** Why it has to end now; empty when it may go on. */
    Optional<String> due(Clock clock) {
        if (clock.since(renewedNanos).compareTo(Drills.LEASE) > 0) {
            return Optional.of("because nobody has renewed it for " + Drills.LEASE.toSeconds() + " s");
        }
        return clock.since(startedNanos).compareTo(longest) >= 0
                ? Optional.of("because its time is up")
                : Optional.empty();
    }

    DrillSnapshot.Active view() {
        return new DrillSnapshot.Active(name, fault.what(), since, since.plus(longest), over.isPresent(), problem);
    }
}
