package org.relaysupervisor.supervise;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.relaysupervisor.loop.Loop;
import org.relaysupervisor.process.Exit;
import org.relaysupervisor.process.Processes;
import org.relaysupervisor.process.Processes.Signal;
import org.relaysupervisor.supervise.ChildSnapshot.LastExit;
import org.relaysupervisor.supervise.ProbeRunner.Answer;

/**
 * The state machine of one child; on the loop only.
 *
 * <p>There is one timer, and what it means follows from the state: the next probe, the end of the probe under way or of the start
 * timeout (STARTING, UP), the next KILL (STOPPING), the next attempt (BACKOFF, FAILED). It is armed in exactly these states, so a
 * child with a process always has a moment at which the loop looks at it again, even if a message about it got lost.
 */
final class Child {
    /** Between KILLs of a process that the kernel does not end: it sleeps uninterruptibly, in a driver or a file system. */
    static final Duration KILL_AGAIN = Duration.ofSeconds(5);

    private final Supervisor supervisor;
    private final Loop loop;
    private final Processes processes;
    private final Alarm alarm;
    private final Inquiry inquiry;
    private final Succession succession;

    private ChildSpec spec;
    private boolean wanted;
    private ChildState state = ChildState.STOPPED;
    private String note = "";
    private Optional<Life> life = Optional.empty();
    /** What the next attempt is a restart for; empty when it is a plain start. */
    private Optional<Cause> restartFor = Optional.empty();

    private RestartPolicy.History history = RestartPolicy.History.NONE;
    /** Spawns tried; the number of each is the generation of its process. */
    private long attempts;

    private long starts;
    private final Map<Cause, Long> restarts = new EnumMap<>(Cause.class);
    private Optional<LastExit> lastExit = Optional.empty();

    private final List<Farewell> whenGone = new ArrayList<>();
    private ChildSnapshot snapshot;

    /** @param lived the processes that must have ended, by their generations */
    private record Farewell(List<Long> lived, Runnable callback) {}

    Child(ChildSpec spec, Supervisor supervisor, Loop loop, Processes processes, ProbeRunner probes) {
        this.spec = spec;
        this.supervisor = supervisor;
        this.loop = loop;
        this.processes = processes;
        this.alarm = new Alarm(loop, supervisor::handle);
        this.inquiry = new Inquiry(probes, supervisor::later);
        this.succession = new Succession(this, supervisor, loop, processes, probes);
        for (Cause cause : Cause.values()) {
            restarts.put(cause, 0L);
        }
        this.snapshot = view();
    }

    ChildSpec spec() {
        return spec;
    }

    ChildState state() {
        return state;
    }

    boolean isWanted() {
        return wanted;
    }

    /** Whether any process of it lives. */
    boolean isLive() {
        return life.isPresent() || succession.isLive();
    }

    private boolean isLive(long generation) {
        return life.filter(living -> living.generation == generation).isPresent() || succession.isLive(generation);
    }

    Optional<Life> life() {
        return life;
    }

    ChildSnapshot snapshot() {
        return snapshot;
    }

    // Commands

    /** The next start uses it; the living process keeps its own. */
    void use(ChildSpec newer) {
        spec = newer;
    }

    void start() {
        wanted = true;
        switch (state) {
            case STOPPED, BACKOFF, FAILED -> attempt();
            case WAITING, STARTING, UP, STOPPING -> publish();
        }
    }

    /** By an operator, so neither delayed nor weighed by the restart policy. */
    void restart() {
        wanted = true;
        switch (state) {
            case STOPPED -> attempt();
            case BACKOFF, FAILED -> {
                restartFor = Optional.of(Cause.OPERATOR);
                attempt();
            }
            case STARTING, UP -> {
                restartFor = Optional.of(Cause.OPERATOR);
                askToEnd();
            }
            case STOPPING -> {
                restartFor = Optional.of(Cause.OPERATOR);
                publish();
            }
            case WAITING -> publish();
        }
    }

    /** @throws IllegalStateException when it isn't UP, or has another process beside its own already */
    void succeed(ChildSpec newer, Life.Verdict why, Handover to) {
        if (state != ChildState.UP || !wanted) {
            throw new IllegalStateException(spec.name() + " is not up");
        }
        if (succession.isLive()) {
            throw new IllegalStateException(spec.name() + ": " + succession.note());
        }
        succession.begin(newer, ++attempts, why, to);
        publish();
    }

    void drillSuccessors(boolean on) {
        succession.drill(on);
    }

    void giveUp(String why) {
        succession.giveUp(why + ": " + succession.note());
    }

    /** A successor takes the place, whatever has become of the process there. Returns that, which is to end. */
    Optional<Life> supersede(Life next, Life.Verdict why) {
        Optional<Life> former = life;
        long now = loop.nanoTime();
        history = spec.restart().pardon(history, former.flatMap(ended -> ended.upFor(now)));
        restartFor = Optional.empty();
        restarts.merge(why.cause(), 1L, Long::sum);
        starts++;
        life = Optional.of(next);
        spec = next.spec;
        next.well(now);
        enter(ChildState.UP, "");
        armNextProbe(spec.aliveEvery());
        return former;
    }

    /** Before it fails by itself: asked to end as by an operator. Only a child that is UP. */
    void restartAhead(Cause cause, String why) {
        if (state == ChildState.UP && wanted) {
            life.orElseThrow().plan = Optional.of(new Life.Verdict(cause, why));
            restartFor = Optional.of(cause);
            askToEnd();
        }
    }

    /** Killed at once, since it may not answer a TERM, and then weighed by the restart policy like a child that died. */
    void condemn(String process, Cause cause, String why) {
        if (succession.runs(process)) {
            succession.giveUp(why);
        } else {
            condemn(cause, why);
        }
    }

    /** Whether it has a process of this name. */
    boolean runs(String process) {
        return life.filter(living -> living.name().equals(process)).isPresent() || succession.runs(process);
    }

    private void condemn(Cause cause, String why) {
        if (state == ChildState.STARTING || state == ChildState.UP) {
            life.orElseThrow().verdict = Optional.of(new Life.Verdict(cause, why));
            kill();
        }
    }

    void stop(Runnable whenStopped) {
        List<Long> lived = new ArrayList<>();
        life.ifPresent(living -> lived.add(living.generation));
        succession.generation().ifPresent(lived::add);
        whenGone.add(new Farewell(lived, whenStopped));
        unwant();
        if (state == ChildState.STARTING || state == ChildState.UP) {
            askToEnd();
        }
    }

    /** Not to be started again. A living process goes on until it is asked to end. */
    void unwant() {
        wanted = false;
        restartFor = Optional.empty();
        succession.giveUp("it is being stopped");
        if (life.isPresent()) {
            publish();
        } else {
            rest();
        }
    }

    /** TERM, then KILL after the stop timeout. CONT lets a process that is stopped (SIGSTOP) see the TERM. */
    void askToEnd() {
        Life living = life.orElseThrow();
        living.askedToEnd = true;
        living.process.signal(Signal.TERM);
        living.process.signal(Signal.CONT);
        Duration patience = living.spec.stopTimeout();
        enter(ChildState.STOPPING, "asked to end; killed after " + RestartPolicy.describe(patience));
        alarm.arm(patience, this::kill);
    }

    void killNow() {
        succession.killNow();
        life.ifPresent(living -> {
            living.askedToEnd = true;
            kill();
        });
    }

    /** Starts it when it waits and all it waits for is up. */
    void startIfReady() {
        if (state == ChildState.WAITING) {
            attempt();
        }
    }

    // Starting

    private void attempt() {
        List<String> missing = supervisor.notUp(spec.after());
        if (!missing.isEmpty()) {
            String why = "waits for " + String.join(", ", missing);
            if (state != ChildState.WAITING || !note.equals(why)) {
                enter(ChildState.WAITING, why);
            }
            return;
        }
        restartFor.ifPresent(cause -> restarts.merge(cause, 1L, Long::sum));
        restartFor = Optional.empty();
        try {
            spawn();
        } catch (IOException | RuntimeException | Error e) {
            // Errors too: having no thread or memory to start it with is a failed start, to be tried again.
            String reason = e.getMessage() == null ? e.toString() : e.getMessage();
            lastExit = Optional.of(new LastExit(Cause.SPAWN, reason, loop.now(), Duration.ZERO));
            tryAgain(Cause.SPAWN, Optional.empty());
            return;
        }
        Life begun = life.orElseThrow();
        starts += begun.isAdopted() ? 0 : 1;
        supervisor.begun(begun);
        enter(ChildState.STARTING, (begun.isAdopted() ? "taken over" : "started") + ", not ready yet");
        armNextProbe(spec.readyEvery());
    }

    private void spawn() throws IOException {
        ChildSpec used = spec;
        long generation = ++attempts;
        Consumer<Exit> onExit = exit -> supervisor.later(() -> exited(generation, exit));
        Optional<Processes.Child> left =
                used.launch().lasting().flatMap(given -> processes.adopt(used.processName(), given, onExit));
        Processes.Child process =
                left.isPresent() ? left.get() : processes.spawn(used.launch().prepare(), onExit);
        Instant startedAt = loop.now().minus(process.adoptedAfter().orElse(Duration.ZERO));
        life = Optional.of(new Life(generation, used, process, startedAt, loop.nanoTime()));
    }

    private void tryAgain(Cause cause, Optional<Duration> upFor) {
        RestartPolicy.Decision decision = spec.restart().decide(history, loop.nanoTime(), upFor, supervisor.random());
        history = decision.history();
        restartFor = Optional.of(cause);
        boolean failed = decision.verdict() == RestartPolicy.Verdict.FAILED;
        enter(failed ? ChildState.FAILED : ChildState.BACKOFF, decision.reason());
        if (decision.delay().isZero()) {
            attempt();
        } else {
            alarm.arm(decision.delay(), this::attempt);
        }
    }

    // Probing

    private void armNextProbe(Duration delay) {
        alarm.arm(withinStartTimeout(delay), this::ask);
    }

    /** The time given, or what is left of the start timeout when that is less. */
    private Duration withinStartTimeout(Duration time) {
        Duration left = life.orElseThrow().untilStartTimeout(loop.nanoTime());
        return state == ChildState.STARTING && left.compareTo(time) < 0 ? left : time;
    }

    private void ask() {
        Life living = life.orElseThrow();
        boolean starting = state == ChildState.STARTING;
        Duration patience = withinStartTimeout(living.spec.probeTimeout());
        if (patience.isZero() || patience.isNegative()) {
            condemn(Cause.HANG, "not ready within " + RestartPolicy.describe(living.spec.startTimeout()) + ": " + note);
            return;
        }
        Probe probe = starting ? living.spec.ready() : living.spec.alive();
        try {
            inquiry.ask(probe, living.process.pid(), this::answered);
        } catch (RejectedExecutionException e) {
            // Our own shortage is no evidence against the child.
            say("could not be probed: " + e.getMessage());
            armNextProbe(starting ? living.spec.readyEvery() : living.spec.aliveEvery());
            return;
        }
        Answer none = Answer.no("no answer within " + RestartPolicy.describe(patience));
        alarm.arm(patience, () -> answered(none));
    }

    private void answered(Answer answer) {
        inquiry.forget();
        Life living = life.orElseThrow();
        if (state == ChildState.STARTING) {
            judgeReadiness(living, answer);
        } else {
            judgeLiveness(living, answer);
        }
    }

    private void judgeReadiness(Life living, Answer answer) {
        if (answer.yes()) {
            living.well(loop.nanoTime());
            enter(ChildState.UP, "");
            armNextProbe(living.spec.aliveEvery());
        } else {
            say(answer.reason());
            armNextProbe(living.spec.readyEvery());
        }
    }

    private void judgeLiveness(Life living, Answer answer) {
        if (answer.yes()) {
            living.well(loop.nanoTime());
            say("");
        } else {
            living.failedProbes++;
            String count = living.failedProbes + " of " + living.spec.aliveFailures() + " liveness probes failed: ";
            if (living.failedProbes >= living.spec.aliveFailures()) {
                condemn(Cause.HANG, count + answer.reason());
                return;
            }
            say(count + answer.reason());
        }
        armNextProbe(living.spec.aliveEvery());
    }

    // Ending

    private void kill() {
        Life living = life.orElseThrow();
        living.process.signal(Signal.KILL);
        living.kills++;
        String doing = living.verdict.map(Life.Verdict::execution).orElse("being killed");
        enter(
                ChildState.STOPPING,
                living.kills == 1
                        ? doing
                        : doing + "; the kernel has not ended it after " + living.kills
                                + " KILLs: it waits in a driver or a file system");
        alarm.arm(KILL_AGAIN, this::kill);
    }

    void exited(long generation, Exit exit) {
        if (life.isEmpty() || life.get().generation != generation) {
            succession.exited(generation, exit).ifPresent(former -> remember(former, exit));
            gone();
            publish();
            return;
        }
        Life ended = life.get();
        alarm.disarm();
        inquiry.forget();
        life = Optional.empty();
        supervisor.exited(ended.name(), ended.process.pid(), exit);
        long now = loop.nanoTime();
        Optional<Duration> upFor = ended.upFor(now);
        Cause cause = ended.cause(exit);
        boolean planned = restartFor.isPresent();
        if (cause != Cause.OPERATOR || planned) {
            remember(ended, exit);
        }
        if (!wanted) {
            rest();
        } else if (cause == Cause.OPERATOR || planned) {
            history = spec.restart().pardon(history, upFor);
            gone();
            attempt();
        } else {
            gone();
            tryAgain(cause, upFor);
        }
    }

    /** No process and none wanted; a later start begins with a clean history. */
    private void rest() {
        history = RestartPolicy.History.NONE;
        enter(ChildState.STOPPED, "");
        gone();
    }

    private void remember(Life ended, Exit exit) {
        Duration ranFor = Duration.ofNanos(loop.nanoTime() - ended.startedNanos);
        Optional<String> known = ended.why().or(() -> supervisor.lastLine(spec.name()));
        String detail = exit.describe() + known.map(text -> ": " + text).orElse("");
        lastExit = Optional.of(new LastExit(ended.cause(exit), detail, loop.now(), ranFor));
    }

    private void gone() {
        whenGone.removeIf(farewell -> {
            boolean over = farewell.lived.stream().noneMatch(this::isLive);
            if (over) {
                supervisor.afterwards(List.of(farewell.callback));
            }
            return over;
        });
    }

    // View

    /** Leaves the old state with all that waited in it. */
    private void enter(ChildState next, String why) {
        alarm.disarm();
        inquiry.forget();
        state = next;
        say(why);
    }

    private void say(String what) {
        note = what;
        publish();
    }

    void publish() {
        ChildSnapshot before = snapshot;
        snapshot = view();
        supervisor.published(before, snapshot);
    }

    private ChildSnapshot view() {
        return new ChildSnapshot(
                spec.name(),
                life.map(Life::name).orElseGet(spec::processName),
                wanted,
                state,
                life.map(living -> OptionalLong.of(living.process.pid())).orElse(OptionalLong.empty()),
                life.map(living -> living.startedAt),
                life.filter(Life::isAdopted).isPresent(),
                state == ChildState.UP ? life.orElseThrow().upSinceNanos() : OptionalLong.empty(),
                starts,
                restarts,
                succession.counts(),
                lastExit,
                Stream.of(note, succession.note())
                        .filter(text -> !text.isEmpty())
                        .collect(Collectors.joining("; ")));
    }
}
