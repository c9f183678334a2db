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
import org.relaysupervisor.recording.Recorder;
import org.relaysupervisor.supervise.ChildSnapshot;
import org.relaysupervisor.supervise.Supervisor;

/**
 * The configuration in force with its children, and how a newer one takes its place: as a whole, or not at all.
 *
 * <p>{@link #reload} and {@link #freeze} belong to the loop; {@link #now} may be called on any thread.
 */
final class ActiveConfiguration {
    private static final Logger log = System.getLogger(ActiveConfiguration.class.getName());

    private final Path file;
    private final Lineups lineups;
    private final Supervisor supervisor;
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

    /**
     * @param file what {@link #reload} reads
     * @param first in force until then; its children are not added to the supervisor here
     * @param users given each newer configuration before its children are, on the loop
     */
    ActiveConfiguration(
            Path file, Lineup first, Lineups lineups, Supervisor supervisor, Clock clock, Consumer<RelayConfig> users) {
        this.file = file;
        this.lineups = lineups;
        this.supervisor = supervisor;
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
            ConfigReader.Loaded loaded = ConfigReader.read(file);
            refuseAnotherRole(before.config(), loaded.config());
            Lineup after = lineups.lineup(Reconfiguration.effective(before.config(), loaded.config()));
            Reconfiguration plan =
                    Reconfiguration.between(before.config(), before.lineup().given(), loaded.config(), after.given());
            refuseWhileStopping(plan);
            apply(before, after, plan);
            log.log(Level.INFO, "the configuration was reloaded: " + plan.describe());
            return new Outcome(true, plan.describe() + warnings(loaded.warnings()));
        } catch (InvalidConfigException | IOException e) {
            state = new State(before.lineup(), before.generation(), false, Optional.of(clock.now()));
            log.log(Level.WARNING, "the configuration was not reloaded, and nothing was changed:\n" + e.getMessage());
            return new Outcome(false, "nothing was changed:\n" + e.getMessage());
        }
    }

    private static void refuseAnotherRole(RelayConfig before, RelayConfig after) throws IOException {
        if (before.isEdge() != after.isEdge()) {
            throw new IOException("role: it is another one than the daemon was started with; restart the daemon");
        }
    }

    private void refuseWhileStopping(Reconfiguration plan) throws IOException {
        if (frozen) {
            throw new IOException("the daemon is being stopped");
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
