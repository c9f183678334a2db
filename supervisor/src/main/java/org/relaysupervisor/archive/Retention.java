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

    /** Stored recordings of which there is audio here, and since when they are stored, by the monotonic clock. */
    private final Map<String, Long> stored = new LinkedHashMap<>();

    Retention(Spool spool, Clock clock) {
        this.spool = spool;
        this.clock = clock;
    }

    void stored(String id, long since) {
        stored.put(id, since);
    }

    /** Deletes audio of at most one recording, so that nothing else waits for long. */
    void run(Duration keep, boolean roomIsNeeded, Collection<Recording> notStored) {
        Iterator<Map.Entry<String, Long>> oldest = stored.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<String, Long> entry = oldest.next();
            if (roomIsNeeded || clock.since(entry.getValue()).compareTo(keep) >= 0) {
                if (deleteStored(entry.getKey())) {
                    oldest.remove();
                    return;
                }
            }
        }
        if (roomIsNeeded) {
            deleteOldestVerified(notStored);
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

    private void deleteOldestVerified(Collection<Recording> recordings) {
        try {
            for (Recording recording : recordings) {
                if (recording.directory().deleteVerifiedAudio()) {
                    return;
                }
            }
        } catch (IOException e) {
            log.log(Level.WARNING, "verified audio could not be deleted from the spool: {0}", e.toString());
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
