package org.relaysupervisor;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.relaysupervisor.admin.Recordings;
import org.relaysupervisor.archive.Archive;
import org.relaysupervisor.archive.ArchiveSnapshot;
import org.relaysupervisor.archive.DiskLevel;
import org.relaysupervisor.archive.DiskWatch;
import org.relaysupervisor.archive.Loudness;
import org.relaysupervisor.archive.RecordingView;
import org.relaysupervisor.archive.Segment;
import org.relaysupervisor.archive.ShowOnAir;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.DirectoryStore;
import org.relaysupervisor.config.RelayConfig.S3Store;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.config.SecretSource;
import org.relaysupervisor.loop.Loop;
import org.relaysupervisor.metering.MeterSnapshot;
import org.relaysupervisor.process.StateDirectory;
import org.relaysupervisor.proxy.ProxySnapshot.FeedTraffic;
import org.relaysupervisor.proxy.ProxySnapshot.MountTraffic;
import org.relaysupervisor.recording.LeftSessions;
import org.relaysupervisor.recording.NextFrame;
import org.relaysupervisor.recording.Recorder;
import org.relaysupervisor.shows.Show;
import org.relaysupervisor.store.Bandwidth;
import org.relaysupervisor.store.ObjectStore;
import org.relaysupervisor.store.ObjectStores;

/**
 * The archive of this station: joined to its disk, its store, and to what is known of the mount that is recorded. Belongs to the loop, but
 * for what {@link Recordings} has, {@link #store} and {@link #snapshot}.
 */
final class StationArchive implements Recordings, AutoCloseable {
    private static final Logger log = System.getLogger(StationArchive.class.getName());
    /** What the C library calls ENOSPC and EDQUOT. */
    private static final Pattern NO_ROOM = Pattern.compile("No space left on device|Disk quota exceeded");

    /** How long the recorder waits for the newest files of an earlier life to be counted. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final int MOST_TRANSFERS = 8;
    private static final double SAMPLES_PER_SECOND = 48_000;
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final Path spool;
    private final StateDirectory state;
    private final MaskedSecrets secrets;
    private final Loop loop;
    private final Supplier<Optional<Show>> show;
    private final Bandwidth bandwidth;
    private final ExecutorService diskWork;
    private final ExecutorService diskLooks;
    private final ExecutorService transfers;
    private final Archive archive;
    private final DiskWatch disk;
    private final LeftSessions left;

    private volatile ObjectStore store;
    private volatile RelayConfig config;
    private boolean rightKeys = true;
    /** Of this life, while those of an earlier one are still being described; empty once they are. */
    private Optional<List<Segment>> held = Optional.of(new ArrayList<>());

    private Optional<String> title = Optional.empty();
    private long audioBytes;

    /**
     * @param show that is on; asked on the loop, once it is started
     * @param recordedBytes since the daemon's start
     * @throws IOException when the spool can't be looked at
     */
    StationArchive(
            RelayConfig config,
            StateDirectory state,
            MaskedSecrets secrets,
            Loop loop,
            Supplier<Optional<Show>> show,
            Supplier<Long> recordedBytes)
            throws IOException {
        this.config = config;
        this.state = state;
        this.secrets = secrets;
        this.loop = loop;
        this.show = show;
        spool = config.recording().spool().orElse(state.spool());
        bandwidth = new Bandwidth(
                config.upload().bandwidth(), loop, length -> TimeUnit.NANOSECONDS.sleep(length.toNanos()));
        store = open(config);
        diskWork = DaemonThreads.worker("relay-archive");
        diskLooks = DaemonThreads.worker("relay-disk");
        transfers = DaemonThreads.atOnce("relay-upload", MOST_TRANSFERS);
        left = LeftSessions.in(sessions(spool));
        archive = new Archive(spool, config, () -> store, loop, diskWork, transfers, new SecureRandom());
        disk = new DiskWatch(loop, diskLooks, spool, archive, recordedBytes::get, level -> publishDisk());
        configureDisk();
    }

    private ObjectStore open(RelayConfig wanted) {
        ObjectStores.Keys keys = rightKeys ? secrets::fetch : StationArchive::wrongKey;
        return ObjectStores.open(wanted.store(), wanted.upload(), state.root(), keys, bandwidth, loop);
    }

    private static Secret wrongKey(SecretSource source) {
        return new Secret("wrong-for-a-drill");
    }

    /** Signs requests to a bucket with its keys, or with ones that nobody has. With its keys, what waits for any store is tried at once. */
    void useKeys(boolean right) {
        boolean changed = right != rightKeys;
        rightKeys = right;
        if (changed && config.store() instanceof S3Store) {
            reopen();
        }
        if (right) {
            archive.uploadNow();
        }
    }

    /** What is on its way there fails, and is sent again. */
    private void reopen() {
        ObjectStore old = store;
        store = open(config);
        old.close();
    }

    private void configureDisk() {
        double bytesPerSecond = config.recordedMount()
                .filter(mount -> config.recording().enabled())
                .map(RelayConfig.Mount::bytesPerSecond)
                .orElse(0);
        disk.configure(config.recording().reserve(), bytesPerSecond);
    }

    Path spool() {
        return spool;
    }

    /** Where the recorder works; what it has closed goes to the recordings beside it. */
    Path sessions() {
        return sessions(spool);
    }

    private static Path sessions(Path spool) {
        return spool.resolve("sessions");
    }

    /**
     * The archive deletes from the spool what the store has: they must not be the same files.
     *
     * @throws IOException when the configuration's store is not apart from the spool that is used
     */
    void check(RelayConfig wanted) throws IOException {
        if (wanted.store() instanceof DirectoryStore kept) {
            Path directory = ObjectStores.directory(kept, state.root());
            if (directory.startsWith(spool) || spool.startsWith(directory)) {
                throw new IOException("store.directory " + directory + " must be apart from the spool " + spool
                        + ", neither the same directory nor one inside the other: set store.directory or recording.spool in"
                        + " relay.yaml");
            }
        }
    }

    /** Where the store is; empty for a bucket. */
    Optional<Path> storeDirectory() {
        return config.store() instanceof DirectoryStore kept
                ? Optional.of(ObjectStores.directory(kept, state.root()))
                : Optional.empty();
    }

    /** The one that the newest configuration names. Any thread. */
    ObjectStore store() {
        return store;
    }

    /** Any thread. */
    ArchiveSnapshot snapshot() {
        return archive.snapshot();
    }

    DiskLevel diskLevel() {
        return disk.level();
    }

    /** Watches the disk, and takes up what an earlier life of the daemon left; before anything is recorded in this one. */
    void start() {
        disk.start();
        new DaemonThreads("relay-left-sessions").newThread(this::recover).start();
    }

    private void recover() {
        List<Segment> found = new ArrayList<>();
        left.recover(found::add);
        try {
            loop.post(() -> recovered(found));
        } catch (RejectedExecutionException e) {
            log.log(Level.WARNING, "what an earlier run recorded waits for the next start: {0}", e.getMessage());
        }
    }

    private void recovered(List<Segment> found) {
        if (!found.isEmpty()) {
            log.log(Level.INFO, "{0} recorded files of an earlier run are taken up", found.size());
        }
        tellShow();
        found.forEach(archive::add);
        held.ifPresent(since -> since.forEach(archive::add));
        held = Optional.empty();
    }

    /**
     * The frame that follows what an earlier life recorded of a mount; empty when that isn't known. After {@link #start}; waits a second at most,
     * while the newest files are still being counted.
     */
    Optional<NextFrame> left(String mount) {
        return left.next(mount, PATIENCE);
    }

    /** To be told before what was recorded during it: the archive puts each file where it belongs, and leaves it there. */
    private void tellShow() {
        archive.show(show.get().map(on -> new ShowOnAir(on.name(), on.start(), on.end())));
    }

    /** A closed file of the recorder's. */
    void add(Segment segment) {
        tellShow();
        held.ifPresentOrElse(waiting -> waiting.add(segment), () -> archive.add(segment));
    }

    private void publishDisk() {
        archive.disk(disk.view());
    }

    /** A newer configuration. The spool stays where it is until the daemon starts again. */
    void use(RelayConfig next) {
        RelayConfig before = config;
        config = next;
        bandwidth.limit(next.upload().bandwidth());
        if (!before.store().equals(next.store()) || !before.upload().equals(next.upload())) {
            reopen();
        }
        configureDisk();
        archive.use(next);
    }

    /**
     * To be called each second.
     *
     * @param mount that is recorded; empty when nothing is known of it
     */
    void observe(Optional<MountTraffic> mount, Optional<MeterSnapshot> meter) {
        publishDisk();
        tellShow();
        Optional<String> shown = mount.flatMap(MountTraffic::feed).flatMap(FeedTraffic::title);
        if (!shown.equals(title)) {
            title = shown;
            shown.ifPresent(archive::title);
        }
        meter.flatMap(MeterSnapshot::reading).ifPresent(this::measured);
        long heard = mount.map(MountTraffic::audioBytes).orElse(0L);
        archive.observe(heard > audioBytes);
        audioBytes = heard;
    }

    private void measured(org.relaysupervisor.audio.Loudness reading) {
        Duration since = Duration.ofMillis((long) (reading.programmeFrames() / SAMPLES_PER_SECOND * 1_000));
        archive.loudness(new Loudness(
                known(reading.integrated()),
                known(reading.range()),
                known(reading.truePeak()),
                loop.now().minus(since)));
    }

    private static OptionalDouble known(double value) {
        return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    /**
     * The disk is looked at before the next second, since it may be why.
     *
     * @param lastLine that it printed
     */
    void recorderEnded(Recorder recorder, Optional<String> lastLine) {
        recorder.ended();
        if (lastLine.filter(NO_ROOM.asPredicate()).isPresent()) {
            disk.refused();
        } else {
            disk.look();
        }
    }

    @Override
    public List<RecordingView> list() throws IOException {
        return archive.list();
    }

    @Override
    public List<RecordingView> listStored() throws IOException, InterruptedException {
        return archive.listStored();
    }

    @Override
    public boolean verify(Optional<String> id, Consumer<String> line) throws IOException, InterruptedException {
        return archive.verify(id, line);
    }

    @Override
    public void fetch(String id, OutputStream audio) throws IOException, InterruptedException {
        archive.fetch(id, audio);
    }

    /** Transfers are given up, and go on from the disk at the next start. */
    @Override
    public void close() {
        transfers.shutdownNow();
        diskWork.shutdown();
        diskLooks.shutdownNow();
        try {
            if (!diskWork.awaitTermination(CLOSING.toSeconds(), TimeUnit.SECONDS)) {
                log.log(
                        Level.WARNING,
                        "the archive did not come to an end; it goes on from the disk at the next start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        store.close();
    }
}
