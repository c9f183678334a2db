package org.relaysupervisor.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.relaysupervisor.supervise.Scene.spec;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.process.Exit;
import org.relaysupervisor.process.Processes.Signal;

/** Ends and hangs that a drill brought about. */
class SupervisorDrillTest {
    private static final String NAME = "recorder";
    private static final Exit KILLED = new Exit.Killed("SIGKILL", false);

    private final Scene scene = Scene.up(spec(NAME));

    @Test
    void aDeathByADrillIsRestartedByThePolicyAndCountedAsOne() {
        scene.staysWellFor(Duration.ofSeconds(20));
        scene.supervisor.drill(NAME, Signal.KILL, "by a drill");
        scene.loop.runPosted();

        assertThat(scene.process(NAME)).isNotSameAs(scene.processes.all().get(0));
        assertThat(scene.child(NAME).restarts()).containsEntry(Cause.DRILL, 1L).containsEntry(Cause.SIGNAL, 0L);
        assertThat(scene.child(NAME).lastExit().orElseThrow().detail()).contains("by a drill");
    }

    @Test
    void aHangByADrillIsFoundByTheProbesAndCountedAsADrill() {
        scene.supervisor.drill(NAME, Signal.STOP, "by a drill");
        scene.loop.advance(Duration.ofSeconds(12));

        assertThat(scene.processes.all().get(0).signals()).containsSubsequence(Signal.STOP, Signal.KILL);
        assertThat(scene.child(NAME).restarts()).containsEntry(Cause.DRILL, 1L).containsEntry(Cause.HANG, 0L);
    }

    @Test
    void whatTheKernelSaysOfMemoryComesFirst() {
        scene.supervisor.drill(NAME, Signal.STOP, "by a drill");
        scene.dies(NAME, new Exit.OutOfMemory(KILLED, true));
        assertThat(scene.child(NAME).lastExit().orElseThrow().cause()).isEqualTo(Cause.OOM);
    }

    @Test
    void aProcessThatOutlivesTheDrillDiesItsOwnDeath() {
        scene.supervisor.drill(NAME, Signal.STOP, "by a drill");
        scene.supervisor.endDrill(NAME);
        assertThat(scene.process(NAME).signals()).containsExactly(Signal.STOP, Signal.CONT);
        scene.dies(NAME, KILLED);
        assertThat(scene.child(NAME).lastExit().orElseThrow().cause()).isEqualTo(Cause.SIGNAL);
    }

    @Test
    void whatIsNoDrillIsLeftAlone() {
        scene.supervisor.endDrill(NAME);
        assertThat(scene.process(NAME).signals()).isEmpty();
    }

    @Test
    void aStopDuringADrillIsTheOperators() {
        scene.supervisor.drill(NAME, Signal.STOP, "by a drill");
        scene.supervisor.restart(NAME);
        scene.loop.runPosted();
        assertThat(scene.child(NAME).restarts())
                .containsEntry(Cause.OPERATOR, 1L)
                .containsEntry(Cause.DRILL, 0L);
    }
}
