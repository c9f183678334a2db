package org.relaysupervisor;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.programs.IcecastProgram;
import org.relaysupervisor.programs.IcecastStats;

/** The newest answer of Icecast, and how old it is. Written by probes, read from any thread. */
final class IcecastWatch {
    /** An answer older than this is no longer shown as what is. */
    private static final Duration CURRENT = Duration.ofSeconds(10);
    /** Icecast is asked every two seconds, so this long without an answer means that at least one is missing. */
    private static final Duration PROMPT = Duration.ofSeconds(3);

    private final Clock clock;
    private volatile Answer newest = new Answer(Optional.empty(), 0);

    private record Answer(Optional<IcecastStats> stats, long atNanos) {}

    IcecastWatch(Clock clock) {
        this.clock = clock;
    }

    /** Asks now, and remembers. */
    IcecastStats ask(IcecastProgram icecast) throws IOException {
        IcecastStats stats = icecast.stats();
        remember(stats);
        return stats;
    }

    void remember(IcecastStats stats) {
        newest = new Answer(Optional.of(stats), clock.nanoTime());
    }

    /** Icecast is gone: nothing that it said counts any more. */
    void forget() {
        newest = new Answer(Optional.empty(), 0);
    }

    /** Its newest answer, unless too old. */
    Optional<IcecastStats> current() {
        return within(CURRENT);
    }

    /** Whether it answers as it should just now, so that silence of a source can't be its fault. */
    boolean answersPromptly() {
        return within(PROMPT).isPresent();
    }

    private Optional<IcecastStats> within(Duration age) {
        Answer answer = newest;
        return answer.stats().filter(stats -> clock.since(answer.atNanos()).compareTo(age) <= 0);
    }
}
