package org.relaysupervisor.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.relaysupervisor.supervise.ChildState.BACKOFF;
import static org.relaysupervisor.supervise.ChildState.FAILED;
import static org.relaysupervisor.supervise.ChildState.STARTING;
import static org.relaysupervisor.supervise.ChildState.STOPPED;
import static org.relaysupervisor.supervise.ChildState.UP;
import static org.relaysupervisor.supervise.Scene.ALIVE_EVERY;
import static org.relaysupervisor.supervise.Scene.START_TIMEOUT;
import static org.relaysupervisor.supervise.Scene.spec;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.process.Exit;
import org.relaysupervisor.process.FakeProcesses.FakeProcess;
import org.relaysupervisor.process.Processes.Signal;
import org.relaysupervisor.supervise.ChildSnapshot.LastExit;
import org.relaysupervisor.supervise.ProbeRunner.Answer;

/** One child: how it starts, dies and is started again. */
class SupervisorTest {
    private static final String NAME = "icecast";
    private static final Duration LASTING = Scene.POLICY.resetAfter();

    // Starting

    @Test
    void aChildIsStoppedUntilItIsStarted() {
        Scene scene = new Scene();
        scene.supervisor.add(spec(NAME));

        assertThat(scene.state(NAME)).isEqualTo(STOPPED);
        assertThat(scene.child(NAME).wanted()).isFalse();
        assertThat(scene.processes.all()).isEmpty();
    }

    @Test
    void aStartedChildIsUpOnceItsReadinessProbePasses() {
        Scene scene = new Scene();
        scene.supervisor.add(spec(NAME));
        scene.supervisor.start(NAME);
        assertThat(scene.state(NAME)).isEqualTo(STARTING);
        assertThat(scene.child(NAME).upSinceNanos()).isEmpty();

        scene.loop.advance(Scene.READY_EVERY);
        assertThat(scene.question(NAME).probe).isSameAs(Scene.READY);
        scene.answer(NAME, Answer.no("not listening yet"));
        assertThat(scene.state(NAME)).isEqualTo(STARTING);
        assertThat(scene.child(NAME).note()).isEqualTo("not listening yet");
        scene.makeReady(NAME);

        ChildSnapshot child = scene.child(NAME);
        assertThat(child.state()).isEqualTo(UP);
        assertThat(child.pid()).hasValue(scene.process(NAME).pid());
        assertThat(child.upSinceNanos()).hasValue(scene.loop.nanoTime());
        assertThat(child.starts()).isEqualTo(1);
        assertThat(child.note()).isEmpty();
        assertThat(scene.events).containsExactly("icecast spawned", "icecast starting", "icecast up");
    }

    @Test
    void everyCauseIsCountedFromZero() {
        Scene scene = Scene.up(spec(NAME));

        assertThat(scene.child(NAME).restarts())
                .containsOnlyKeys(Cause.values())
                .allSatisfy((cause, count) -> assertThat(count).isZero());
    }

    @Test
    void aChildThatIsNotReadyInTimeIsKilledAsHung() {
        Scene scene = new Scene();
        scene.supervisor.add(spec(NAME));
        scene.supervisor.start(NAME);
        scene.loop.advance(START_TIMEOUT.minusMillis(1));
        assertThat(scene.state(NAME)).isEqualTo(STARTING);

        scene.loop.advance(Duration.ofMillis(1));

        assertThat(scene.process(NAME).signals()).containsExactly(Signal.KILL);
        assertThat(scene.state(NAME)).isEqualTo(BACKOFF);
        LastExit exit = scene.child(NAME).lastExit().orElseThrow();
        assertThat(exit.cause()).isEqualTo(Cause.HANG);
        assertThat(exit.detail()).isEqualTo("killed by SIGKILL: not ready within 20 s: no answer within 0.1 s");
        assertThat(exit.ranFor()).isEqualTo(START_TIMEOUT);
    }

    @Test
    void aSpawnThatFailsIsTriedAgainWithItsMessageKept() {
        Scene scene = new Scene();
        scene.supervisor.add(spec(NAME));
        scene.processes.fail("/bin/icecast: no such file; install icecast2");
        scene.supervisor.start(NAME);

        assertThat(scene.state(NAME)).isEqualTo(BACKOFF);
        assertThat(scene.child(NAME).pid()).isEmpty();
        LastExit exit = scene.child(NAME).lastExit().orElseThrow();
        assertThat(exit.cause()).isEqualTo(Cause.SPAWN);
        assertThat(exit.detail()).isEqualTo("/bin/icecast: no such file; install icecast2");

        scene.processes.work();
        scene.loop.advance(Duration.ofMillis(500));

        assertThat(scene.state(NAME)).isEqualTo(STARTING);
        assertThat(scene.child(NAME).starts()).isEqualTo(1);
        assertThat(scene.child(NAME).restarts()).containsEntry(Cause.SPAWN, 1L);
    }

    @Test
    void aPreparationThatThrowsAnythingIsAFailedSpawn() {
        List<ChildSpec.Launch> failing = List.of(
                () -> {
                    throw new IOException("disk full");
                },
                () -> {
                    throw new IllegalStateException("disk full");
                },
                () -> {
                    throw new OutOfMemoryError("disk full");
                });
        for (ChildSpec.Launch launch : failing) {
            Scene scene = new Scene();
            scene.supervisor.add(prepared(launch));
            scene.supervisor.start(NAME);

            assertThat(scene.state(NAME)).isEqualTo(BACKOFF);
            assertThat(scene.child(NAME).lastExit().orElseThrow().detail()).isEqualTo("disk full");
        }
    }

    // Dying

    @Test
    void aChildThatWasUpIsRestartedAtOnce() {
        Scene scene = Scene.up(spec(NAME));
        scene.staysWellFor(LASTING);
        FakeProcess first = scene.process(NAME);

        scene.dies(NAME, new Exit.Killed("SIGSEGV", true));

        assertThat(scene.process(NAME)).isNotSameAs(first);
        ChildSnapshot child = scene.child(NAME);
        assertThat(child.state()).isEqualTo(STARTING);
        assertThat(child.pid()).hasValue(scene.process(NAME).pid());
        assertThat(child.restarts()).containsEntry(Cause.SIGNAL, 1L);
        assertThat(child.lastExit().orElseThrow().detail()).isEqualTo("killed by SIGSEGV (core dumped)");
        assertThat(scene.events).endsWith("icecast exited", "icecast backoff", "icecast spawned", "icecast starting");
    }

    @Test
    void exitZeroIsADeathLikeAnyOtherAndItsLastLineExplainsIt() {
        Scene scene = Scene.up(spec(NAME));
        scene.lastLine = "port 8010 is taken";

        scene.dies(NAME, new Exit.Code(0));

        LastExit exit = scene.child(NAME).lastExit().orElseThrow();
        assertThat(exit.cause()).isEqualTo(Cause.EXIT);
        assertThat(exit.detail()).isEqualTo("exit 0: port 8010 is taken");
        assertThat(scene.child(NAME).restarts()).containsEntry(Cause.EXIT, 1L);
    }

    @Test
    void onlyAnUpThatLastedResetsTheBackoff() {
        Scene scene = Scene.up(spec(NAME));
        scene.dies(NAME);
        scene.makeReady(NAME);
        scene.dies(NAME);
        assertThat(scene.state(NAME)).isEqualTo(BACKOFF);
        scene.loop.advance(Duration.ofMillis(500));
        scene.makeReady(NAME);
        scene.staysWellFor(LASTING);

        scene.dies(NAME);

        assertThat(scene.state(NAME)).isEqualTo(STARTING);
    }

    @Test
    void aChildThatDiesTooOftenIsFailedAndStillRetried() {
        Scene scene = Scene.up(spec(NAME));
        int deaths = scene.diesUntilFailed(NAME);
        assertThat(deaths).isEqualTo(Scene.POLICY.intensity() + 1);

        for (int retry = 0; retry < 10; retry++) {
            int before = scene.processes.all().size();
            scene.loop.advance(Duration.ofMinutes(2));
            assertThat(scene.processes.all()).hasSize(before + 1);
            scene.dies(NAME);
            assertThat(scene.state(NAME)).isEqualTo(FAILED);
        }
    }

    @Test
    void aFailedChildIsHealedByAnUpThatLasted() {
        Scene scene = Scene.up(spec(NAME));
        scene.diesUntilFailed(NAME);
        scene.loop.advance(Duration.ofMinutes(2));
        scene.makeReady(NAME);
        scene.staysWellFor(LASTING);

        scene.dies(NAME);

        assertThat(scene.state(NAME)).isEqualTo(STARTING);
    }

    @Test
    void aStaleExitIsIgnored() {
        Scene scene = Scene.up(spec(NAME));
        FakeProcess first = scene.process(NAME);
        scene.dies(NAME);
        ChildSnapshot restarted = scene.child(NAME);

        first.exitAgain(new Exit.Code(1));
        scene.loop.runPosted();

        assertThat(scene.child(NAME)).isEqualTo(restarted);
    }

    @Test
    void anExitIsNotLostWhenTheLoopIsOverloaded() {
        Scene scene = Scene.up(spec(NAME));
        scene.loop.refusePosts(true);
        scene.process(NAME).exit(new Exit.Code(1));
        scene.loop.refusePosts(false);
        scene.loop.runPosted();
        assertThat(scene.state(NAME)).isEqualTo(UP);

        scene.loop.advance(ALIVE_EVERY);

        assertThat(scene.state(NAME)).isEqualTo(STARTING);
        assertThat(scene.child(NAME).restarts()).containsEntry(Cause.EXIT, 1L);
    }

    private static ChildSpec prepared(ChildSpec.Launch launch) {
        ChildSpec like = spec(NAME);
        return new ChildSpec(
                NAME,
                like.after(),
                launch,
                like.ready(),
                like.readyEvery(),
                like.alive(),
                like.aliveEvery(),
                like.aliveFailures(),
                like.probeTimeout(),
                like.startTimeout(),
                like.stopTimeout(),
                like.restart());
    }
}
