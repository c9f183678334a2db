package org.relaysupervisor.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.relaysupervisor.supervise.ChildState.BACKOFF;
import static org.relaysupervisor.supervise.ChildState.STARTING;
import static org.relaysupervisor.supervise.ChildState.STOPPED;
import static org.relaysupervisor.supervise.ChildState.STOPPING;
import static org.relaysupervisor.supervise.ChildState.UP;
import static org.relaysupervisor.supervise.ChildState.WAITING;
import static org.relaysupervisor.supervise.Scene.STOP_TIMEOUT;
import static org.relaysupervisor.supervise.Scene.spec;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.process.Exit;
import org.relaysupervisor.process.Processes.Signal;

/** Several children: who starts after whom, and who stops before. */
class SupervisorOrderTest {
    private final AtomicInteger callbacks = new AtomicInteger();

    @Test
    void childrenStartInTheOrderOfTheirDependencies() {
        Scene scene = new Scene();
        scene.supervisor.add(spec("icecast"));
        scene.supervisor.add(spec("liquidsoap", "icecast"));
        scene.supervisor.add(spec("recorder", "icecast", "liquidsoap"));
        scene.supervisor.startAll();
        assertThat(scene.child("recorder").note()).isEqualTo("waits for icecast, liquidsoap");

        scene.makeReady("icecast");
        assertThat(scene.state("liquidsoap")).isEqualTo(STARTING);
        assertThat(scene.child("recorder").note()).isEqualTo("waits for liquidsoap");
        scene.makeReady("liquidsoap");
        scene.makeReady("recorder");

        assertThat(scene.events)
                .containsSubsequence(
                        "icecast up", "liquidsoap starting", "liquidsoap up", "recorder starting", "recorder up");
        assertThat(scene.supervisor.snapshot())
                .extracting(ChildSnapshot::name)
                .containsExactly("icecast", "liquidsoap", "recorder");
    }

    @Test
    void aChildIsNotStoppedWhenWhatItNeedsDies() {
        Scene scene = Scene.up(spec("icecast"), spec("liquidsoap", "icecast"));

        scene.dies("icecast");

        assertThat(scene.state("icecast")).isEqualTo(STARTING);
        assertThat(scene.state("liquidsoap")).isEqualTo(UP);
    }

    @Test
    void aChildWhoseBackoffEndsWhileWhatItNeedsIsDownWaitsAndKeepsItsCause() {
        Scene scene = Scene.up(spec("icecast"), spec("liquidsoap", "icecast"));
        scene.dies("liquidsoap");
        scene.dies("liquidsoap");
        assertThat(scene.state("liquidsoap")).isEqualTo(BACKOFF);
        scene.dies("icecast");
        scene.loop.advance(Duration.ofSeconds(1));
        assertThat(scene.state("liquidsoap")).isEqualTo(WAITING);
        assertThat(scene.child("liquidsoap").restarts()).containsEntry(Cause.EXIT, 1L);

        scene.answer("icecast", ProbeRunner.Answer.YES);

        assertThat(scene.state("liquidsoap")).isEqualTo(STARTING);
        assertThat(scene.child("liquidsoap").restarts()).containsEntry(Cause.EXIT, 2L);
    }

    @Test
    void stopWinsWhileWaiting() {
        Scene scene = new Scene();
        scene.supervisor.add(spec("icecast"));
        scene.supervisor.add(spec("liquidsoap", "icecast"));
        scene.supervisor.startAll();
        scene.supervisor.stop("liquidsoap", callbacks::incrementAndGet);
        scene.makeReady("icecast");

        assertThat(callbacks).hasValue(1);
        assertThat(scene.state("liquidsoap")).isEqualTo(STOPPED);
        assertThat(scene.processes.live("liquidsoap")).isEmpty();
    }

    @Test
    void stopAllAsksInReverseOrderEachWhenItsDependentsAreGone() {
        Scene scene = Scene.up(spec("icecast"), spec("liquidsoap", "icecast"), spec("recorder", "liquidsoap"));
        scene.process("recorder").ignoreTerm();
        scene.dies("liquidsoap");
        scene.events.clear();

        scene.supervisor.stopAll(callbacks::incrementAndGet);
        scene.loop.runPosted();
        assertThat(scene.state("recorder")).isEqualTo(STOPPING);
        assertThat(scene.state("liquidsoap")).isEqualTo(STARTING);
        assertThat(scene.child("liquidsoap").wanted()).isFalse();
        assertThat(scene.state("icecast")).isEqualTo(UP);
        scene.loop.advance(STOP_TIMEOUT);

        assertThat(scene.events).containsSubsequence("recorder stopped", "liquidsoap stopped", "icecast stopped");
        assertThat(callbacks).hasValue(1);
        assertThat(scene.loop.armedTimers()).isZero();
    }

    @Test
    void aChildThatDiesWhileItAwaitsItsTurnToStopIsNotRestarted() {
        Scene scene = Scene.up(spec("icecast"), spec("recorder", "icecast"));
        scene.process("recorder").ignoreTerm();
        scene.supervisor.stopAll(callbacks::incrementAndGet);

        scene.dies("icecast", new Exit.Killed("SIGSEGV", false));

        assertThat(scene.state("icecast")).isEqualTo(STOPPED);
        assertThat(scene.child("icecast").lastExit().orElseThrow().cause()).isEqualTo(Cause.SIGNAL);
        scene.loop.advance(STOP_TIMEOUT);
        assertThat(callbacks).hasValue(1);
    }

    @Test
    void aSecondStopAllKillsEverythingAtOnce() {
        Scene scene = Scene.up(spec("icecast"), spec("liquidsoap", "icecast"));
        scene.process("liquidsoap").ignoreTerm();
        scene.supervisor.stopAll(callbacks::incrementAndGet);
        scene.supervisor.stopAll(callbacks::incrementAndGet);
        scene.loop.runPosted();

        assertThat(scene.process("icecast").signals()).containsExactly(Signal.KILL);
        assertThat(scene.process("liquidsoap").signals()).containsExactly(Signal.TERM, Signal.CONT, Signal.KILL);
        assertThat(callbacks).hasValue(2);
        assertThat(scene.loop.armedTimers()).isZero();
    }

    @Test
    void stopAllWithNothingRunningIsDoneAtOnce() {
        Scene scene = new Scene();
        scene.supervisor.stopAll(callbacks::incrementAndGet);

        assertThat(callbacks).hasValue(1);
    }

    @Test
    void nothingCanBeStartedWhileEverythingIsBeingStopped() {
        Scene scene = Scene.up(spec("icecast"));
        scene.process("icecast").ignoreTerm();
        scene.supervisor.stopAll(callbacks::incrementAndGet);

        assertThatThrownBy(() -> scene.supervisor.start("icecast")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> scene.supervisor.restart("icecast")).hasMessage("everything is being stopped");
        assertThatThrownBy(scene.supervisor::startAll).isInstanceOf(IllegalStateException.class);
        scene.supervisor.replace(spec("icecast", 2), true);
        scene.loop.advance(STOP_TIMEOUT);

        assertThat(scene.processes.all()).hasSize(1);
        scene.supervisor.startAll();
        assertThat(scene.state("icecast")).isEqualTo(STARTING);
    }

    @Test
    void aCallbackMayGiveTheNextCommand() {
        Scene scene = Scene.up(spec("icecast"));
        scene.supervisor.stopAll(scene.supervisor::startAll);
        scene.loop.runPosted();

        assertThat(scene.state("icecast")).isEqualTo(STARTING);
        assertThat(scene.processes.all()).hasSize(2);
    }

    @Test
    void aRemovedChildIsStoppedAndForgotten() {
        Scene scene = Scene.up(spec("icecast"), spec("recorder", "icecast"));
        assertThatThrownBy(() -> scene.supervisor.remove("icecast", () -> {}))
                .hasMessage("icecast can't be removed: recorder starts after it");
        scene.process("recorder").ignoreTerm();

        scene.supervisor.remove("recorder", callbacks::incrementAndGet);
        assertThatThrownBy(() -> scene.supervisor.start("recorder")).hasMessage("recorder is being removed");
        scene.supervisor.remove("icecast", callbacks::incrementAndGet);
        scene.loop.runPosted();
        assertThat(scene.supervisor.snapshot()).extracting(ChildSnapshot::name).containsExactly("recorder");
        scene.supervisor.stopAll(() -> {});
        scene.loop.advance(STOP_TIMEOUT);

        assertThat(callbacks).hasValue(2);
        assertThat(scene.supervisor.snapshot()).isEmpty();
    }

    @Test
    void circlesAndUnknownDependenciesAreRefused() {
        Scene scene = new Scene();
        scene.supervisor.add(spec("a"));
        scene.supervisor.add(spec("b", "a"));
        scene.supervisor.add(spec("c", "b"));

        assertThatThrownBy(() -> scene.supervisor.add(spec("d", "e")))
                .hasMessage("d starts after e, which is no child");
        assertThatThrownBy(() -> scene.supervisor.replace(spec("a", "c"), false))
                .hasMessage("a and c start after each other");
        assertThatThrownBy(() -> scene.supervisor.replace(spec("a", "a"), false))
                .hasMessage("a and a start after each other");
        assertThat(List.of(scene.state("a"), scene.state("b"))).containsOnly(STOPPED);
    }
}
