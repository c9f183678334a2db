package org.relaysupervisor;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.relaysupervisor.admin.Commands.Outcome;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Delivery;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.loop.Loop;
import org.relaysupervisor.programs.LiquidsoapProgram;
import org.relaysupervisor.supervise.Cause;
import org.relaysupervisor.supervise.ChildSpec;
import org.relaysupervisor.supervise.ChildState;
import org.relaysupervisor.supervise.Handover;
import org.relaysupervisor.supervise.Supervisor;

/**
 * Replaces Liquidsoap without a break: the new one plays in the other lane until it is heard to be fit, then the listeners get its
 * frames, then the old one is stopped. If it doesn't become fit, nothing was changed. Belongs to the loop.
 */
final class Replacement {
    private static final Logger log = System.getLogger(Replacement.class.getName());

    /** Less than an operator's command may take. */
    static final Duration CANARY = Duration.ofSeconds(25);

    private static final Duration AFTER_FAILURE = Duration.ofMinutes(15);

    private final Loop loop;
    private final Supervisor supervisor;
    private final Broadcast broadcast;
    private final Function<String, Optional<String>> noRoom;
    private final Function<Lineup, List<ChildSpec>> specs;
    private final Audition audition;
    private OptionalLong failedNanos = OptionalLong.empty();
    private Optional<Handover> running = Optional.empty();

    /**
     * @param noRoom why a second process of a child has no room
     * @param specs of a lineup's children
     */
    Replacement(
            Loop loop,
            Supervisor supervisor,
            Broadcast broadcast,
            Function<String, Optional<String>> noRoom,
            Function<Lineup, List<ChildSpec>> specs,
            Audition audition) {
        this.loop = loop;
        this.supervisor = supervisor;
        this.broadcast = broadcast;
        this.noRoom = noRoom;
        this.specs = specs;
        this.audition = audition;
    }

    /** Whether a new Liquidsoap is being tried. */
    boolean isRunning() {
        return running.isPresent();
    }

    /** Whether one was tried in vain a short while ago: what is tried for no operator has to wait. */
    boolean hasJustFailed() {
        return failedNanos.isPresent() && loop.since(failedNanos.getAsLong()).compareTo(AFTER_FAILURE) < 0;
    }

    /** Why a Liquidsoap can't be replaced without a break by that of another lineup; empty when it can. */
    Optional<String> obstacle(Lineup now, Lineup next) {
        if (supervisor.snapshot().stream()
                .noneMatch(child -> child.name().equals(LiquidsoapProgram.NAME) && child.state() == ChildState.UP)) {
            return Optional.of("it is not up");
        }
        if (!formats(now.config()).equals(formats(next.config()))) {
            return Optional.of("the mounts are others");
        }
        return unfed(next.config(), broadcast).or(() -> noRoom.apply(LiquidsoapProgram.NAME));
    }

    /** Which mount's listeners hang on one Liquidsoap, and why; empty when none do. Any thread. */
    static Optional<String> unfed(RelayConfig config, Broadcast broadcast) {
        for (RelayConfig.Mount mount : config.mounts()) {
            if (mount.listeners() != Delivery.FEED) {
                return Optional.of(mount.path() + " is not fed from memory (mounts.listeners)");
            }
            if (!broadcast.traffic().feeds(mount.path())) {
                return Optional.of(mount.path() + " is off the air");
            }
        }
        return Optional.empty();
    }

    private static Map<String, Format> formats(RelayConfig config) {
        return config.mounts().stream().collect(Collectors.toMap(RelayConfig.Mount::path, RelayConfig.Mount::format));
    }

    /**
     * Starts the Liquidsoap of another lineup, in the lane that is free, to replace the one that runs.
     *
     * @param why for people
     * @param taken called when it has
     * @throws IllegalStateException when Liquidsoap isn't up, or is being replaced already
     */
    void begin(Lineup now, Lineup next, Cause cause, String why, Runnable taken) {
        start(next, cause, why, new Attempt(next.liquidsoap().orElseThrow(), now.lane(), taken));
    }

    /**
     * Tries the Liquidsoap of another lineup in the lane that is free, without replacing the one that runs.
     *
     * @param report called once, within {@link #CANARY} and the time of a stop
     * @throws IllegalStateException when Liquidsoap isn't up, or is being replaced
     */
    void canary(Lineup next, Consumer<Outcome> report) {
        Canary canary = new Canary(next.liquidsoap().orElseThrow(), report);
        start(next, Cause.OPERATOR, "it is tried", canary);
        loop.after(CANARY, () -> {
            if (running.equals(Optional.of(canary))) {
                supervisor.giveUp(LiquidsoapProgram.NAME, "not fit within " + CANARY.toSeconds() + " s");
            }
        });
    }

    private void start(Lineup next, Cause cause, String why, Handover handover) {
        if (isRunning()) {
            throw new IllegalStateException("liquidsoap is being replaced already; see relayctl status");
        }
        ChildSpec spec = specs.apply(next).stream()
                .filter(child -> child.name().equals(LiquidsoapProgram.NAME))
                .findFirst()
                .orElseThrow();
        running = Optional.of(handover);
        broadcast.rehearse(true);
        log.log(Level.INFO, "a second liquidsoap is started beside the one on the air (" + why + ")");
        try {
            supervisor.succeed(spec, cause, why, handover);
        } catch (IllegalStateException e) {
            over();
            throw e;
        }
    }

    private void over() {
        broadcast.rehearse(false);
        running = Optional.empty();
    }

    /** One that is only tried. */
    private final class Canary implements Handover {
        private final LiquidsoapProgram program;
        private final Consumer<Outcome> report;
        /** Empty until it was fit. Written by a probe, and read on the loop afterwards. */
        private volatile Optional<String> heard = Optional.empty();

        Canary(LiquidsoapProgram program, Consumer<Outcome> report) {
            this.program = program;
            this.report = report;
        }

        @Override
        public boolean isCanary() {
            return true;
        }

        @Override
        public void fit(long pid) throws IOException, InterruptedException {
            heard = Optional.of(audition.judge(program));
        }

        @Override
        public void take(Consumer<Optional<String>> answer) {
            answer.accept(Optional.of("was only tried"));
        }

        @Override
        public void done() {
            throw new IllegalStateException("a canary never takes over");
        }

        @Override
        public void failed(String why) {
            over();
            report.accept(heard.map(what -> new Outcome(true, "it would be taken: " + what + "; nothing was changed"))
                    .orElseGet(() -> new Outcome(false, "it would not be taken: " + why + "; nothing was changed")));
        }
    }

    private final class Attempt implements Handover {
        private final LiquidsoapProgram program;
        private final Lane before;
        private final Runnable taken;
        /** Written by the probes, one at a time, and read on the loop when the last has passed. */
        private volatile String heard = "";

        Attempt(LiquidsoapProgram program, Lane before, Runnable taken) {
            this.program = program;
            this.before = before;
            this.taken = taken;
        }

        @Override
        public void fit(long pid) throws IOException, InterruptedException {
            heard = audition.judge(program);
        }

        @Override
        public void take(Consumer<Optional<String>> answer) {
            broadcast.takeOver(program.lane(), answer);
        }

        @Override
        public void done() {
            over();
            // Should the old one have died and been started again at this very moment, that start has claimed the
            // listeners.
            broadcast.lane(program.lane());
            try {
                program.heard();
            } catch (IOException e) {
                log.log(Level.WARNING, "what plays can't be asked for until the next start of Liquidsoap: " + e);
            }
            log.log(Level.INFO, "liquidsoap was replaced, and no listener lost: " + heard);
            taken.run();
        }

        @Override
        public void failed(String why) {
            over();
            failedNanos = OptionalLong.of(loop.nanoTime());
            broadcast.lane(before);
            log.log(Level.WARNING, "liquidsoap was not replaced, and the old one plays on: " + why);
        }
    }
}
