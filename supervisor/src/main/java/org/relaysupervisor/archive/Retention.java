package org.relaysupervisor.archive;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.relaysupervisor.loop.Clock;

/** Deletes what is in the store from the spool, when its time has come or the disk needs room. Of the archive's thread. */
final class Retention {
    private static final System.Logger log = System.getLogger(Retention.class.getName());

    /** Manifests are small, and tell what there is while the store can't be asked. */
    private static final Duration KEEP_MANIFESTS = Duration.ofDays(400);

    private final Spool spool;
    private final Clock clock;

    /** Recordings that are stored, and of which there is audio here; those that were stored first first. */
    private final Map<String, Copies> stored = new LinkedHashMap<>();

    /** @param since when the recording is stored, by the monotonic clock */
    private record Copies(long since, long bytes) {}

    Retention(Spool spool, Clock clock) {
        this.spool = spool;
        this.clock = clock;
    }

    /**
     * @param since by the monotonic clock
     * @param bytes of audio that are still here
     */
    void stored(String id, long since, long bytes) {
        stored.put(id, new Copies(since, bytes));
    }

    /** Of audio that may be deleted. */
    long bytes(Collection<Recording> notStored) {
        return stored.values().stream().mapToLong(Copies::bytes).sum()
                + notStored.stream().mapToLong(Recording::verifiedHere).sum();
    }

    /**
     * Deletes one recording's audio whose time has come, or as many as it takes to make room.
     *
     * @param lacking bytes that the disk needs
     */
    void run(Duration keep, long lacking, Collection<Recording> notStored) {
        if (lacking <= 0) {
            stored.entrySet().stream()
                    .filter(entry -> clock.since(entry.getValue().since()).compareTo(keep) >= 0)
                    .findFirst()
                    .filter(entry -> deleteStored(entry.getKey()))
                    .ifPresent(entry -> stored.remove(entry.getKey()));
            return;
        }
        long left = lacking;
        for (Iterator<Map.Entry<String, Copies>> oldest = stored.entrySet().iterator();
                left > 0 && oldest.hasNext(); ) {
            Map.Entry<String, Copies> entry = oldest.next();
            if (deleteStored(entry.getKey())) {
                left -= entry.getValue().bytes();
                oldest.remove();
            }
        }
        for (Iterator<Recording> oldest = notStored.iterator(); left > 0 && oldest.hasNext(); ) {
            left -= deleteVerified(oldest.next());
        }
    }

    private boolean deleteStored(String id) {
        RecordingDirectory directory = spool.directory(id);
        try {
            directory.deleteVerifiedAudio();
            directory.deleteSidecarsWithoutAudio();
            return true;
        } catch (IOException e) {
            log.log(Level.WARNING, "{0} could not be deleted from the spool: {1}", id, e.toString());
            return false;
        }
    }

    private static long deleteVerified(Recording recording) {
        long bytes = recording.verifiedHere();
        if (bytes == 0) {
            return 0;
        }
        try {
            recording.directory().deleteVerifiedAudio();
            recording.deleted(bytes);
            return bytes;
        } catch (IOException e) {
            log.log(
                    Level.WARNING,
                    "verified audio of {0} could not be deleted from the spool: {1}",
                    recording.facts().id(),
                    e.toString());
            return 0;
        }
    }

    /** Takes away what is told of recordings that are long stored. */
    void forgetOld(Instant now) {
        try {
            for (RecordingDirectory directory : spool.directories()) {
                String name = directory.path().getFileName().toString();
                Optional<Instant> begin = SpoolNames.beginOf(name);
                if (begin.map(time -> time.plus(KEEP_MANIFESTS).isBefore(now)).orElse(false)
                        && directory.isStored()
                        && !directory.hasAudio()) {
                    directory.deleteSidecarsWithoutAudio();
                    directory.forget();
                }
            }
        } catch (IOException e) {
            log.log(Level.WARNING, "old manifests could not be deleted from the spool: {0}", e.toString());
        }
    }
}
