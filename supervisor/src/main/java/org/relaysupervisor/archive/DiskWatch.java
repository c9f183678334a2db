package org.relaysupervisor.archive;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.relaysupervisor.loop.Loop;

/**
 * Watches the disk that the spool is on: looks at it each second, keeps a reserve there, has verified copies deleted early, and
 * tells when the disk gets full, before and when it does, and when it is not any more.
 *
 * <p>Belongs to the loop. Everything that touches the disk is done by the worker, one look at a time, since a sick disk may
 * hold up a call for minutes.
 */
public final class DiskWatch {
    private static final Logger log = System.getLogger(DiskWatch.class.getName());
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    /** A look that takes longer than this says that the disk is sick. */
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(10);

    /** How often a full disk whose word is doubted is tried again. */
    private static final Duration TRY_EVERY = Duration.ofSeconds(10);

    /** For how long a disk that refused what it said it had is not believed. */
    private static final Duration DOUBTED_FOR = Duration.ofMinutes(10);

    private final Loop loop;
    private final Executor worker;
    private final Path spool;
    private final Volume volume;
    private final VerifiedCopies copies;
    private final LongSupplier recordedBytes;
    private final Consumer<DiskLevel> changed;

    private final Rate recording = new Rate();
    private final Rate available = new Rate();

    private DiskThresholds thresholds = new DiskThresholds(0);
    private double expectedRate;
    private Loop.Timer timer;

    private DiskLook latest = DiskLook.NONE;
    private boolean looked;
    private CompletableFuture<DiskLook> looking;
    private long lookingSince;
    private boolean lookAgain;
    private boolean refused;
    private long refusedAt;
    private long probedAt;
    private Optional<String> trouble = Optional.empty();

    /**
     * @param worker one thread, used by nobody who may need it soon
     * @param spool absolute; made when it is missing
     * @param recordedBytes that were recorded since the daemon's start; never fewer than before
     * @param changed is told of each new level, on the loop; the level is AMPLE before the first
     */
    public DiskWatch(
            Loop loop,
            Executor worker,
            Path spool,
            VerifiedCopies copies,
            LongSupplier recordedBytes,
            Consumer<DiskLevel> changed) {
        this(loop, worker, spool, new SpoolVolume(spool), copies, recordedBytes, changed);
    }

    DiskWatch(
            Loop loop,
            Executor worker,
            Path spool,
            Volume volume,
            VerifiedCopies copies,
            LongSupplier recordedBytes,
            Consumer<DiskLevel> changed) {
        this.loop = loop;
        this.worker = worker;
        this.spool = spool;
        this.volume = volume;
        this.copies = copies;
        this.recordedBytes = recordedBytes;
        this.changed = changed;
    }

    /**
     * Before {@link #start}, and at each reload.
     *
     * @param reserve in bytes, 0 for none
     * @param bytesPerSecond that are to be recorded, for as long as it isn't measured; 0 when nothing is
     */
    public void configure(long reserve, double bytesPerSecond) {
        thresholds = new DiskThresholds(reserve);
        expectedRate = bytesPerSecond;
    }

    public void start() {
        timer = loop.every(LOOK_EVERY, this::tick);
        look();
    }

    /** The reserve stays where it is. A look that has begun may still end, and changes nothing any more. */
    public void stop() {
        timer.cancel();
        timer = null;
    }

    /** Looks now, or once more when the present look ends. */
    public void look() {
        lookAgain = true;
        begin();
    }

    /** Somebody's write to this disk failed for want of room. Whatever the file system says, this is found out by trying. */
    public void refused() {
        refused = true;
        look();
    }

    public DiskLevel level() {
        return latest.level();
    }

    public ArchiveSnapshot.Disk view() {
        return new ArchiveSnapshot.Disk(latest.level(), latest.free(), latest.reserved(), secondsUntilFull(), trouble);
    }

    private void tick() {
        collect();
        if (looking != null && loop.since(lookingSince).compareTo(ANSWERS_WITHIN) > 0) {
            troubled(Optional.of(
                    "does not answer for " + loop.since(lookingSince).toSeconds() + " s"));
        }
        look();
    }

    private void begin() {
        if (looking != null || timer == null) {
            return;
        }
        lookAgain = false;
        boolean probe = refused || isTimeToTry();
        if (probe) {
            probedAt = loop.nanoTime();
        }
        if (refused) {
            refusedAt = loop.nanoTime();
        }
        refused = false;
        DiskLook before = latest.denied() > 0 && isBelievedAgain() ? believed(latest) : latest;
        DiskThresholds now = thresholds;
        long freeable = copies.bytes();
        lookingSince = loop.nanoTime();
        CompletableFuture<DiskLook> look = new CompletableFuture<>();
        looking = look;
        try {
            worker.execute(() -> {
                complete(look, () -> before.again(volume, now, freeable, probe));
                announce();
            });
        } catch (RejectedExecutionException e) {
            // The worker is shut down, as the daemon is about to be.
            looking = null;
        }
    }

    private static void complete(CompletableFuture<DiskLook> look, Callable<DiskLook> looking) {
        try {
            look.complete(looking.call());
        } catch (Exception e) {
            look.completeExceptionally(e);
        }
    }

    /** On the worker. When the loop has no place for it, the next tick collects what was found. */
    private void announce() {
        loop.offer(this::collect);
    }

    /** A disk that is FULL and doubted can only be believed by trying: its figures don't show a quota that was raised. */
    private boolean isTimeToTry() {
        return latest.level() == DiskLevel.FULL
                && latest.denied() > 0
                && loop.since(probedAt).compareTo(TRY_EVERY) >= 0;
    }

    private boolean isBelievedAgain() {
        return latest.level() != DiskLevel.FULL && loop.since(refusedAt).compareTo(DOUBTED_FOR) >= 0;
    }

    private static DiskLook believed(DiskLook look) {
        return new DiskLook(look.level(), look.usable(), look.reserved(), 0);
    }

    private void collect() {
        if (looking == null || !looking.isDone() || timer == null) {
            return;
        }
        CompletableFuture<DiskLook> done = looking;
        looking = null;
        try {
            found(done.join());
        } catch (CompletionException e) {
            troubled(Optional.of("cannot be looked at: " + e.getCause().getMessage()));
        }
        if (lookAgain) {
            begin();
        }
    }

    private void found(DiskLook look) {
        DiskLevel before = latest.level();
        if (look.denied() > 0 && latest.denied() == 0) {
            refusedAt = loop.nanoTime();
        }
        latest = look;
        looked = true;
        troubled(Optional.empty());
        recording.sample(loop.nanoTime(), recordedBytes.getAsLong());
        available.sample(loop.nanoTime(), look.usable() + look.reserved() + copies.bytes());
        if (look.level() != before) {
            tell(look);
            changed.accept(look.level());
        }
        long lacking = thresholds.enough() - look.room();
        if (lacking > 0 && copies.bytes() > 0) {
            copies.free(lacking);
        }
    }

    /**
     * Until nothing more can be recorded, if nothing more were verified: what is written to this disk by anybody, and at least
     * what is recorded.
     */
    private OptionalDouble secondsUntilFull() {
        if (!looked || trouble.isPresent()) {
            return OptionalDouble.empty();
        }
        long bytes = latest.room() + copies.bytes() - DiskThresholds.FLOOR;
        if (latest.level() == DiskLevel.FULL || bytes <= 0) {
            return OptionalDouble.of(0);
        }
        double rate = Math.max(
                recording.perSecond().orElse(expectedRate),
                -available.perSecond().orElse(0));
        return OptionalDouble.of(rate > 0 ? bytes / rate : Double.POSITIVE_INFINITY);
    }

    private void troubled(Optional<String> what) {
        if (what.isPresent() && trouble.isEmpty()) {
            log.log(Level.WARNING, "the disk of {0} {1}; whether it gets full is not known", spool, what.get());
        } else if (what.isEmpty() && trouble.isPresent()) {
            log.log(Level.INFO, "the disk of {0} answers again", spool);
        }
        trouble = what;
    }

    private void tell(DiskLook look) {
        String room = look.free() / (1 << 20) + " MiB free";
        switch (look.level()) {
            case AMPLE -> log.log(Level.INFO, "the disk of {0} has room again: {1}", spool, room);
            case LOW ->
                log.log(
                        Level.WARNING,
                        "the disk of {0} gets full, {1}: optional outputs are off; make room",
                        spool,
                        room);
            case RESERVE ->
                log.log(
                        Level.WARNING,
                        "the disk of {0} is full: recording goes on into the reserve, {1}; make room soon",
                        spool,
                        room);
            case FULL ->
                log.log(
                        Level.ERROR,
                        "the disk of {0} is full, {1}: nothing is recorded until there is room; then it goes on by itself",
                        spool,
                        room);
        }
    }
}
