package org.relaysupervisor.archive;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.DirectoryStore;
import org.relaysupervisor.config.RelayConfig.S3Store;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.store.ObjectStore;
import org.relaysupervisor.store.StoreException;
import org.relaysupervisor.store.TransferTally;

/**
 * Keeps what was recorded: from a closed segment to an object that is proven to be in the store, and back. The disk is the queue and the
 * state; RATIONALE.md says why that survives everything.
 *
 * <p>Methods are for the loop's thread unless they say otherwise. Those of the loop never block: the disk is worked on by one thread, the
 * transfers run on others.
 */
public final class Archive implements VerifiedCopies {
    private static final System.Logger log = System.getLogger(Archive.class.getName());
    private static final Duration DAY = Duration.ofDays(1);

    /** Transfers that were begun and given up: more than any that is still going on. */
    private static final Duration ABANDONED = Duration.ofDays(1);

    /** Files to remember at once; the others are on the disk. */
    private static final int MOST_TRANSFERS = 2000;

    private final Clock clock;
    private final Supplier<ObjectStore> store;
    private final Executor transfers;
    private final Mailbox mailbox;
    private final Keeper keeper;
    private final StoredRecordings stored;
    private final AtomicBoolean stepping = new AtomicBoolean();
    private final AtomicLong lacking = new AtomicLong();

    private volatile RelayConfig config;

    // Of the loop.
    private Optional<ShowOnAir> show = Optional.empty();
    private boolean showKnown;
    private Optional<Long> lastDaily = Optional.empty();

    private volatile ArchiveSnapshot.Disk disk = ArchiveSnapshot.Disk.NOT_SEEN;
    private volatile View view;

    /**
     * What was last published.
     *
     * @param verifiedBytes of audio here that may be deleted
     * @param oldest when the oldest file that waits was closed, by the monotonic clock
     */
    private record View(
            ArchiveSnapshot snapshot,
            long verifiedBytes,
            OptionalLong oldest,
            Duration lateAfter,
            List<RecordingView> recordings) {}

    /**
     * @param spool a directory on the recorder's file system
     * @param store gives the store of the newest configuration; asked on other threads than the loop's, and may take its time
     * @param disk one thread
     * @param transfers as many threads as transfers at once; may refuse
     * @param random for the machine's name and the jitter of retries
     */
    public Archive(
            Path spool,
            RelayConfig config,
            Supplier<ObjectStore> store,
            Clock clock,
            Executor disk,
            Executor transfers,
            RandomGenerator random) {
        this(spool, config, store, clock, disk, transfers, random, new NioSpoolFiles(), MOST_TRANSFERS);
    }

    Archive(
            Path spool,
            RelayConfig config,
            Supplier<ObjectStore> store,
            Clock clock,
            Executor disk,
            Executor transfers,
            RandomGenerator random,
            SpoolFiles files,
            int mostTransfers) {
        Spool tree = new Spool(files, spool);
        this.config = config;
        this.clock = clock;
        this.store = store;
        this.transfers = transfers;
        this.mailbox = new Mailbox(disk);
        this.keeper = new Keeper(tree, config, store, clock, transfers, mailbox, this::step, random, mostTransfers);
        this.stored = new StoredRecordings(tree, store);
        publish(config);
    }

    /** From now on with this configuration, and what waits to be tried again is tried now. The spool stays where it is. */
    public void use(RelayConfig next) {
        config = next;
        mailbox.post(() -> keeper.use(next));
    }

    /** What failed is tried again at once: somebody has put right why. */
    public void uploadNow() {
        mailbox.post(() -> keeper.uploads().tryNow());
    }

    /** Takes a closed segment: from now on it is kept, whatever happens. In the order of their time, those of an earlier life first. */
    public void add(Segment segment) {
        boolean taken = mailbox.offer(() -> keeper.intake().offer(segment));
        if (!taken) {
            log.log(Level.ERROR, "{0} stays where it is until the daemon starts again: too many wait", segment.file());
        }
        step();
    }

    /** Which show is on; to be told at the start, and at least when it changes. */
    public void show(Optional<ShowOnAir> now) {
        if (showKnown && show.equals(now)) {
            return;
        }
        Instant time = clock.now();
        showKnown = mailbox.offer(() -> keeper.intake().shows().observe(now, time));
        show = now;
    }

    /** What the recorded mount shows from now on. */
    public void title(String text) {
        Title title = new Title(clock.now(), text);
        mailbox.offer(() -> keeper.intake().title(title));
    }

    /** How loud the recorded mount was until now. */
    public void loudness(Loudness measured) {
        mailbox.offer(() -> keeper.intake().loudness(measured));
    }

    /** How much room the spool's disk has, for {@link #snapshot}. */
    public void disk(ArchiveSnapshot.Disk now) {
        disk = now;
    }

    @Override
    public long bytes() {
        return view.verifiedBytes();
    }

    @Override
    public void free(long bytes) {
        lacking.set(bytes);
        step();
    }

    /**
     * To be called each second.
     *
     * @param playing whether the recorded mount plays audio now
     */
    public void observe(boolean playing) {
        Optional<ShowOnAir> on = show;
        Instant time = clock.now();
        long nanos = clock.nanoTime();
        mailbox.offer(() -> keeper.intake().earlyEnds().observe(on, playing, time, nanos, keeper.patience()));
        step();
        if (lastDaily.isEmpty() || nanos - lastDaily.get() >= DAY.toNanos()) {
            lastDaily = Optional.of(nanos);
            mailbox.offer(keeper::forgetOld);
            abortAbandoned();
        }
    }

    private void abortAbandoned() {
        try {
            transfers.execute(() -> {
                try {
                    store.get().abortAbandoned(ABANDONED);
                } catch (StoreException | RuntimeException e) {
                    log.log(Level.DEBUG, "transfers that were given up could not be ended: {0}", e.toString());
                } catch (InterruptedException ending) {
                    Thread.currentThread().interrupt();
                }
            });
        } catch (RejectedExecutionException busy) {
            log.log(Level.DEBUG, "no thread to end transfers that were given up; tomorrow");
        }
    }

    /** Any thread. One that is to come is enough. */
    private void step() {
        if (stepping.compareAndSet(false, true)) {
            mailbox.post(() -> {
                stepping.set(false);
                keeper.step(lacking.getAndSet(0));
                publish(config);
            });
        }
    }

    private void publish(RelayConfig current) {
        Intake intake = keeper.intake();
        TransferTally tally = keeper.uploads().tally();
        Optional<Recording> newest = keeper.recordings().stream()
                .filter(recording -> !recording.isClosed())
                .max(Comparator.comparingLong(Recording::lastArrival));
        ArchiveSnapshot snapshot = new ArchiveSnapshot(
                describe(current),
                newest.map(Recording::view),
                intake.lastEnd(),
                intake.gaps(),
                intake.waitingBytes()
                        + keeper.recordings().stream()
                                .mapToLong(Recording::waitingBytes)
                                .sum(),
                intake.waitingFiles()
                        + keeper.recordings().stream()
                                .mapToInt(Recording::waiting)
                                .sum(),
                Optional.empty(),
                false,
                keeper.uploads().verifiedBytes(),
                tally.times(),
                tally.failures(),
                tally.lastFailure(),
                intake.earlyEnds().count(),
                disk);
        view = new View(
                snapshot,
                keeper.verifiedBytes(),
                keeper.uploads().oldest(),
                current.upload().lateAfter(),
                keeper.recordings().stream().map(Recording::view).toList());
    }

    /** Without asking the store, whose client need not be there yet. */
    private static String describe(RelayConfig config) {
        if (config.store() instanceof S3Store s3) {
            return s3.name();
        }
        if (config.store() instanceof DirectoryStore directory) {
            return directory.directory().map(path -> "directory " + path).orElse("recordings in the state directory");
        }
        return "";
    }

    /** Any thread. How long the oldest file has waited is true at the moment of the call, also while the disk hangs. */
    public ArchiveSnapshot snapshot() {
        View last = view;
        ArchiveSnapshot known = last.snapshot();
        Optional<Duration> oldest = last.oldest().isPresent()
                ? Optional.of(clock.since(last.oldest().getAsLong()))
                : Optional.empty();
        boolean late = oldest.map(age -> age.compareTo(last.lateAfter()) > 0).orElse(false);
        return new ArchiveSnapshot(
                known.store(),
                known.current(),
                known.lastSegmentEnd(),
                known.gaps(),
                known.unverifiedBytes(),
                known.waiting(),
                oldest,
                late,
                known.uploadedBytes(),
                known.uploads(),
                known.failures(),
                known.lastFailure(),
                known.recordingsEndedEarly(),
                disk);
    }

    /** Any thread; blocks. What this machine knows of, the newest first. */
    public List<RecordingView> list() throws IOException {
        return stored.list(view.recordings());
    }

    /** Any thread; blocks. Also what only the store has, as far as that is complete. */
    public List<RecordingView> listStored() throws IOException, InterruptedException {
        return stored.listStored(view.recordings());
    }

    /**
     * Any thread; blocks. Reads a recording again from the store, or all that are complete, and proves each byte and that each frame
     * follows the one before.
     *
     * @param line is given one line per recording, and one for each fault
     * @return whether all is well
     */
    public boolean verify(Optional<String> id, Consumer<String> line) throws IOException, InterruptedException {
        return new Verification(stored, store).verify(id, line);
    }

    /**
     * Any thread; blocks. Writes a recording's audio, joined. Nothing is written of a segment before all of it is proven to be right.
     *
     * @throws IOException when there is none of this id, or it can't be had whole
     */
    public void fetch(String id, OutputStream audio) throws IOException, InterruptedException {
        stored.fetch(id, audio);
    }
}
