package org.relaysupervisor.metering;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.relaysupervisor.audio.LoudnessMeter;
import org.relaysupervisor.audio.MeteringUnavailableException;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.metering.MountMeter.Opening;
import org.relaysupervisor.metering.MountMeter.Wanted;
import org.relaysupervisor.process.Executables;

/**
 * The meters of all mounts, and the one thread that feeds them. A mount whose decoder is slow, dead or mad costs the others nothing,
 * and nothing here is ever waited for by whoever carries the audio to listeners.
 *
 * <p>{@link #use}, {@link #programme} and {@link #decoders} belong to the control loop, or to whoever builds it; {@link #snapshot},
 * {@link #failures} and {@link #unavailable} are for any thread.
 */
public final class Metering implements AutoCloseable {
    /** How often the thread wakes: a block of the detector's. */
    static final Duration TURN = Duration.ofMillis(100);

    private static final Duration END = Duration.ofSeconds(2);
    private static final Logger log = System.getLogger(Metering.class.getName());

    private final Path runDirectory;
    private final Clock clock;
    private final Function<String, Heard> facts;
    private final Opening opening;
    private final Optional<Thread> thread;
    private volatile boolean closed;
    private final AtomicLong failures = new AtomicLong();

    // Written on the loop.
    private volatile Map<String, MountMeter> meters = Map.of();
    private volatile Optional<String> unavailable = Optional.empty();
    private Optional<RelayConfig> config = Optional.empty();
    private Optional<Programme> programme = Optional.empty();
    private long programmes;

    // The meter's thread's.
    private final Set<MountMeter> turned = new HashSet<>();

    /** Makes no thread if there is no factory: whoever has it calls {@link #turn}. */
    Metering(
            Path runDirectory,
            Clock clock,
            Optional<ThreadFactory> threads,
            Function<String, Heard> facts,
            Opening opening) {
        this.runDirectory = runDirectory;
        this.clock = clock;
        this.facts = facts;
        this.opening = opening;
        this.thread = threads.map(factory -> factory.newThread(this::run));
        thread.ifPresent(Thread::start);
    }

    /**
     * Starts the meters' thread; there is nothing to meter before {@link #use}.
     *
     * @param runDirectory where the decoders' sockets are made; for nobody but the daemon's user
     * @param threads makes that one thread
     * @param facts what the samples can't tell, by the path of a mount; asked on that thread at each of its ten turns a second, so it
     *     must be cheap and never block
     */
    public static Metering open(Path runDirectory, Clock clock, ThreadFactory threads, Function<String, Heard> facts) {
        return new Metering(
                runDirectory.toAbsolutePath(), clock, Optional.of(threads), facts, () -> LoudnessMeter.open(2));
    }

    /**
     * From now on meters the mounts of this configuration. A mount that stays keeps its meter and all that was measured; a profile that
     * changed changes thresholds only.
     *
     * @throws IllegalArgumentException when a profile has a label or a level that a valid configuration has not
     */
    public void use(RelayConfig next) {
        findOutWhetherAvailable(next);
        config = Optional.of(next);
        apply(next);
    }

    /**
     * What is on now; empty for nothing in particular. One of another identity begins the integrated values of every mount anew.
     *
     * @throws IllegalArgumentException when a label is none of a kind of dead air; then nothing has changed
     */
    public void programme(Optional<Programme> next) {
        next.ifPresent(present -> Judgement.kinds(present.expected()));
        if (!next.map(Programme::identity).equals(programme.map(Programme::identity))) {
            programmes++;
        }
        programme = next;
        config.ifPresent(this::apply);
    }

    private void apply(RelayConfig next) {
        Map<String, MountMeter> wanted = new LinkedHashMap<>();
        for (Mount mount : metered(next)) {
            Wanted how = new Wanted(Judgement.of(next, mount.profile(), programme), programmes, unavailable);
            MountMeter meter = meters.get(mount.path());
            if (meter == null) {
                meter = new MountMeter(
                        mount.path(), new Intake(socket(mount)), clock, opening, () -> facts.apply(mount.path()), how);
            } else {
                meter.want(how);
            }
            wanted.put(mount.path(), meter);
        }
        Map<String, MountMeter> before = meters;
        meters = Collections.unmodifiableMap(wanted);
        before.forEach((mount, meter) -> {
            if (!wanted.containsKey(mount)) {
                closeSocket(meter);
            }
        });
    }

    private static List<Mount> metered(RelayConfig config) {
        return config.mounts().stream()
                .filter(mount -> config.metering().mounts().contains(mount.path()))
                .toList();
    }

    /** Named after the mount and not after the decoder, whose name changes when another mount becomes the main one. */
    private Path socket(Mount mount) {
        return runDirectory.resolve("samples" + mount.path().replace('/', '+'));
    }

    private static void closeSocket(MountMeter meter) {
        try {
            meter.intake().close();
        } catch (IOException e) {
            log.log(Level.WARNING, "cannot remove {0}: {1}", meter.intake().socket(), e.toString());
        }
    }

    /** Asks again at each reload: the library may have been installed meanwhile. */
    private void findOutWhetherAvailable(RelayConfig next) {
        if (next.metering().mounts().isEmpty()) {
            return;
        }
        try {
            opening.open().close();
            unavailable = Optional.empty();
        } catch (MeteringUnavailableException e) {
            if (!unavailable.equals(Optional.of(e.getMessage()))) {
                log.log(Level.WARNING, e.getMessage());
            }
            unavailable = Optional.of(e.getMessage());
        }
    }

    /** Why no audio can be measured on this machine, and what to do; known from the first mount that is to be metered on. */
    public Optional<String> unavailable() {
        return unavailable;
    }

    /**
     * A decoder for each metered mount of a configuration, the main mount's first; none when metering is unavailable. Changes nothing: a
     * decoder can be started once {@link #use} was called with that configuration.
     */
    public List<Decoder> decoders(RelayConfig next, Executables executables) {
        findOutWhetherAvailable(next);
        if (unavailable.isPresent()) {
            return List.of();
        }
        return metered(next).stream()
                .sorted((one, other) -> Boolean.compare(other.main(), one.main()))
                .map(mount -> new Decoder(next, mount, socket(mount), runDirectory, executables, this))
                .toList();
    }

    /** Where a decoder brings its samples. */
    Optional<Intake> intake(String mount) {
        return Optional.ofNullable(meters.get(mount)).map(MountMeter::intake);
    }

    Heard heard(String mount) {
        return facts.apply(mount);
    }

    /** Every metered mount by its path, as it is at this moment. Never blocks. */
    public Map<String, MeterSnapshot> snapshot() {
        Map<String, MeterSnapshot> snapshots = new LinkedHashMap<>();
        meters.forEach((mount, meter) -> snapshots.put(mount, meter.snapshot()));
        return Collections.unmodifiableMap(snapshots);
    }

    /** Times that measuring a mount failed and began anew, all mounts, since the start; each is in the log once a minute at most. */
    public long failures() {
        return failures.get();
    }

    private void run() {
        long due = clock.nanoTime();
        while (!closed) {
            try {
                turn();
            } catch (Throwable e) {
                // Such as no memory for the log line of another failure: the thread must go on even so.
                failures.incrementAndGet();
            }
            long late = clock.nanoTime() - due;
            // On a fixed grid; turns that were missed are left out.
            due += TURN.toNanos() * (1 + Math.max(0, late) / TURN.toNanos());
            long wait = due - clock.nanoTime();
            while (wait > 0 && !closed) {
                LockSupport.parkNanos(this, wait);
                wait = due - clock.nanoTime();
            }
        }
        turned.forEach(MountMeter::close);
    }

    /** One turn of all mounts; never throws. */
    void turn() {
        Map<String, MountMeter> now = meters;
        turned.removeIf(meter -> {
            boolean gone = !now.containsValue(meter);
            if (gone) {
                attempt(meter, meter::close);
            }
            return gone;
        });
        for (MountMeter meter : now.values()) {
            turned.add(meter);
            attempt(meter, meter::turn);
        }
    }

    @FunctionalInterface
    private interface Attempt {
        void run() throws IOException, MeteringUnavailableException;
    }

    private void attempt(MountMeter meter, Attempt attempt) {
        try {
            attempt.run();
        } catch (Throwable e) {
            // Whatever it was: the other mounts must be heard, and this one again.
            failures.incrementAndGet();
            meter.failed(e);
        }
    }

    /** Ends the thread, waiting for it two seconds at most, and removes the sockets. */
    @Override
    public void close() {
        closed = true;
        thread.ifPresent(running -> {
            LockSupport.unpark(running);
            try {
                running.join(END.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        meters.values().forEach(Metering::closeSocket);
    }
}
