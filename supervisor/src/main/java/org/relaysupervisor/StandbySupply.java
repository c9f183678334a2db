package org.relaysupervisor;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.programs.StandbyEncoder;

/**
 * Sees to it that the proxy has the standby programme for each mount, to play while Liquidsoap is away. What an earlier daemon
 * encoded is taken at once; what has to be encoded waits until the station is on the air, so that it doesn't slow the start.
 *
 * <p>Belongs to the loop. The work is done by a worker, in rounds: each goes once over the mounts that have none, and the next one,
 * when something failed, comes after a delay that doubles.
 */
final class StandbySupply {
    static final Duration FIRST_RETRY = Duration.ofSeconds(30);
    static final Duration LONGEST_RETRY = Duration.ofMinutes(30);

    private static final Logger log = System.getLogger(StandbySupply.class.getName());

    private final Clock clock;
    private final ExecutorService worker;
    private final Function<RelayConfig, StandbyEncoder> encoders;
    private final BiConsumer<String, byte[]> taker;

    private Optional<StandbyEncoder> encoder = Optional.empty();
    private List<Mount> missing = List.of();
    private Optional<Round> running = Optional.empty();
    private boolean mayEncode;
    private Duration delay = FIRST_RETRY;
    private long waitingSince;
    private Duration wait = Duration.ZERO;
    /** Of this configuration; what goes on failing is said once. */
    private final Set<String> problems = new HashSet<>();

    private record Round(StandbyEncoder encoder, boolean mayEncode, CompletableFuture<Outcome> outcome) {}

    /** @param problems for the operator; a mount may be missing without one, when nothing may be encoded yet */
    private record Outcome(List<Mount> missing, List<String> problems) {}

    /**
     * @param worker runs one task at a time; shut down by {@link #stop}
     * @param encoders makes one for a configuration
     * @param taker given a mount's path and its audio, on the worker's thread
     */
    StandbySupply(
            Clock clock,
            ExecutorService worker,
            Function<RelayConfig, StandbyEncoder> encoders,
            BiConsumer<String, byte[]> taker) {
        this.clock = clock;
        this.worker = worker;
        this.encoders = encoders;
        this.taker = taker;
    }

    /** Supplies all mounts of a configuration, at the start and at each reload. */
    void use(RelayConfig config) {
        StandbyEncoder newer = encoders.apply(config);
        encoder = Optional.of(newer);
        missing = newer.mounts();
        problems.clear();
        delay = FIRST_RETRY;
        wait = Duration.ZERO;
    }

    /** Ends what is under way, and begins nothing more. */
    void stop() {
        encoder = Optional.empty();
        worker.shutdownNow();
    }

    /**
     * Does what is due; called about once a second.
     *
     * @param onAir whether listeners hear the station now; once is enough
     */
    void observe(boolean onAir) {
        if (onAir && !mayEncode) {
            mayEncode = true;
            wait = Duration.ZERO;
        }
        running.filter(round -> round.outcome.isDone()).ifPresent(this::finish);
        boolean due = clock.since(waitingSince).compareTo(wait) >= 0;
        if (running.isEmpty() && !missing.isEmpty() && due) {
            encoder.ifPresent(this::begin);
        }
    }

    private void begin(StandbyEncoder with) {
        List<Mount> mounts = missing;
        boolean allowed = mayEncode;
        running = Optional.of(
                new Round(with, allowed, CompletableFuture.supplyAsync(() -> supply(with, mounts, allowed), worker)));
    }

    private void finish(Round round) {
        running = Optional.empty();
        if (encoder.filter(round.encoder::equals).isEmpty()) {
            return;
        }
        Outcome outcome = round.outcome.join();
        missing = outcome.missing;
        waitingSince = clock.nanoTime();
        if (round.mayEncode == mayEncode) {
            wait = delay;
            if (mayEncode) {
                delay = delay.multipliedBy(2).compareTo(LONGEST_RETRY) < 0 ? delay.multipliedBy(2) : LONGEST_RETRY;
            }
        }
        outcome.problems.stream()
                .filter(problems::add)
                .forEach(problem -> log.log(
                        Level.WARNING,
                        "the standby programme could not be made ready; a mount without one is silent while Liquidsoap is away: "
                                + problem));
    }

    private Outcome supply(StandbyEncoder with, List<Mount> mounts, boolean allowed) {
        List<Mount> left = new ArrayList<>();
        List<String> found = new ArrayList<>();
        for (Mount mount : mounts) {
            try {
                Optional<byte[]> audio = with.cached(mount);
                if (audio.isEmpty() && allowed) {
                    audio = Optional.of(with.encode(mount));
                    log.log(Level.INFO, "the standby programme was encoded for " + mount.path());
                }
                audio.ifPresentOrElse(bytes -> taker.accept(mount.path(), bytes), () -> left.add(mount));
            } catch (IOException | RuntimeException e) {
                left.add(mount);
                found.add(String.valueOf(e.getMessage()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new Outcome(mounts, List.of());
            }
        }
        if (left.isEmpty()) {
            tidy(with);
        }
        return new Outcome(left, found);
    }

    private static void tidy(StandbyEncoder with) {
        try {
            with.deleteOthers();
        } catch (IOException e) {
            log.log(Level.DEBUG, "old standby programmes can't be deleted", e);
        }
    }
}
