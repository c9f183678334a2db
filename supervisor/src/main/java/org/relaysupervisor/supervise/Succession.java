package org.relaysupervisor.supervise;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.relaysupervisor.loop.Loop;
import org.relaysupervisor.process.Exit;
import org.relaysupervisor.process.Processes;
import org.relaysupervisor.process.Processes.Signal;
import org.relaysupervisor.supervise.ProbeRunner.Answer;

/**
 * The one process that a child may have beside its own: a successor that is tried before it takes the place, or what was replaced or
 * given up, until it has ended. On the loop only.
 *
 * <p>There is one timer, armed in each stage but {@link Stage#NONE}: for the next probe or the end of the one under way, for the answer
 * to the handover, for the next KILL.
 */
final class Succession {
    /** For one probe, and for the handover. A probe may have to start a program that listens. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Between probes, which may cost as much as starting a program. */
    static final Duration EVERY = Duration.ofSeconds(1);

    private enum Stage {
        NONE,
        TRIED,
        HANDED_OVER,
        ENDING
    }

    private final Child child;
    private final Supervisor supervisor;
    private final Loop loop;
    private final Processes processes;
    private final Alarm alarm;
    private final Inquiry inquiry;

    private Stage stage = Stage.NONE;
    private Optional<Life> other = Optional.empty();
    private Handover handover;
    private Life.Verdict reason;
    private String note = "";
    private Replacements counts = Replacements.NONE;
    private boolean drilled;
    private boolean stalled;

    Succession(Child child, Supervisor supervisor, Loop loop, Processes processes, ProbeRunner probes) {
        this.child = child;
        this.supervisor = supervisor;
        this.loop = loop;
        this.processes = processes;
        alarm = new Alarm(loop, supervisor::handle);
        inquiry = new Inquiry(probes, supervisor::later);
    }

    boolean isLive() {
        return other.isPresent();
    }

    boolean isLive(long generation) {
        return other.filter(life -> life.generation == generation).isPresent();
    }

    boolean runs(String process) {
        return other.filter(life -> life.name().equals(process)).isPresent();
    }

    Optional<Long> generation() {
        return other.map(life -> life.generation);
    }

    Replacements counts() {
        return counts;
    }

    /** What is going on, for people; empty when nothing is. */
    String note() {
        long pid = other.map(life -> life.process.pid()).orElse(0L);
        return switch (stage) {
            case NONE -> "";
            case TRIED, HANDED_OVER -> "its successor (pid " + pid + ") is being tried: " + note;
            case ENDING -> "a former process (pid " + pid + ") is ending";
        };
    }

    /** Starts a successor. One that can't be started has failed. */
    void begin(ChildSpec spec, long generation, Life.Verdict why, Handover to) {
        handover = to;
        reason = why;
        Processes.Child process;
        try {
            process = processes.spawn(
                    spec.launch().prepareBeside(), exit -> supervisor.later(() -> child.exited(generation, exit)));
        } catch (Exception | Error e) {
            fail("it could not be started: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
            return;
        }
        Life begun = new Life(generation, spec, process, loop.now(), loop.nanoTime());
        other = Optional.of(begun);
        stage = Stage.TRIED;
        note = "started, not ready yet";
        supervisor.begun(begun);
        alarm.arm(EVERY, this::ask);
        stalled = drilled;
        if (stalled) {
            process.signal(Signal.STOP);
        }
    }

    /** Whether each successor stands still from its start on. One that does when this ends is ended. */
    void drill(boolean on) {
        drilled = on;
        if (stalled && !on) {
            giveUp("the drill is over");
        }
    }

    private void ask() {
        Life tried = other.orElseThrow();
        if (tried.untilStartTimeout(loop.nanoTime()).isNegative()) {
            giveUp("not fit within " + RestartPolicy.describe(tried.spec.startTimeout()) + ": " + note);
            return;
        }
        try {
            inquiry.ask(handover::fit, tried.process.pid(), this::answered);
        } catch (RejectedExecutionException e) {
            say("could not be probed: " + e.getMessage());
            alarm.arm(EVERY, this::ask);
            return;
        }
        Answer none = Answer.no("no answer within " + RestartPolicy.describe(PATIENCE));
        alarm.arm(PATIENCE, () -> answered(none));
    }

    private void answered(Answer answer) {
        inquiry.forget();
        if (!answer.yes()) {
            say(answer.reason());
            alarm.arm(EVERY, this::ask);
            return;
        }
        stage = Stage.HANDED_OVER;
        say("fit, takes over");
        alarm.arm(PATIENCE, () -> giveUp("it could not take over within " + RestartPolicy.describe(PATIENCE)));
        long generation = other.orElseThrow().generation;
        handover.take(refusal -> supervisor.later(() -> handedOver(generation, refusal)));
    }

    private void handedOver(long generation, Optional<String> refusal) {
        if (stage != Stage.HANDED_OVER || !isLive(generation)) {
            return;
        }
        if (refusal.isPresent()) {
            giveUp(refusal.get());
            return;
        }
        Life next = other.orElseThrow();
        leave();
        // This one first: a daemon that is killed between the two leaves its successor something to go on with.
        next.process.lasting(next.spec.launch().lasting());
        counts = counts.oneMoreDone();
        child.supersede(next, reason).ifPresent(this::retire);
        supervisor.afterwards(List.of(handover::done));
    }

    private void retire(Life former) {
        former.plan = Optional.of(reason);
        former.process.lasting(Optional.empty());
        end(former);
    }

    /** The successor, if one is tried, is ended. */
    void giveUp(String why) {
        if (stage == Stage.TRIED || stage == Stage.HANDED_OVER) {
            Life tried = other.orElseThrow();
            leave();
            fail(why);
            end(tried);
        }
    }

    private void fail(String why) {
        if (!handover.isCanary()) {
            counts = counts.oneMoreFailed();
        }
        Handover told = handover;
        supervisor.afterwards(List.of(() -> told.failed(why)));
    }

    private void leave() {
        alarm.disarm();
        inquiry.forget();
        other = Optional.empty();
        stage = Stage.NONE;
    }

    private void end(Life ending) {
        other = Optional.of(ending);
        stage = Stage.ENDING;
        ending.askedToEnd = true;
        alarm.arm(ending.spec.stopTimeout(), this::killNow);
        ending.process.signal(Signal.TERM);
        ending.process.signal(Signal.CONT);
        child.publish();
    }

    /** Whatever it is, at once. */
    void killNow() {
        other.ifPresent(life -> {
            if (stage != Stage.ENDING) {
                giveUp("it is killed");
            }
            alarm.arm(Child.KILL_AGAIN, this::killNow);
            life.process.signal(Signal.KILL);
        });
    }

    /**
     * A process has ended, perhaps this one.
     *
     * @return the end of the one whose place was taken, by its cause
     */
    Optional<Life> exited(long generation, Exit exit) {
        if (!isLive(generation)) {
            return Optional.empty();
        }
        Life ended = other.orElseThrow();
        Stage was = stage;
        leave();
        supervisor.exited(ended.name(), ended.process.pid(), exit);
        if (was != Stage.ENDING) {
            Optional<String> last = supervisor.lastLine(ended.spec.name());
            fail("it ended with " + exit.describe()
                    + last.map(line -> ": " + line).orElse(""));
        }
        return Optional.of(ended).filter(life -> life.plan.isPresent());
    }

    private void say(String what) {
        note = what;
        child.publish();
    }
}
