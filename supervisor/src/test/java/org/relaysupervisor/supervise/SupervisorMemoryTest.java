package org.relaysupervisor.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.relaysupervisor.supervise.Scene.spec;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.process.Exit;
import org.relaysupervisor.process.Processes.Signal;

class SupervisorMemoryTest {
    private static final String NAME = "liquidsoap";
    private static final Exit KILLED = new Exit.Killed("SIGKILL", false);

    private final Scene scene = Scene.up(spec(NAME));

    @Test
    void aChildThatTheKernelKilledForMemoryIsCountedAsSuchAndRestarted() {
        scene.staysWellFor(Duration.ofSeconds(20));
        scene.dies(NAME, new Exit.OutOfMemory(KILLED, true));

        assertThat(scene.state(NAME)).isEqualTo(ChildState.STARTING);
        assertThat(scene.child(NAME).restarts()).containsEntry(Cause.OOM, 1L).containsEntry(Cause.SIGNAL, 0L);
        assertThat(scene.child(NAME).lastExit().orElseThrow().detail())
                .isEqualTo("out of memory, at its own limit: killed by SIGKILL");
    }

    @Test
    void memoryIsTheCauseEvenOfOneThatIsAskedToEnd() {
        scene.process(NAME).ignoreTerm();
        scene.supervisor.restart(NAME);
        scene.dies(NAME, new Exit.OutOfMemory(KILLED, false));

        assertThat(scene.state(NAME)).isEqualTo(ChildState.STARTING);
        assertThat(scene.child(NAME).lastExit().orElseThrow().cause()).isEqualTo(Cause.OOM);
    }

    @Test
    void aCondemnedChildIsKilledAndWeighedByThePolicy() {
        for (int i = 0; i < 600 && scene.state(NAME) != ChildState.FAILED; i++) {
            scene.supervisor.condemn(NAME, Cause.RSS, "uses 500 MiB");
            scene.loop.advance(Duration.ofMillis(100));
        }

        assertThat(scene.state(NAME)).isEqualTo(ChildState.FAILED);
        assertThat(scene.processes.all().get(0).signals()).containsExactly(Signal.KILL);
        assertThat(scene.child(NAME).lastExit().orElseThrow().cause()).isEqualTo(Cause.RSS);
        assertThat(scene.child(NAME).lastExit().orElseThrow().detail()).isEqualTo("killed by SIGKILL: uses 500 MiB");
    }

    @Test
    void aRestartAheadIsGentleAndAtOnceAndCountedUnderItsCause() {
        scene.supervisor.restartAhead(NAME, Cause.LEAK, "full in 12 min");
        assertThat(scene.process(NAME).signals()).containsExactly(Signal.TERM);
        scene.loop.runPosted();

        assertThat(scene.state(NAME)).isEqualTo(ChildState.STARTING);
        assertThat(scene.child(NAME).restarts()).containsEntry(Cause.LEAK, 1L).containsEntry(Cause.OPERATOR, 0L);
        assertThat(scene.child(NAME).lastExit().orElseThrow())
                .returns(Cause.LEAK, ChildSnapshot.LastExit::cause)
                .returns("exit 0: full in 12 min", ChildSnapshot.LastExit::detail);
    }

    @Test
    void nothingIsRestartedAheadThatIsNotUpOrIsToStop() {
        scene.supervisor.restartAhead(NAME, Cause.LEAK, "full in 12 min");
        scene.loop.runPosted();
        scene.supervisor.restartAhead(NAME, Cause.LEAK, "full in 12 min");
        assertThat(scene.process(NAME).signals()).isEmpty();

        scene.makeReady(NAME);
        scene.supervisor.stopAll(() -> {});
        scene.supervisor.restartAhead(NAME, Cause.LEAK, "full in 12 min");
        scene.loop.runPosted();
        assertThat(scene.state(NAME)).isEqualTo(ChildState.STOPPED);
    }

    @Test
    void anOperatorsStopWinsOverAPlan() {
        scene.process(NAME).sleepUninterruptibly();
        scene.supervisor.restartAhead(NAME, Cause.LEAK, "full in 12 min");
        scene.supervisor.stop(NAME, () -> {});
        scene.dies(NAME, new Exit.Code(0));

        assertThat(scene.state(NAME)).isEqualTo(ChildState.STOPPED);
        assertThat(scene.child(NAME).restarts()).containsEntry(Cause.LEAK, 0L);
    }
}
