package org.relaysupervisor.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.process.Exit;
import org.relaysupervisor.process.FakeProcesses.FakeProcess;
import org.relaysupervisor.process.Processes.Signal;
import org.relaysupervisor.supervise.ProbeRunner.Answer;

/** A child's successor, from its start beside the one that lives to its taking the place, or to its failure. */
class SupervisorSuccessionTest {
    private final Scene scene = Scene.up(Succeeding.spec("radio", "radio"));
    private final Succeeding handover = new Succeeding();
    private final FakeProcess old = scene.process("radio");

    private FakeProcess succeed() {
        scene.supervisor.succeed(Succeeding.spec("radio", "radio-b"), Cause.LEAK, "it grows", handover);
        return scene.process("radio-b");
    }

    private void makeFit() {
        scene.loop.advance(Succession.EVERY);
        scene.answer("radio-b", Answer.YES);
    }

    private void answer(Optional<String> refusal) {
        handover.answer(refusal);
        scene.loop.runPosted();
    }

    @Test
    void takesThePlaceOnceItIsFitAndOnlyThenTheOldOneIsAskedToEnd() {
        FakeProcess successor = succeed();
        scene.loop.advance(Succession.EVERY);
        scene.answer("radio-b", Answer.no("silent"));
        assertThat(scene.child("radio").pid()).hasValue(old.pid());
        assertThat(scene.child("radio").note())
                .isEqualTo("its successor (pid " + successor.pid() + ") is being tried: silent");
        makeFit();
        assertThat(old.signals()).isEmpty();
        answer(Optional.empty());
        ChildSnapshot child = scene.child("radio");
        assertThat(child.state()).isEqualTo(ChildState.UP);
        assertThat(child.pid()).hasValue(successor.pid());
        assertThat(child.starts()).isEqualTo(2);
        assertThat(child.restarts()).containsEntry(Cause.LEAK, 1L);
        assertThat(child.lastExit().orElseThrow().cause()).isEqualTo(Cause.LEAK);
        assertThat(child.lastExit().orElseThrow().detail()).isEqualTo("exit 0: it grows");
        assertThat(old.signals()).startsWith(Signal.TERM);
        assertThat(handover.done).isOne();
        assertThat(handover.failures).isEmpty();
        assertThat(child.note()).isEmpty();
    }

    @Test
    void onlyTheOneWhoseWorkCountsIsTakenOverByALaterDaemon() {
        FakeProcess successor = succeed();
        assertThat(successor.lasting()).isEmpty();
        assertThat(old.lasting()).contains(Succeeding.GIVEN);
        old.ignoreTerm();
        makeFit();
        answer(Optional.empty());
        assertThat(successor.lasting()).contains(Succeeding.GIVEN);
        assertThat(old.lasting()).isEmpty();
    }

    @Test
    void theOneThatIsReplacedIsKilledWhenItDoesNotEnd() {
        old.ignoreTerm();
        succeed();
        makeFit();
        answer(Optional.empty());
        assertThat(scene.child("radio").note()).isEqualTo("a former process (pid " + old.pid() + ") is ending");
        assertThatThrownBy(this::succeed).isInstanceOf(IllegalStateException.class);
        scene.loop.advance(Scene.STOP_TIMEOUT);
        assertThat(old.signals()).endsWith(Signal.KILL);
        assertThat(scene.processes.live("radio")).isEmpty();
        assertThat(scene.state("radio")).isEqualTo(ChildState.UP);
    }

    @Test
    void oneThatIsNotFitInTimeIsEndedAndNothingElseChanges() {
        FakeProcess successor = succeed();
        for (Duration time = Duration.ZERO;
                time.compareTo(Scene.START_TIMEOUT.plusSeconds(1)) < 0;
                time = time.plus(Scene.READY_EVERY)) {
            scene.loop.advance(Scene.READY_EVERY);
            scene.probes
                    .open()
                    .forEach(asked ->
                            asked.answer(asked.pid == successor.pid() ? Answer.no("plays the standby") : Answer.YES));
            scene.loop.runPosted();
        }
        assertThat(handover.failures).containsExactly("not fit within 20 s: plays the standby");
        assertThat(successor.signals()).startsWith(Signal.TERM);
        assertUntouched();
    }

    @Test
    void oneThatEndsHasFailed() {
        scene.lastLine = "no such codec";
        FakeProcess successor = succeed();
        successor.exit(new Exit.Code(1));
        scene.loop.runPosted();
        assertThat(handover.failures).containsExactly("it ended with exit 1: no such codec");
        assertUntouched();
    }

    @Test
    void oneThatCannotBeStartedHasFailed() {
        scene.processes.fail("no memory");
        scene.supervisor.succeed(Succeeding.spec("radio", "radio-b"), Cause.OPERATOR, "asked for", handover);
        assertThat(handover.failures).containsExactly("it could not be started: no memory");
        assertUntouched();
    }

    @Test
    void oneThatMayNotTakeOverHasFailedAndSoHasOneWhoseQuestionIsNotAnswered() {
        succeed();
        makeFit();
        answer(Optional.of("its source has left"));
        assertUntouched();
        succeed();
        makeFit();
        scene.staysWellFor(Succession.PATIENCE.plusSeconds(1));
        answer(Optional.empty());
        assertThat(handover.failures).containsExactly("its source has left", "it could not take over within 10 s");
        assertUntouched();
    }

    @Test
    void inADrillItStandsStillFromItsStartOnAndIsGivenUp() {
        scene.supervisor.drillSuccessors("radio", true);
        FakeProcess successor = succeed();
        assertThat(successor.signals()).containsExactly(Signal.STOP);
        assertThat(old.signals()).isEmpty();
        scene.supervisor.drillSuccessors("radio", false);
        scene.loop.runPosted();
        assertThat(handover.failures).containsExactly("the drill is over");
        assertThat(scene.child("radio").replacements()).isEqualTo(new Replacements(0, 1));
        assertUntouched();
        assertThat(succeed().signals()).isEmpty();
    }

    @Test
    void theEndOfADrillLeavesOneAloneThatWasThereBeforeIt() {
        FakeProcess successor = succeed();
        scene.supervisor.drillSuccessors("radio", true);
        scene.supervisor.drillSuccessors("radio", false);
        assertThat(successor.signals()).isEmpty();
        assertThat(handover.failures).isEmpty();
    }

    private void assertUntouched() {
        ChildSnapshot child = scene.child("radio");
        assertThat(child.state()).isEqualTo(ChildState.UP);
        assertThat(child.pid()).hasValue(old.pid());
        assertThat(child.starts()).isEqualTo(1);
        assertThat(child.restarts().values()).containsOnly(0L);
        assertThat(child.lastExit()).isEmpty();
        assertThat(old.signals()).isEmpty();
        assertThat(scene.processes.live("radio-b")).isEmpty();
        assertThat(handover.done).isZero();
        assertThat(scene.loop.armedTimers()).isOne();
    }

    @Test
    void aStopEndsBothAndIsDoneWhenBothAreGone() {
        FakeProcess successor = succeed().ignoreTerm();
        int[] stopped = {0};
        scene.supervisor.stop("radio", () -> stopped[0]++);
        scene.loop.runPosted();
        assertThat(handover.failures).containsExactly("it is being stopped");
        assertThat(scene.state("radio")).isEqualTo(ChildState.STOPPED);
        assertThat(stopped[0]).isZero();
        scene.loop.advance(Scene.STOP_TIMEOUT);
        assertThat(successor.signals()).endsWith(Signal.KILL);
        assertThat(stopped[0]).isOne();
        assertThat(scene.loop.armedTimers()).isZero();
    }

    @Test
    void aStopWinsOverAHandoverThatIsUnderWay() {
        succeed();
        makeFit();
        scene.supervisor.stop("radio", () -> {});
        answer(Optional.empty());
        scene.loop.runPosted();
        assertThat(scene.state("radio")).isEqualTo(ChildState.STOPPED);
        assertThat(scene.processes.live("radio")).isEmpty();
        assertThat(scene.processes.live("radio-b")).isEmpty();
        assertThat(handover.done).isZero();
    }

    @Test
    void theDeathOfTheOldOneIsARestartAsEverUntilTheSuccessorTakesThePlace() {
        FakeProcess successor = succeed();
        scene.dies("radio");
        assertThat(scene.processes.live("radio")).as("started again").hasSize(1);
        makeFit();
        answer(Optional.empty());
        assertThat(scene.state("radio")).isEqualTo(ChildState.UP);
        assertThat(scene.child("radio").pid()).hasValue(successor.pid());
        assertThat(scene.processes.live("radio")).isEmpty();
        assertThat(scene.child("radio").restarts())
                .containsEntry(Cause.EXIT, 1L)
                .containsEntry(Cause.LEAK, 1L);
    }

    @Test
    void itsOwnDeathAfterwardsRestartsItUnderItsOwnName() {
        succeed();
        makeFit();
        answer(Optional.empty());
        scene.dies("radio-b");
        assertThat(scene.processes.live("radio-b")).hasSize(1);
        assertThat(scene.processes.live("radio")).isEmpty();
    }

    @Test
    void onlyAChildThatIsUpHasASuccessor() {
        scene.supervisor.restart("radio");
        assertThatThrownBy(this::succeed).hasMessage("radio is not up");
        scene.supervisor.stopAll(() -> {});
        assertThatThrownBy(this::succeed).isInstanceOf(IllegalStateException.class);
        assertThat(handover.failures).isEmpty();
    }
}
