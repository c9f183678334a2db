package org.relaysupervisor.admin;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.relaysupervisor.loop.Clock;

/** One drill from the side of who asked for it: has it begun, watches what fires, has it repaired, watches that all is resolved. */
final class DrillRun {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    /** The drills in which nobody is there to be renewed. */
    private static final Set<String> OF_THE_DAEMON = Set.of("kill-daemon", "stall-daemon", "oom-daemon");

    private final Control control;
    private final DrillWatch watch;
    private final Clock clock;
    private final Consumer<Duration> pause;
    private final BooleanSupplier stopped;
    private final Plan plan;
    private final PrintStream out;

    /** The daemon that has the drill. */
    interface Control {
        /** All that can be asked for, in the order in which all are had. */
        List<Choice> choices() throws ControlClient.Unreachable;

        /** @return the id of the drill */
        String start(String name) throws Refusal, ControlClient.Unreachable;

        void renew(String id) throws Refusal, ControlClient.Unreachable;

        /** Returns when all is repaired. */
        void end(String id) throws Refusal, ControlClient.Unreachable;
    }

    /** @param refused why it can't be had here and now; empty when it can */
    record Choice(String name, Optional<String> refused) {}

    /** The daemon says no; the message says why. */
    static final class Refusal extends Exception {
        Refusal(String message) {
            super(message);
        }
    }

    /**
     * @param hold how long the fault lasts
     * @param settle how long alerts may take to be resolved after the repair
     * @param expected exactly what should fire; empty when anything may
     * @param force although alerts fire already
     */
    record Plan(Duration hold, Duration settle, Optional<Set<String>> expected, boolean force) {}

    /** @param stopped whether somebody pressed Ctrl-C */
    DrillRun(
            Control control,
            DrillWatch watch,
            Clock clock,
            Consumer<Duration> pause,
            BooleanSupplier stopped,
            Plan plan,
            PrintStream out) {
        this.control = control;
        this.watch = watch;
        this.clock = clock;
        this.pause = pause;
        this.stopped = stopped;
        this.plan = plan;
        this.out = out;
    }

    /** @return whether it went as it should */
    boolean run(String name) throws Refusal, ControlClient.Unreachable {
        DrillWatch.Look before = before();
        String id = control.start(name);
        Scorecard scorecard = new Scorecard(before);
        long begun = clock.nanoTime();
        say(Duration.ZERO, "drill " + name + " has begun; watching " + watch.describe());
        Optional<String> early;
        try {
            early = hold(name, id, begun, scorecard);
        } finally {
            repair(name, id, begun);
        }
        scorecard.repaired(clock.since(begun));
        long repaired = clock.nanoTime();
        boolean settled = false;
        while (!settled && !stopped.getAsBoolean() && clock.since(repaired).compareTo(plan.settle()) < 0) {
            pause.accept(LOOK_EVERY);
            look(begun, scorecard);
            settled = scorecard.isSettled();
        }
        return score(name, scorecard, early);
    }

    private DrillWatch.Look before() throws Refusal {
        try {
            DrillWatch.Look before = watch.look();
            List<String> firing = Scorecard.firing(before);
            if (!firing.isEmpty() && !plan.force()) {
                throw new Refusal("alerts fire already, so the drill's could not be told from them: "
                        + String.join(", ", firing) + "; --force does it all the same");
            }
            return before;
        } catch (IOException e) {
            throw new Refusal(e.getMessage());
        }
    }

    /** @return why it ended before its time */
    private Optional<String> hold(String name, String id, long begun, Scorecard scorecard) {
        boolean away = false;
        while (clock.since(begun).compareTo(plan.hold()) < 0) {
            if (stopped.getAsBoolean()) {
                return Optional.of("it was interrupted");
            }
            pause.accept(LOOK_EVERY);
            try {
                control.renew(id);
            } catch (Refusal e) {
                // A daemon that was away knows nothing of it any more, and has repaired what was left.
                if (!away) {
                    return Optional.of(e.getMessage());
                }
            } catch (ControlClient.Unreachable e) {
                if (!away) {
                    say(clock.since(begun), e.getMessage());
                }
                away = true;
            }
            look(begun, scorecard);
        }
        return away && !OF_THE_DAEMON.contains(name) ? Optional.of("the daemon went away") : Optional.empty();
    }

    private void look(long begun, Scorecard scorecard) {
        try {
            DrillWatch.Look look = watch.look();
            Duration at = clock.since(begun);
            scorecard.seen(at, look).forEach(line -> say(at, line));
        } catch (IOException e) {
            say(clock.since(begun), e.getMessage());
        }
    }

    /** Whatever happened before. What fails here is done by the daemon itself, when the lease is over or it starts again. */
    private void repair(String name, String id, long begun) {
        try {
            control.end(id);
            say(clock.since(begun), "drill " + name + " is repaired");
        } catch (Refusal e) {
            say(clock.since(begun), e.getMessage());
        } catch (ControlClient.Unreachable e) {
            say(clock.since(begun), e.getMessage() + "; the daemon repairs it by itself");
        }
    }

    private boolean score(String name, Scorecard scorecard, Optional<String> early) {
        out.println();
        out.println("SCORECARD " + name);
        out.print(scorecard.text());
        List<String> faults = scorecard.faults(plan.expected());
        faults.forEach(fault -> out.println("  " + Plain.text(fault)));
        early.ifPresent(why -> out.println("  ended early: " + Plain.text(why)));
        boolean good = faults.isEmpty() && early.isEmpty();
        out.println(good ? "result: good" : "result: NOT GOOD");
        out.flush();
        return good;
    }

    private void say(Duration at, String what) {
        out.println(String.format(Locale.ROOT, "%4d:%02d  ", at.toMinutes(), at.toSecondsPart()) + Plain.text(what));
        out.flush();
    }
}
