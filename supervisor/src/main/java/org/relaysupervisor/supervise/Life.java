package org.relaysupervisor.supervise;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.relaysupervisor.process.Exit;
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
    /** Why it is being killed by us. */
    Optional<Verdict> verdict = Optional.empty();
    /** Why it was asked to end, when that was not by a stop or an operator. */
    Optional<Verdict> plan = Optional.empty();
    /** What a drill did to it. */
    Optional<String> drill = Optional.empty();
    /** Whether it was asked to end by a stop or a restart. */
    boolean askedToEnd;
    /** KILLs sent. */
    int kills;

    /** @param reason for people */
    record Verdict(Cause cause, String reason) {
        String execution() {
            return (cause == Cause.HANG ? "hung, being killed: " : "being killed: ") + reason;
        }
    }

    Life(long generation, ChildSpec spec, Processes.Child process, Instant startedAt, long startedNanos) {
        this.generation = generation;
        this.spec = spec;
        this.process = process;
        this.startedAt = startedAt;
        this.startedNanos = startedNanos;
    }

    /** What the process is called, which need not be the child's name. */
    String name() {
        return spec.processName();
    }

    /** A probe passed. */
    void well(long nowNanos) {
        if (upSinceNanos.isEmpty()) {
            upSinceNanos = OptionalLong.of(nowNanos);
        }
        lastWellNanos = nowNanos;
        failedProbes = 0;
    }

    /** Whether an earlier daemon had started it. */
    boolean isAdopted() {
        return process.adoptedAfter().isPresent();
    }

    OptionalLong upSinceNanos() {
        return upSinceNanos;
    }

    /** How long it was UP; for a hung one only as long as it was seen well, or every hang would look like a lasting UP. */
    Optional<Duration> upFor(long nowNanos) {
        if (upSinceNanos.isEmpty()) {
            return Optional.empty();
        }
        boolean hung = verdict.filter(of -> of.cause() == Cause.HANG).isPresent();
        long end = hung ? lastWellNanos : nowNanos;
        return Optional.of(Duration.ofNanos(end - upSinceNanos.getAsLong()));
    }

    Duration untilStartTimeout(long nowNanos) {
        return spec.startTimeout().minusNanos(nowNanos - startedNanos);
    }

    /** Why it ended. What the kernel says of memory comes first: a child that is out of it may well have hung before. */
    Cause cause(Exit exit) {
        if (exit instanceof Exit.OutOfMemory) {
            return Cause.OOM;
        }
        if (drill.isPresent() && !askedToEnd) {
            return Cause.DRILL;
        }
        if (verdict.isPresent()) {
            return verdict.get().cause();
        }
        if (askedToEnd) {
            return plan.map(Verdict::cause).orElse(Cause.OPERATOR);
        }
        return exit instanceof Exit.Killed ? Cause.SIGNAL : Cause.EXIT;
    }

    /** What we know of its end and the kernel doesn't. */
    Optional<String> why() {
        return drill.or(() -> verdict.or(() -> plan).map(Verdict::reason));
    }
}
