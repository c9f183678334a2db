package org.relaysupervisor.supervise;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.relaysupervisor.process.Processes;

/** One process of a child, from its start to its exit. What comes from another generation is stale. */
final class Life {
    final long generation;

    /** What it was started with, and is probed and stopped by; the child's own may be newer. */
    final ChildSpec spec;

    final Processes.Child process;
    final Instant startedAt;
    final long startedNanos;

    private OptionalLong upSinceNanos = OptionalLong.empty();
    private long lastWellNanos;

    /** Failed liveness probes in a row. */
    int failedProbes;
    /** Why it is being killed as hung. */
    Optional<String> hang = Optional.empty();
    /** Whether it was asked to end by a stop or a restart. */
    boolean askedToEnd;
    /** KILLs sent. */
    int kills;

    Life(long generation, ChildSpec spec, Processes.Child process, Instant startedAt, long startedNanos) {
        this.generation = generation;
        this.spec = spec;
        this.process = process;
        this.startedAt = startedAt;
        this.startedNanos = startedNanos;
    }

    /** A probe passed. */
    void well(long nowNanos) {
        if (upSinceNanos.isEmpty()) {
            upSinceNanos = OptionalLong.of(nowNanos);
        }
        lastWellNanos = nowNanos;
        failedProbes = 0;
    }

    OptionalLong upSinceNanos() {
        return upSinceNanos;
    }

    /** How long it was UP; for a hung one only as long as it was seen well, or every hang would look like a lasting UP. */
    Optional<Duration> upFor(long nowNanos) {
        if (upSinceNanos.isEmpty()) {
            return Optional.empty();
        }
        long end = hang.isPresent() ? lastWellNanos : nowNanos;
        return Optional.of(Duration.ofNanos(end - upSinceNanos.getAsLong()));
    }

    Duration untilStartTimeout(long nowNanos) {
        return spec.startTimeout().minusNanos(nowNanos - startedNanos);
    }
}
