package org.relaysupervisor.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.relaysupervisor.supervise.ChildState.BACKOFF;
import static org.relaysupervisor.supervise.ChildState.STARTING;
import static org.relaysupervisor.supervise.ChildState.STOPPING;
import static org.relaysupervisor.supervise.ChildState.UP;
import static org.relaysupervisor.supervise.Scene.ALIVE_EVERY;
import static org.relaysupervisor.supervise.Scene.PROBE_TIMEOUT;
import static org.relaysupervisor.supervise.Scene.spec;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.process.Exit;
import org.relaysupervisor.process.FakeProcesses.FakeProcess;
import org.relaysupervisor.process.Processes.Signal;
import org.relaysupervisor.supervise.ProbeRunner.Answer;

/** One child that no longer does its work. */
class SupervisorHangTest {
    private static final String NAME = "icecast";

    // Hanging

    @Test
    void aChildThatFailsItsLivenessProbeInARowIsKilledAsHung() {
        Scene scene = Scene.up(spec(NAME));
        for (int i = 1; i <= 3; i++) {
            assertThat(scene.state(NAME)).isEqualTo(UP);
            scene.loop.advance(ALIVE_EVERY);
            assertThat(scene.question(NAME).probe).isSameAs(Scene.ALIVE);
            scene.answer(NAME, Answer.no("connection refused"));
        }

        assertThat(scene.processes.all().get(0).signals()).containsExactly(Signal.KILL);
        assertThat(scene.child(NAME).restarts()).containsEntry(Cause.HANG, 1L);
        assertThat(scene.child(NAME).lastExit().orElseThrow().detail())
                .isEqualTo("killed by SIGKILL: 3 of 3 liveness probes failed: connection refused");
    }

    @Test
    void aPassedProbeForgivesTheFailedOnesBefore() {
        Scene scene = Scene.up(spec(NAME));
        for (int i = 0; i < 10; i++) {
            scene.loop.advance(ALIVE_EVERY);
            scene.answer(NAME, i % 3 == 2 ? Answer.YES : Answer.no("busy"));
        }

        assertThat(scene.state(NAME)).isEqualTo(UP);
        assertThat(scene.child(NAME).note()).isEqualTo("1 of 3 liveness probes failed: busy");
    }

    @Test
    void aStoppedProcessIsKilledWithinItsBound() {
        Scene scene = Scene.up(spec(NAME));
        scene.loop.advance(ALIVE_EVERY);
        FakeProbeRunner.Asked underWay = scene.question(NAME);
        FakeProcess process = scene.process(NAME);
        process.signal(Signal.STOP);
        long hungAt = scene.loop.nanoTime();
        scene.loop.advance(PROBE_TIMEOUT.minusNanos(1));
        underWay.answer(Answer.YES);

        Duration bound = spec(NAME).hangBound();
        scene.loop.advance(bound.minusNanos(scene.loop.nanoTime() - hungAt + 2));
        assertThat(process.signals()).doesNotContain(Signal.KILL);
        scene.loop.advance(Duration.ofNanos(2));
        assertThat(process.signals()).contains(Signal.KILL);
        assertThat(bound).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void noSecondProbeIsAskedWhileOneIsUnderWayAndATimeoutCancelsIt() {
        Scene scene = Scene.up(spec(NAME));
        scene.loop.advance(ALIVE_EVERY);
        FakeProbeRunner.Asked first = scene.question(NAME);
        scene.loop.advance(PROBE_TIMEOUT.minusMillis(1));
        assertThat(scene.probes.open()).containsExactly(first);
        scene.loop.advance(Duration.ofMillis(1));

        assertThat(first.isCancelled()).isTrue();
        assertThat(scene.probes.open()).isEmpty();
        assertThat(scene.child(NAME).note()).isEqualTo("1 of 3 liveness probes failed: no answer within 1 s");
    }

    @Test
    void aLateAnswerIsIgnored() {
        Scene scene = Scene.up(spec(NAME));
        scene.loop.advance(ALIVE_EVERY);
        FakeProbeRunner.Asked late = scene.question(NAME);
        scene.loop.advance(PROBE_TIMEOUT);
        late.answer(Answer.YES);
        scene.loop.runPosted();

        assertThat(scene.child(NAME).note()).startsWith("1 of 3");
    }

    @Test
    void anAnswerThatCameInTimeCountsAlthoughTheLoopWasHeldUp() {
        Scene scene = Scene.up(spec(NAME));
        scene.loop.advance(ALIVE_EVERY);
        scene.question(NAME).answer(Answer.YES);
        scene.loop.stall(Duration.ofMinutes(1));

        assertThat(scene.state(NAME)).isEqualTo(UP);
        assertThat(scene.child(NAME).note()).isEmpty();
    }

    @Test
    void aProbeThatCannotBeAskedIsNoEvidenceAgainstTheChild() {
        Scene scene = Scene.up(spec(NAME));
        scene.probes.refuse(true);
        scene.loop.advance(ALIVE_EVERY.multipliedBy(20));
        assertThat(scene.state(NAME)).isEqualTo(UP);
        assertThat(scene.child(NAME).note()).isEqualTo("could not be probed: no probe thread is free");

        scene.probes.refuse(false);
        scene.loop.advance(ALIVE_EVERY);
        assertThat(scene.question(NAME).probe).isSameAs(Scene.ALIVE);
    }

    @Test
    void hangsDoNotCountAsAnUpThatLasted() {
        Scene scene = Scene.up(spec(NAME));
        Duration threeTimeouts = spec(NAME).hangBound().minus(PROBE_TIMEOUT);
        scene.loop.advance(threeTimeouts);
        assertThat(scene.state(NAME)).isEqualTo(STARTING);
        scene.makeReady(NAME);

        scene.loop.advance(threeTimeouts);

        assertThat(scene.state(NAME)).isEqualTo(BACKOFF);
        assertThat(scene.child(NAME).note()).isEqualTo("up for 0 s, failure 2 in a row; next attempt in 0.5 s");
    }

    @Test
    void aProcessThatNoKillEndsIsWaitedForAndKilledAgain() {
        Scene scene = Scene.up(spec(NAME));
        FakeProcess process = scene.process(NAME).sleepUninterruptibly();
        scene.loop.advance(spec(NAME).hangBound());
        assertThat(scene.state(NAME)).isEqualTo(STOPPING);

        scene.loop.advance(Duration.ofSeconds(10));

        assertThat(process.signals().stream().filter(Signal.KILL::equals)).hasSize(3);
        assertThat(scene.child(NAME).note()).contains("the kernel has not ended it after 3 KILLs");
        assertThat(scene.processes.live(NAME)).containsExactly(process);
        process.exit(new Exit.Killed("SIGKILL", false));
        scene.loop.runPosted();
        assertThat(scene.child(NAME).lastExit().orElseThrow().cause()).isEqualTo(Cause.HANG);
        assertThat(scene.state(NAME)).isEqualTo(STARTING);
    }
}
