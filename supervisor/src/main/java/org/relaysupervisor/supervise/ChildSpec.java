package org.relaysupervisor.supervise;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.relaysupervisor.process.Fingerprint;
import org.relaysupervisor.process.ProcessSpec;

/**
 * How one child is started, watched and stopped. All durations are positive.
 *
 * <p>Probes of one child never overlap: the next is asked one period after the answer to the previous, or after its timeout. So a
 * child that hangs while it is UP is killed at the latest after
 * {@code aliveFailures * (aliveEvery + probeTimeout) + probeTimeout}, see {@link #hangBound()}; the last term is a probe that was
 * under way and had seen the child well. Failures that come at once, as a refused connection does, make it shorter by
 * {@code probeTimeout} each. A probe that itself watches something for a while, such as a file that must grow, adds that time.
 *
 * @param name unique among the children
 * @param after children that must be {@link ChildState#UP} before this one is started; it is not stopped when they die
 * @param launch makes the process to run, writing what it reads at start; called on the loop before each start
 * @param ready asked every {@code readyEvery} from the start on, until it passes
 * @param alive asked every {@code aliveEvery} once up; {@code aliveFailures} failures or timeouts in a row mean hung
 * @param startTimeout killed as hung when not ready by then
 * @param probeTimeout after which a probe is interrupted and counts as failed
 * @param stopTimeout from TERM to KILL
 */
public record ChildSpec(
        String name,
        List<String> after,
        Launch launch,
        Probe ready,
        Duration readyEvery,
        Probe alive,
        Duration aliveEvery,
        int aliveFailures,
        Duration probeTimeout,
        Duration startTimeout,
        Duration stopTimeout,
        RestartPolicy restart) {

    public ChildSpec {
        after = List.copyOf(after);
        if (name.isBlank()) {
            throw new IllegalArgumentException("a child needs a name");
        }
        for (Duration duration : List.of(readyEvery, aliveEvery, probeTimeout, startTimeout, stopTimeout)) {
            if (duration.isZero() || duration.isNegative()) {
                throw new IllegalArgumentException("the times of child " + name + " must be positive");
            }
        }
        if (aliveFailures < 1) {
            throw new IllegalArgumentException("aliveFailures of child " + name + " must be 1 or more");
        }
    }

    /** What its process is called: another name than its own when two may live at once. */
    public String processName() {
        return launch.process().orElse(name);
    }

    /** The longest time from the moment an UP child hangs to its KILL, when its probes see the hang at once. */
    public Duration hangBound() {
        return aliveEvery.plus(probeTimeout).multipliedBy(aliveFailures).plus(probeTimeout);
    }

    /** Prepares a start. */
    @FunctionalInterface
    public interface Launch {
        /** @throws IOException when the child's files can't be written or its program is missing; the message says what to do */
        ProcessSpec prepare() throws IOException;

        /** The same for a process beside one that goes on: nothing is changed that that one needs. No later daemon goes on with it. */
        default ProcessSpec prepareBeside() throws IOException {
            return prepare();
        }

        /** What the process is called; empty: as the child. */
        default Optional<String> process() {
            return Optional.empty();
        }

        /** What a process that an earlier daemon left must have been given to go on as this child; empty: none does. */
        default Optional<Fingerprint> lasting() {
            return Optional.empty();
        }
    }
}
