package org.relaysupervisor.supervise;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.relaysupervisor.process.ProcessSpec;

/**
 * How one child is started, watched and stopped.
 *
 * @param name unique among the children
 * @param after children that must be {@link ChildState#UP} before this one is started; it is not stopped when they die
 * @param launch makes the process to run, writing what it reads at start; called on the loop before each start
 * @param ready asked every {@code readyEvery} from the start on, until it passes
 * @param alive asked every {@code aliveEvery} once up; {@code aliveFailures} failures or timeouts in a row mean hung
 * @param startTimeout killed as hung when not ready by then
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
    }

    /** Prepares a start. */
    @FunctionalInterface
    public interface Launch {
        /** @throws IOException when the child's files can't be written or its program is missing; the message says what to do */
        ProcessSpec prepare() throws IOException;
    }
}
