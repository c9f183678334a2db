package org.relaysupervisor.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.relaysupervisor.supervise.ChildState.STARTING;
import static org.relaysupervisor.supervise.ChildState.STOPPED;
import static org.relaysupervisor.supervise.ChildState.UP;
import static org.relaysupervisor.supervise.Scene.STOP_TIMEOUT;
import static org.relaysupervisor.supervise.Scene.spec;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.process.Exit;
import org.relaysupervisor.process.FakeProcesses.FakeProcess;
import org.relaysupervisor.process.Processes.Signal;
import org.relaysupervisor.supervise.ProbeRunner.Answer;

/** One child and what an operator wants of it: stop, start, restart, a new specification. */
class SupervisorCommandTest {
    private static final String NAME = "icecast";
    private static final Duration LASTING = Scene.POLICY.resetAfter();

    private final AtomicInteger callbacks = new AtomicInteger();

    // Stopping

    @Test
    void stopSendsTermAndLetsAFrozenProcessSeeIt() {
        Scene scene = Scene.up(spec(NAME));
        scene.process(NAME).signal(Signal.STOP);
        scene.supervisor.stop(NAME, callbacks::incrementAndGet);
        assertThat(callbacks).hasValue(0);
        scene.loop.runPosted();

        ChildSnapshot child = scene.child(NAME);
        assertThat(child.state()).isEqualTo(STOPPED);
        assertThat(child.wanted()).isFalse();
        assertThat(child.pid()).isEqualTo(OptionalLong.empty());
        assertThat(child.lastExit()).isEmpty();
        assertThat(callbacks).hasValue(1);
        assertThat(scene.process(NAME).signals()).containsExactly(Signal.STOP, Signal.TERM, Signal.CONT);
        assertThat(scene.loop.armedTimers()).isZero();
    }

    @Test
    void aChildThatIgnoresTermIsKilledAfterTheStopTimeout() {
        Scene scene = Scene.up(spec(NAME));
        FakeProcess process = scene.process(NAME).ignoreTerm();
        scene.supervisor.stop(NAME, callbacks::incrementAndGet);
        scene.supervisor.stop(NAME, callbacks::incrementAndGet);
        scene.loop.advance(STOP_TIMEOUT.minusMillis(1));
        assertThat(process.signals()).containsExactly(Signal.TERM, Signal.CONT);

        scene.loop.advance(Duration.ofMillis(1));

        assertThat(process.signals()).endsWith(Signal.KILL);
        assertThat(scene.state(NAME)).isEqualTo(STOPPED);
        assertThat(callbacks).hasValue(2);
    }

    @Test
    void stopWinsInBackoff() {
        Scene scene = new Scene();
        scene.supervisor.add(spec(NAME));
        scene.processes.fail("missing");
        scene.supervisor.start(NAME);

        scene.supervisor.stop(NAME, callbacks::incrementAndGet);

        assertThat(callbacks).hasValue(1);
        assertNothingHappensAnyMore(scene);
    }

    @Test
    void stopWinsInFailed() {
        Scene scene = Scene.up(spec(NAME));
        scene.diesUntilFailed(NAME);

        scene.supervisor.stop(NAME, callbacks::incrementAndGet);

        assertThat(callbacks).hasValue(1);
        assertNothingHappensAnyMore(scene);
    }

    @Test
    void stopWinsWhileStartingAndWhileAProbeIsUnderWay() {
        Scene scene = new Scene();
        scene.supervisor.add(spec(NAME));
        scene.supervisor.start(NAME);
        scene.loop.advance(Scene.READY_EVERY);
        FakeProbeRunner.Asked underWay = scene.question(NAME);

        scene.supervisor.stop(NAME, callbacks::incrementAndGet);
        underWay.answer(Answer.YES);
        scene.loop.runPosted();

        assertThat(underWay.isCancelled()).isTrue();
        assertNothingHappensAnyMore(scene);
    }

    @Test
    void stopWinsOverARestartUnderWayAndOverTheKillOfAHungChild() {
        Scene restarting = Scene.up(spec(NAME));
        restarting.process(NAME).ignoreTerm();
        restarting.supervisor.restart(NAME);
        restarting.supervisor.stop(NAME, callbacks::incrementAndGet);
        restarting.loop.advance(STOP_TIMEOUT);
        assertNothingHappensAnyMore(restarting);
        assertThat(restarting.child(NAME).restarts()).containsEntry(Cause.OPERATOR, 0L);

        Scene hung = Scene.up(spec(NAME));
        FakeProcess process = hung.process(NAME).sleepUninterruptibly();
        hung.loop.advance(spec(NAME).hangBound());
        hung.supervisor.stop(NAME, callbacks::incrementAndGet);
        process.exit(new Exit.Killed("SIGKILL", false));
        hung.loop.runPosted();
        assertNothingHappensAnyMore(hung);
        assertThat(hung.child(NAME).lastExit().orElseThrow().cause()).isEqualTo(Cause.HANG);
    }

    @Test
    void aStopThatAStartOvertakesEndsRunning() {
        Scene scene = Scene.up(spec(NAME));
        FakeProcess first = scene.process(NAME).ignoreTerm();
        scene.supervisor.stop(NAME, callbacks::incrementAndGet);
        scene.supervisor.start(NAME);
        assertThat(scene.processes.live(NAME)).containsExactly(first);

        scene.loop.advance(STOP_TIMEOUT);

        assertThat(callbacks).hasValue(1);
        assertThat(scene.state(NAME)).isEqualTo(STARTING);
        assertThat(scene.child(NAME).wanted()).isTrue();
        assertThat(scene.child(NAME).restarts().values()).containsOnly(0L);
    }

    // Operator

    @Test
    void anOperatorsRestartIsImmediateAndDoesNotCountAgainstTheIntensity() {
        Scene scene = Scene.up(spec(NAME));
        for (int i = 1; i <= 20; i++) {
            scene.supervisor.restart(NAME);
            scene.loop.runPosted();
            assertThat(scene.state(NAME)).isEqualTo(STARTING);
            scene.makeReady(NAME);
        }

        assertThat(scene.child(NAME).restarts()).containsEntry(Cause.OPERATOR, 20L);
        assertThat(scene.child(NAME).lastExit().orElseThrow().cause()).isEqualTo(Cause.OPERATOR);
        scene.dies(NAME);
        assertThat(scene.state(NAME)).isEqualTo(STARTING);
    }

    @Test
    void startAndRestartEndTheWaitOfABackoff() {
        Scene scene = new Scene();
        scene.supervisor.add(spec(NAME));
        scene.processes.fail("missing");
        scene.supervisor.start(NAME);
        scene.supervisor.start(NAME);
        assertThat(scene.child(NAME).restarts()).containsEntry(Cause.SPAWN, 1L);
        scene.processes.work();

        scene.supervisor.restart(NAME);

        assertThat(scene.state(NAME)).isEqualTo(STARTING);
        assertThat(scene.child(NAME).restarts()).containsEntry(Cause.SPAWN, 1L).containsEntry(Cause.OPERATOR, 1L);
    }

    @Test
    void anUnknownChildIsRefusedWithTheNamesThereAre() {
        Scene scene = Scene.up(spec(NAME));

        assertThatThrownBy(() -> scene.supervisor.restart("icecats"))
                .hasMessage("there is no child icecats; there are: icecast");
        assertThatThrownBy(() -> scene.supervisor.add(spec(NAME))).hasMessage("there is a child icecast already");
    }

    // Reload

    @Test
    void aReplacedSpecificationTakesEffectAtTheNextStart() {
        Scene scene = Scene.up(spec(NAME));
        scene.supervisor.replace(spec(NAME, 2), false);
        scene.staysWellFor(LASTING);
        assertThat(scene.processes.all()).hasSize(1);

        scene.dies(NAME);

        assertThat(scene.process(NAME).spec().argv()).containsExactly("/bin/icecast", "v2");
        assertThat(scene.child(NAME).restarts()).containsEntry(Cause.EXIT, 1L);
    }

    @Test
    void aReplacedSpecificationRestartsTheChildWhenAsked() {
        Scene scene = Scene.up(spec(NAME));
        scene.supervisor.replace(spec(NAME, 2), true);
        scene.loop.runPosted();

        assertThat(scene.process(NAME).spec().argv()).containsExactly("/bin/icecast", "v2");
        assertThat(scene.child(NAME).restarts()).containsEntry(Cause.OPERATOR, 1L);
    }

    @Test
    void aReplacementDoesNotStartAChildThatIsNotWanted() {
        Scene scene = new Scene();
        scene.supervisor.add(spec(NAME));
        scene.supervisor.replace(spec(NAME, 2), true);

        assertNothingHappensAnyMore(scene);
    }

    @Test
    void aListenerThatThrowsDisturbsNothing() {
        Scene scene = new Scene();
        Supervisor supervisor = new Supervisor(
                scene.loop,
                scene.processes,
                scene.probes,
                () -> 0.5,
                name -> java.util.Optional.empty(),
                new Supervisor.Listener() {
                    @Override
                    public void changed(ChildSnapshot before, ChildSnapshot after) {
                        throw new IllegalStateException("deliberate");
                    }
                });
        supervisor.add(spec(NAME));
        supervisor.start(NAME);
        scene.makeReady(NAME);

        assertThat(supervisor.snapshot().get(0).state()).isEqualTo(UP);
    }

    private static void assertNothingHappensAnyMore(Scene scene) {
        int processes = scene.processes.all().size();
        scene.loop.advance(Duration.ofHours(1));
        assertThat(scene.state(NAME)).isEqualTo(STOPPED);
        assertThat(scene.processes.all()).hasSize(processes);
        assertThat(scene.processes.live(NAME)).isEmpty();
        assertThat(scene.loop.armedTimers()).isZero();
    }
}
