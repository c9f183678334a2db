package org.relaysupervisor.archive;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.store.Content;
import org.relaysupervisor.store.ContentDigest;
import org.relaysupervisor.store.ObjectStore;

/**
 * The archive's state and all of its steps: recordings that are not yet stored, each from its first segment to the mark that says it is in
 * the store whole. All of it is on the disk too, and is read back from there by {@link #open}. Of the archive's thread.
 */
final class Keeper implements Uploads.Results {
    private static final System.Logger log = System.getLogger(Keeper.class.getName());

    private static final Duration READ_AGAIN = Duration.ofSeconds(30);

    /** A recording to which nothing came for so long is finished, whatever the clocks and calendars say. */
    private static final Duration FORSAKEN = Duration.ofHours(24);

    private final Spool spool;
    private final Clock clock;
    private final RandomGenerator random;

    /** By id, and so the oldest of a mount first. */
    private final Map<String, Recording> recordings = new TreeMap<>();

    private final Intake intake;
    private final Uploads uploads;
    private final Retention retention;
    private RelayConfig config;
    /** By mount. */
    private final Map<String, RecordingDirectory> newestStored = new HashMap<>();

    private final List<RecordingDirectory> unread = new ArrayList<>();
    private long lastRead;
    private String complaint = "";
    private boolean opened;

    Keeper(
            Spool spool,
            RelayConfig config,
            Supplier<ObjectStore> store,
            Clock clock,
            Executor transfers,
            Mailbox mailbox,
            Runnable wake,
            RandomGenerator random,
            int mostTransfers) {
        this.spool = spool;
        this.config = config;
        this.clock = clock;
        this.random = random;
        this.intake = new Intake(spool, recordings, clock, this::offer);
        this.uploads = new Uploads(store, transfers, mailbox, wake, clock, random, this, mostTransfers);
        this.retention = new Retention(spool, clock);
    }

    void use(RelayConfig next) {
        config = next;
        uploads.tryNow();
    }

    Intake intake() {
        return intake;
    }

    Uploads uploads() {
        return uploads;
    }

    /** Of audio on the disk that may be deleted. */
    long verifiedBytes() {
        return retention.bytes(recordings.values());
    }

    Collection<Recording> recordings() {
        return recordings.values();
    }

    /**
     * One step of everything; once a second, and when something has come.
     *
     * @param lacking bytes that the disk needs, of those that may be deleted
     */
    void step(long lacking) {
        if (!opened && !open()) {
            return;
        }
        readAgain();
        intake.run();
        closeFinished();
        if (uploads.wantsMore()) {
            offerAll();
        }
        offerManifests();
        uploads.pump(config.upload().concurrency());
        retention.run(config.upload().keepLocal(), lacking, recordings.values());
    }

    /**
     * Reads what is there, and makes it whole.
     *
     * @return false when the disk can't be read: it is tried again
     */
    private boolean open() {
        try {
            String machine = spool.machine(random);
            spool.deleteTemporaries();
            recordings.clear();
            unread.clear();
            unread.addAll(spool.directories());
            read();
            followStored();
            intake.open(machine);
            opened = true;
            offerAll();
            return true;
        } catch (IOException e) {
            complain("the spool " + spool.root() + " can't be used: " + e);
            return false;
        }
    }

    /** One that can't be read must not keep the others from being kept: it is tried again. */
    private void read() {
        for (Iterator<RecordingDirectory> rest = unread.iterator(); rest.hasNext(); ) {
            RecordingDirectory directory = rest.next();
            try {
                read(directory);
                rest.remove();
            } catch (IOException e) {
                complain(directory.path() + " can't be read: " + e + "; it is tried again");
            }
        }
        lastRead = clock.nanoTime();
    }

    private void read(RecordingDirectory directory) throws IOException {
        if (recordings.containsKey(Spool.id(directory))) {
            // It was empty, and has been begun since.
            return;
        }
        Optional<RecordingFacts> facts = new Reconciliation(directory).run();
        if (facts.isPresent() && directory.isStored()) {
            openStored(facts.get(), directory);
        } else if (facts.isPresent()) {
            openWaiting(facts.get(), directory);
        }
    }

    private void readAgain() {
        if (!unread.isEmpty() && clock.since(lastRead).compareTo(READ_AGAIN) >= 0) {
            read();
            offerAll();
        }
    }

    /** A manifest is long: only those are read that are needed. */
    private void openStored(RecordingFacts facts, RecordingDirectory directory) throws IOException {
        if (directory.hasAudio()) {
            Duration age = Duration.between(facts.end().orElse(facts.begin()), clock.now());
            long seconds =
                    Math.max(0, Math.min(age.toSeconds(), Duration.ofDays(365).toSeconds()));
            retention.stored(
                    facts.id(), clock.nanoTime() - Duration.ofSeconds(seconds).toNanos(), directory.verifiedBytes());
        } else {
            directory.deleteSidecarsWithoutAudio();
        }
        newestStored.put(facts.mount(), directory);
    }

    /** Where each mount stands by what is stored. */
    private void followStored() {
        newestStored.forEach((mount, directory) -> {
            try {
                List<Sidecar> segments = directory.manifest().segments();
                intake.resume(mount, Continuity.Tail.of(segments.get(segments.size() - 1)));
            } catch (IOException e) {
                log.log(Level.WARNING, "{0}; the gap after that recording is not known", e.getMessage());
            }
        });
        newestStored.clear();
    }

    private void openWaiting(RecordingFacts facts, RecordingDirectory directory) throws IOException {
        Recording recording = new Recording(facts, directory, clock.nanoTime());
        for (Sidecar sidecar : directory.sidecars()) {
            boolean isVerified = directory.isVerified(sidecar.file());
            recording.add(sidecar, isVerified, clock.nanoTime());
            if (isVerified && !directory.has(sidecar.file())) {
                recording.deleted(sidecar.content().length());
            }
        }
        recording.tail().ifPresent(tail -> intake.resume(facts.mount(), tail));
        if (directory.has(SpoolNames.MANIFEST)) {
            recording.close();
        } else {
            facts.show().ifPresent(intake.shows()::add);
            if (!opened) {
                intake.resume(recording);
            }
        }
        recordings.put(facts.id(), recording);
    }

    /** A segment that was taken just now. */
    private void offer(Recording recording, Sidecar sidecar) {
        uploads.offer(transfer(recording, sidecar, false));
    }

    private Transfer transfer(Recording recording, Sidecar sidecar, boolean mayBeThere) {
        Transfer.Part part = part(recording, sidecar.file(), sidecar.content());
        return new Transfer(recording, part, sidecar.start(), List.of(), mayBeThere, clock.nanoTime());
    }

    private static Transfer.Part part(Recording recording, String file, Content content) {
        Path path = recording.directory().file(file);
        return new Transfer.Part(recording.facts().id() + "/" + file, path, content);
    }

    /** What waits, as the disk tells it. */
    private void offerAll() {
        uploads.beginOffers();
        recordings.values().stream()
                .sorted((one, other) ->
                        one.facts().begin().compareTo(other.facts().begin()))
                .forEach(this::offerWaiting);
    }

    private void offerWaiting(Recording recording) {
        try {
            for (Sidecar sidecar : recording.directory().sidecars()) {
                if (!recording.directory().isVerified(sidecar.file())) {
                    uploads.offer(transfer(recording, sidecar, true));
                }
            }
        } catch (IOException e) {
            complain(recording.directory().path() + " can't be read: " + e);
        }
    }

    private void closeFinished() {
        if (!intake.isEmpty()) {
            return;
        }
        for (Recording recording : List.copyOf(recordings.values())) {
            if (!recording.isClosed() && isFinished(recording)) {
                close(recording);
            }
        }
    }

    /** After so long the last segment has come, if it ever does. */
    Duration patience() {
        return config.recording().segment().multipliedBy(2);
    }

    private boolean isFinished(Recording recording) {
        if (!intake.isCurrent(recording)) {
            return true;
        }
        Duration idle = clock.since(recording.lastArrival());
        boolean over = intake.shows()
                .endOf(recording.facts())
                .map(end -> !clock.now().isBefore(end.plus(patience())))
                .orElse(false);
        // A clock that was wrong, and has been set.
        boolean toCome = recording.facts().begin().isAfter(clock.now().plus(patience()));
        return ((over || toCome) && idle.compareTo(patience()) >= 0) || idle.compareTo(FORSAKEN) >= 0;
    }

    private void close(Recording recording) {
        try {
            if (recording.segments() == 0) {
                recording.directory().forget();
                recordings.remove(recording.facts().id());
                return;
            }
            Manifest manifest = new Manifest(
                    config.station().name(),
                    recording.facts(),
                    recording.directory().sidecars());
            recording.directory().close(manifest.bytes());
            recording.close();
        } catch (IOException e) {
            complain("the manifest of " + recording.facts().id() + " can't be written: " + e);
        }
    }

    private void offerManifests() {
        for (Recording recording : recordings.values()) {
            String key = recording.facts().id() + "/" + SpoolNames.MANIFEST;
            if (recording.isClosed() && recording.isVerified() && !uploads.has(key)) {
                offerManifest(recording);
            }
        }
    }

    /** What it promises is looked at once more, as far as it can be: the store may be another one by now. */
    private void offerManifest(Recording recording) {
        RecordingDirectory directory = recording.directory();
        try {
            List<Transfer.Part> promised = new ArrayList<>();
            for (Sidecar sidecar : directory.sidecars()) {
                if (directory.has(sidecar.file())) {
                    promised.add(part(recording, sidecar.file(), sidecar.content()));
                }
            }
            Content content = ContentDigest.of(directory.bytes(SpoolNames.MANIFEST));
            Transfer.Part manifest = part(recording, SpoolNames.MANIFEST, content);
            uploads.offer(
                    new Transfer(recording, manifest, recording.facts().begin(), promised, true, clock.nanoTime()));
        } catch (IOException e) {
            complain(directory.path() + " can't be read: " + e);
        }
    }

    @Override
    public void verified(Transfer transfer) {
        Recording recording = transfer.recording();
        try {
            if (transfer.isManifest()) {
                recording.directory().markStored();
                recordings.remove(recording.facts().id());
                retention.stored(recording.facts().id(), clock.nanoTime(), recording.verifiedHere());
                log.log(Level.INFO, "{0} is stored", recording.facts().id());
            } else {
                recording.directory().markVerified(transfer.file());
                recording.isVerified(transfer.file());
            }
            uploads.forget(transfer);
        } catch (IOException e) {
            log.log(
                    Level.WARNING,
                    "{0} is stored, and can''t be marked as such: {1}",
                    transfer.part().key(),
                    e.toString());
            uploads.again(transfer);
        }
    }

    @Override
    public void absent(Transfer manifest, List<Transfer.Part> parts) {
        Recording recording = manifest.recording();
        for (Transfer.Part part : parts) {
            try {
                log.log(Level.WARNING, "the store has no {0} any more: it is sent again", part.key());
                recording.directory().markWaiting(part.file().getFileName().toString());
                recording.isWaitingAgain(
                        part.file().getFileName().toString(), part.content().length());
            } catch (IOException e) {
                log.log(Level.WARNING, "{0} can''t be marked: {1}", part.file(), e.toString());
            }
        }
        offerWaiting(recording);
    }

    /** Once, not each second. */
    private void complain(String message) {
        if (!message.equals(complaint)) {
            log.log(Level.ERROR, message);
        }
        complaint = message;
    }

    void forgetOld() {
        retention.forgetOld(clock.now());
    }
}
