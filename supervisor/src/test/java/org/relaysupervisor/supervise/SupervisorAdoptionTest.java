package org.relaysupervisor.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.process.Exit;
import org.relaysupervisor.process.FakeProcesses;
import org.relaysupervisor.process.Fingerprint;
import org.relaysupervisor.process.ProcessSpec;
import org.relaysupervisor.process.Processes.Signal;

/** Processes that an earlier daemon left. */
class SupervisorAdoptionTest {
    private static final Fingerprint GIVEN = Fingerprint.of("this");

    private final Scene scene = new Scene();
    private int prepared;

    private final class Lasting implements ChildSpec.Launch {
        @Override
        public ProcessSpec prepare() {
            prepared++;
            return new ProcessSpec("relay", List.of("/bin/relay"), Map.of(), Path.of("/")).lasting(GIVEN);
        }

        @Override
        public Optional<Fingerprint> lasting() {
            return Optional.of(GIVEN);
        }
    }

    @BeforeEach
    void add() {
        scene.supervisor.add(Scene.spec("relay", new Lasting()));
    }

    private void startWithOneThatDependsOnIt() {
        scene.supervisor.add(Scene.spec("recorder", "relay"));
        scene.supervisor.startAll();
        scene.makeReady("relay");
        scene.makeReady("recorder");
    }

    @Test
    void oneThatWasGivenTheSameGoesOnAndNothingIsWrittenForIt() {
        scene.processes.leave("relay", GIVEN);
        Instant started = scene.loop.now().minus(FakeProcesses.LEFT_AGE);
        scene.supervisor.start("relay");
        scene.makeReady("relay");
        ChildSnapshot child = scene.child("relay");
        assertThat(child.state()).isEqualTo(ChildState.UP);
        assertThat(child.adopted()).isTrue();
        assertThat(child.starts()).isZero();
        assertThat(child.startedAt()).contains(started);
        assertThat(prepared).isZero();
    }

    @Test
    void oneThatWasGivenSomethingElseDoesNot() {
        scene.processes.leave("relay", Fingerprint.of("that"));
        scene.supervisor.start("relay");
        scene.makeReady("relay");
        assertThat(scene.child("relay").adopted()).isFalse();
        assertThat(scene.child("relay").starts()).isEqualTo(1);
        assertThat(prepared).isEqualTo(1);
    }

    @Test
    void itsEndIsAnEndLikeAnyOtherThoughNobodyKnowsHow() {
        scene.processes.leave("relay", GIVEN);
        scene.supervisor.start("relay");
        scene.makeReady("relay");
        scene.processes.newest("relay").exit(new Exit.Unknown());
        scene.loop.runPosted();
        scene.loop.advance(Scene.POLICY.firstDelay());
        scene.makeReady("relay");
        ChildSnapshot child = scene.child("relay");
        assertThat(child.adopted()).isFalse();
        assertThat(child.restarts()).containsEntry(Cause.EXIT, 1L);
        assertThat(child.lastExit().orElseThrow().detail()).contains("only the daemon before could have seen");
        assertThat(prepared).isEqualTo(1);
    }

    @Test
    void itIsStoppedLikeAnyOther() {
        scene.processes.leave("relay", GIVEN);
        scene.supervisor.start("relay");
        scene.makeReady("relay");
        scene.supervisor.stop("relay", () -> {});
        scene.loop.runPosted();
        assertThat(scene.processes.newest("relay").signals()).contains(Signal.TERM);
        assertThat(scene.child("relay").state()).isEqualTo(ChildState.STOPPED);
        assertThat(scene.child("relay").adopted()).isFalse();
    }

    @Test
    void atAHandOverItGoesOnAndWhatDependsOnItIsStopped() {
        startWithOneThatDependsOnIt();
        AtomicInteger ready = new AtomicInteger();
        scene.supervisor.handOver(ready::incrementAndGet);
        assertThat(scene.processes.newest("relay").signals()).isEmpty();
        assertThat(scene.processes.newest("recorder").signals()).contains(Signal.TERM);
        assertThat(ready).hasValue(0);
        scene.processes.newest("recorder").exit(new Exit.Code(0));
        scene.loop.runPosted();
        assertThat(ready).hasValue(1);
        assertThat(scene.child("relay").state()).isEqualTo(ChildState.UP);
        assertThat(scene.child("relay").wanted()).isTrue();
        assertThat(scene.child("recorder").state()).isEqualTo(ChildState.STOPPED);
    }

    @Test
    void whatDiesDuringAHandOverIsStartedForTheNextDaemon() {
        startWithOneThatDependsOnIt();
        scene.supervisor.handOver(() -> {});
        scene.processes.newest("relay").exit(new Exit.Code(1));
        scene.loop.runPosted();
        scene.makeReady("relay");
        assertThat(scene.child("relay").state()).isEqualTo(ChildState.UP);
        assertThat(scene.processes.newest("relay").signals()).isEmpty();
    }

    @Test
    void aSecondOrderKillsWhatStillEndsAndNothingElse() {
        startWithOneThatDependsOnIt();
        scene.processes.newest("recorder").ignoreTerm();
        scene.supervisor.handOver(() -> {});
        scene.supervisor.handOver(() -> {});
        assertThat(scene.processes.newest("recorder").signals()).contains(Signal.KILL);
        assertThat(scene.processes.newest("relay").signals()).isEmpty();
    }

    @Test
    void thatOneWasTakenOverAndNotStartedIsTold() {
        scene.processes.leave("relay", GIVEN);
        scene.supervisor.start("relay");
        assertThat(scene.events).containsExactly("relay adopted", "relay starting");
    }
}
