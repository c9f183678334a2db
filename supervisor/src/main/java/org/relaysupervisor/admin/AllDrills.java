package org.relaysupervisor.admin;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.relaysupervisor.loop.Clock;

/** All drills there are, one after the other, with a summary. */
final class AllDrills {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final DrillRun.Control control;
    private final DrillRun run;
    private final Clock clock;
    private final Consumer<Duration> pause;
    private final BooleanSupplier stopped;
    private final Duration patience;
    private final PrintStream out;

    /** What became of one. */
    private enum Outcome {
        GOOD,
        NOT_GOOD,
        /** This machine hasn't what it takes, and the daemon said so beforehand. */
        NOT_HERE
    }

    /**
     * @param stopped whether somebody pressed Ctrl-C
     * @param patience how long the station may take, after one drill, to be well enough for the next
     */
    AllDrills(
            DrillRun.Control control,
            DrillRun run,
            Clock clock,
            Consumer<Duration> pause,
            BooleanSupplier stopped,
            Duration patience,
            PrintStream out) {
        this.control = control;
        this.run = run;
        this.clock = clock;
        this.pause = pause;
        this.stopped = stopped;
        this.patience = patience;
        this.out = out;
    }

    /** @return whether at least one was had, and each that can be had here went as it should */
    boolean run() throws ControlClient.Unreachable {
        StringBuilder summary = new StringBuilder();
        boolean had = false;
        boolean good = true;
        for (DrillRun.Choice choice : control.choices()) {
            Outcome outcome =
                    run(choice, summary.append("  ").append(choice.name()).append(": "));
            summary.append('\n');
            had |= outcome == Outcome.GOOD;
            good &= outcome != Outcome.NOT_GOOD;
        }
        out.print("ALL DRILLS\n" + summary);
        out.flush();
        return had && good;
    }

    private Outcome run(DrillRun.Choice choice, StringBuilder summary) {
        try {
            if (choice.refused().isEmpty()) {
                awaitRecovery(choice.name());
            }
            if (stopped.getAsBoolean()) {
                summary.append("not had: it was interrupted");
                return Outcome.NOT_GOOD;
            }
            boolean good = run.run(choice.name());
            out.println();
            summary.append(good ? "good" : "NOT GOOD");
            return good ? Outcome.GOOD : Outcome.NOT_GOOD;
        } catch (DrillRun.Refusal | ControlClient.Unreachable e) {
            summary.append("not had: ").append(Plain.text(e.getMessage()));
            return choice.refused().isPresent() ? Outcome.NOT_HERE : Outcome.NOT_GOOD;
        }
    }

    /** What the drill before has broken may still be starting, the daemon itself included. */
    private void awaitRecovery(String name) {
        long since = clock.nanoTime();
        while (!isPossible(name)
                && !stopped.getAsBoolean()
                && clock.since(since).compareTo(patience) < 0) {
            pause.accept(LOOK_EVERY);
        }
    }

    private boolean isPossible(String name) {
        try {
            List<DrillRun.Choice> now = control.choices();
            return now.stream()
                    .filter(choice -> choice.name().equals(name))
                    .map(DrillRun.Choice::refused)
                    .allMatch(Optional::isEmpty);
        } catch (ControlClient.Unreachable e) {
            return false;
        }
    }
}
