package org.relaysupervisor;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.relaysupervisor.admin.Commands.Outcome;
import org.relaysupervisor.config.ConfigReader;
import org.relaysupervisor.config.InvalidConfigException;
import org.relaysupervisor.config.Problem;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.programs.IcecastProgram;
import org.relaysupervisor.programs.LiquidsoapProgram;
import org.relaysupervisor.recording.Recorder;
import org.relaysupervisor.supervise.Cause;
import org.relaysupervisor.supervise.ChildSnapshot;
import org.relaysupervisor.supervise.Supervisor;

/**
 * The configuration in force with its children, and how a newer one takes its place: as a whole, or not at all.
 *
 * <p>Belongs to the loop, but for {@link #now}, which may be called on any thread.
 */
final class ActiveConfiguration {
    private static final Logger log = System.getLogger(ActiveConfiguration.class.getName());

    private final Path file;
    private final Lineups lineups;
    private final Supervisor supervisor;
    private final Replacement replacement;
    private final Clock clock;
    private final Consumer<RelayConfig> users;

    // Written on the loop.
    private volatile State state;
    private boolean frozen;

    /**
     * @param lineup of the newest configuration that was taken
     * @param generation 1 at the start, one more at each successful reload
     * @param lastReloadSucceeded true before the first as well
     * @param lastReload when the newest one was tried
     */
    record State(Lineup lineup, long generation, boolean lastReloadSucceeded, Optional<Instant> lastReload) {
        RelayConfig config() {
            return lineup.config();
        }
    }

    /** What the file says, and the lineup that would be in force with it. */
    private record Candidate(ConfigReader.Loaded loaded, Lineup lineup) {}

    /**
     * @param file what {@link #reload} reads
     * @param first in force until then; its children are not added to the supervisor here
     * @param users given each newer configuration before its children are, on the loop
     */
    ActiveConfiguration(
            Path file,
            Lineup first,
            Lineups lineups,
            Supervisor supervisor,
            Replacement replacement,
            Clock clock,
            Consumer<RelayConfig> users) {
        this.file = file;
        this.lineups = lineups;
        this.supervisor = supervisor;
        this.replacement = replacement;
        this.clock = clock;
        this.users = users;
        state = new State(first, 1, true, Optional.empty());
    }

    State now() {
        return state;
    }

    /** Refuses every reload from now on, because the daemon is being stopped. */
    void freeze() {
        frozen = true;
    }

    /** Reads the file again. Either it is taken as a whole, or nothing changes and every problem is told. */
    Outcome reload() {
        State before = state;
        try {
            Candidate candidate = read();
            Lineup after = candidate.lineup();
            Reconfiguration plan = Reconfiguration.between(
                    before.config(), before.lineup().given(), candidate.loaded().config(), after.given());
            refuseWhileStopping(plan);
            return new Outcome(
                    true,
                    carryOut(before, after, plan) + warnings(candidate.loaded().warnings()));
        } catch (InvalidConfigException | IOException e) {
            state = new State(before.lineup(), before.generation(), false, Optional.of(clock.now()));
            log.log(Level.WARNING, "the configuration was not reloaded, and nothing was changed:\n" + e.getMessage());
            return new Outcome(false, "nothing was changed:\n" + e.getMessage());
        }
    }

    private Candidate read() throws InvalidConfigException, IOException {
        Lineup now = state.lineup();
        ConfigReader.Loaded loaded = ConfigReader.read(file);
        if (loaded.config().isEdge() != now.config().isEdge()) {
            throw new IOException("role: it is another one than the daemon was started with; restart the daemon");
        }
        RelayConfig effective = Reconfiguration.effective(now.config(), loaded.config());
        return new Candidate(loaded, lineups.lineup(effective, now.lane()));
    }

    /** @return what is done, for people */
    private String carryOut(State before, Lineup after, Reconfiguration plan) throws IOException {
        boolean liquidsoapAlone = plan.restarted().contains(LiquidsoapProgram.NAME)
                && !plan.restarted().contains(IcecastProgram.NAME);
        Optional<String> obstacle = liquidsoapAlone
                ? replacement.obstacle(before.lineup(), after)
                : Optional.of("not Liquidsoap alone is concerned");
        if (obstacle.isPresent()) {
            apply(before, after, plan);
            log.log(Level.INFO, "the configuration was reloaded: " + plan.describe());
            return plan.describe()
                    + (liquidsoapAlone ? "\nliquidsoap is not replaced without a break: " + obstacle.get() : "");
        }
        Lineup beside = lineups.inOtherLane(after);
        Reconfiguration rest = plan.keeping(LiquidsoapProgram.NAME);
        try {
            replacement.begin(before.lineup(), beside, Cause.OPERATOR, "the configuration was changed", () -> {
                apply(before, beside, rest);
                log.log(Level.INFO, "the configuration was reloaded: liquidsoap was replaced; " + rest.describe());
            });
        } catch (IllegalStateException e) {
            throw new IOException(e.getMessage() + ": reload again in a moment", e);
        }
        return "liquidsoap is being replaced; the configuration is taken when the new one has been heard to be fit, and"
                + " not at all otherwise: see relayctl status and logs";
    }

    /**
     * Restarts a child for an operator; Liquidsoap without a break where that can be done.
     *
     * @return what is done, for people
     * @throws IllegalArgumentException when there is no such child
     * @throws IllegalStateException when nothing can be started now
     */
    String restart(String child) {
        if (!child.equals(LiquidsoapProgram.NAME)) {
            supervisor.restart(child);
            return child + " is being restarted";
        }
        Optional<String> obstacle = replaceLiquidsoap(Cause.OPERATOR, "by an operator");
        if (obstacle.isEmpty()) {
            return "liquidsoap is being replaced: the new one takes over when it has been heard to be fit, and the old one"
                    + " plays until then: see relayctl status and logs";
        }
        supervisor.restart(child);
        return "liquidsoap is being restarted; the standby plays meanwhile, as " + obstacle.get();
    }

    /**
     * Restarts a child that leaks, before it is killed. Liquidsoap as by {@link #restart}, but not while a replacement is under way or
     * has just failed.
     *
     * @param why for people
     */
    void restartLeaking(String child, String why) {
        if (!child.equals(LiquidsoapProgram.NAME)) {
            supervisor.restartAhead(child, Cause.LEAK, why);
            return;
        }
        if (replacement.isRunning() || replacement.hasJustFailed()) {
            return;
        }
        try {
            if (replaceLiquidsoap(Cause.LEAK, why).isPresent()) {
                supervisor.restartAhead(child, Cause.LEAK, why);
            }
        } catch (IllegalStateException e) {
            log.log(Level.INFO, "liquidsoap leaks, and is not restarted yet: " + e.getMessage());
        }
    }

    /**
     * Begins to replace Liquidsoap by another one like it.
     *
     * @return why that can't be done without a break; empty when it has begun
     * @throws IllegalStateException when nothing can be started now
     */
    private Optional<String> replaceLiquidsoap(Cause cause, String why) {
        Lineup now = state.lineup();
        Optional<String> obstacle = replacement.obstacle(now, now);
        if (obstacle.isPresent()) {
            return obstacle;
        }
        try {
            Lineup beside = lineups.inOtherLane(now);
            replacement.begin(now, beside, cause, why, () -> took(beside));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e.getMessage());
        }
    }

    private void took(Lineup lineup) {
        state = new State(lineup, state.generation(), state.lastReloadSucceeded(), state.lastReload());
    }

    /**
     * Tries the Liquidsoap that a reload would start, beside the one on the air.
     *
     * @param report called once, perhaps later; on the loop
     * @throws IllegalStateException when nothing can be started now
     */
    void canary(Consumer<Outcome> report) {
        try {
            Lineup after = read().lineup();
            Optional<String> obstacle = after.liquidsoap().isEmpty()
                    ? Optional.of("an edge has no Liquidsoap")
                    : replacement.obstacle(state.lineup(), after);
            if (obstacle.isPresent()) {
                report.accept(new Outcome(false, "it can't be tried beside the one on the air: " + obstacle.get()));
                return;
            }
            replacement.canary(lineups.inOtherLane(after), report);
        } catch (InvalidConfigException | IOException e) {
            report.accept(new Outcome(false, e.getMessage()));
        }
    }

    private void refuseWhileStopping(Reconfiguration plan) throws IOException {
        if (frozen) {
            throw new IOException("the daemon is being stopped");
        }
        if (replacement.isRunning()) {
            throw new IOException("liquidsoap is being replaced just now: reload again in a moment");
        }
        for (ChildSnapshot child : supervisor.snapshot()) {
            if (plan.added().contains(child.name())) {
                throw new IOException(child.name() + " is still being stopped: reload again in a moment");
            }
        }
    }

    private static String warnings(List<Problem> warnings) {
        return warnings.stream().map(warning -> "\n" + warning).collect(Collectors.joining());
    }

    private void apply(State before, Lineup after, Reconfiguration plan) {
        Lineup lineup = after;
        if (plan.kept().contains(Recorder.NAME)) {
            lineup = after.withRecorder(before.lineup().recorder());
        } else {
            after.recorder().ifPresent(recorder -> before.lineup().recorder().ifPresent(recorder::takeOver));
        }
        state = new State(lineup, before.generation() + 1, true, Optional.of(clock.now()));
        users.accept(lineup.config());
        plan.removed().forEach(name -> supervisor.remove(name, () -> removed(before, name)));
        lineups.specs(lineup).forEach(spec -> {
            if (plan.added().contains(spec.name())) {
                supervisor.add(spec);
                supervisor.start(spec.name());
            } else {
                supervisor.replace(spec, plan.restarted().contains(spec.name()));
            }
        });
    }

    private static void removed(State before, String name) {
        if (name.equals(Recorder.NAME)) {
            before.lineup().recorder().ifPresent(Recorder::ended);
        }
    }
}
