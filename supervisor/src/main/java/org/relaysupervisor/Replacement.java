package org.relaysupervisor;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Delivery;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.programs.LiquidsoapProgram;
import org.relaysupervisor.supervise.Cause;
import org.relaysupervisor.supervise.ChildSpec;
import org.relaysupervisor.supervise.Handover;
import org.relaysupervisor.supervise.Supervisor;

/**
 * Replaces Liquidsoap without a break: the new one plays in the other lane until it is heard to be fit, then the listeners get its
 * frames, then the old one is stopped. If it doesn't become fit, nothing was changed. Belongs to the loop.
 */
final class Replacement {
    private static final Logger log = System.getLogger(Replacement.class.getName());

    private final Supervisor supervisor;
    private final Broadcast broadcast;
    private final Function<String, Optional<String>> noRoom;
    private final Function<Lineup, List<ChildSpec>> specs;
    private final Audition audition;
    private Optional<Attempt> running = Optional.empty();

    /**
     * @param noRoom why a second process of a child has no room
     * @param specs of a lineup's children
     */
    Replacement(
            Supervisor supervisor,
            Broadcast broadcast,
            Function<String, Optional<String>> noRoom,
            Function<Lineup, List<ChildSpec>> specs,
            Audition audition) {
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

    /** Why a Liquidsoap can't be replaced without a break by that of another lineup; empty when it can. */
    Optional<String> obstacle(Lineup now, Lineup next) {
        if (!formats(now.config()).equals(formats(next.config()))) {
            return Optional.of("the mounts are others");
        }
        for (RelayConfig.Mount mount : next.config().mounts()) {
            if (mount.listeners() != Delivery.FEED) {
                return Optional.of(mount.path() + " is not fed from memory (mounts.listeners)");
            }
            if (!broadcast.traffic().feeds(mount.path())) {
                return Optional.of(mount.path() + " is off the air");
            }
        }
        return noRoom.apply(LiquidsoapProgram.NAME);
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
        if (isRunning()) {
            throw new IllegalStateException("liquidsoap is being replaced already; see relayctl status");
        }
        LiquidsoapProgram program = next.liquidsoap().orElseThrow();
        ChildSpec spec = specs.apply(next).stream()
                .filter(child -> child.name().equals(LiquidsoapProgram.NAME))
                .findFirst()
                .orElseThrow();
        Attempt attempt = new Attempt(program, now.lane(), taken);
        running = Optional.of(attempt);
        broadcast.rehearse(true);
        log.log(Level.INFO, "liquidsoap is being replaced (" + why + "): a second one is started beside it");
        try {
            supervisor.succeed(spec, cause, why, attempt);
        } catch (IllegalStateException e) {
            broadcast.rehearse(false);
            running = Optional.empty();
            throw e;
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
            running = Optional.empty();
            broadcast.rehearse(false);
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
            running = Optional.empty();
            broadcast.rehearse(false);
            broadcast.lane(before);
            log.log(Level.WARNING, "liquidsoap was not replaced, the old one plays on: the new one " + why);
        }
    }
}
