package org.relaysupervisor.archive;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.relaysupervisor.store.Content;
import org.relaysupervisor.store.ObjectStore;
import org.relaysupervisor.store.StoreException;
import org.relaysupervisor.store.StoreException.Reason;

/** One file on its way to the store. Its state belongs to the archive's thread; {@link #attempt} is for another. */
final class Transfer {
    /** A file that should be in the store. */
    record Part(String key, Path file, Content content) {}

    /**
     * How an attempt went.
     *
     * @param absent of {@link #before}: what the store doesn't have after all
     */
    record Outcome(Optional<StoreException> failure, List<Part> absent) {}

    private final Recording recording;
    private final Part part;
    private final Instant start;
    private final List<Part> before;
    private final long since;
    private boolean mayBeThere;
    private boolean running;
    private int failures;
    private long notBefore;

    /**
     * @param start of its audio, by which the oldest goes first
     * @param before must be in the store first, and this is looked at: what a manifest promises
     * @param mayBeThere whether it may have been sent already, in an earlier life
     * @param since when the file was closed, by the monotonic clock
     */
    Transfer(Recording recording, Part part, Instant start, List<Part> before, boolean mayBeThere, long since) {
        this.recording = recording;
        this.part = part;
        this.start = start;
        this.before = List.copyOf(before);
        this.mayBeThere = mayBeThere;
        this.since = since;
        this.notBefore = since;
    }

    /** Sends, and then asks the store what it has: only its answer counts. What may be there already is asked for first. */
    Outcome attempt(ObjectStore store) throws InterruptedException {
        try {
            List<Part> absent = new ArrayList<>();
            for (Part needed : before) {
                if (!isThere(store, needed)) {
                    absent.add(needed);
                }
            }
            if (absent.isEmpty() && !(mayBeThere && isThere(store, part))) {
                send(store);
            }
            return new Outcome(Optional.empty(), absent);
        } catch (StoreException e) {
            return new Outcome(Optional.of(e), List.of());
        }
    }

    private void send(ObjectStore store) throws StoreException, InterruptedException {
        try {
            store.put(part.key(), part.file(), part.content());
        } catch (StoreException e) {
            if (e.reason() != Reason.CONFLICT || !isThere(store, part)) {
                throw e;
            }
        }
        if (!isThere(store, part)) {
            throw new StoreException(Reason.SERVER, store.description() + " took " + part.key() + " and has none");
        }
    }

    private static boolean isThere(ObjectStore store, Part part) throws StoreException, InterruptedException {
        return switch (store.compare(part.key(), part.file(), part.content())) {
            case SAME -> true;
            case ABSENT -> false;
            case DIFFERENT ->
                throw new StoreException(
                        Reason.CONFLICT,
                        store.description() + " has another object as " + part.key()
                                + ": move that away, or this file will wait in the spool for ever");
        };
    }

    void begin() {
        running = true;
    }

    void end() {
        running = false;
    }

    /** @param retry by the monotonic clock */
    void failed(long retry) {
        running = false;
        mayBeThere = true;
        failures++;
        notBefore = retry;
    }

    /** Its wait is over at this moment, by the monotonic clock. */
    void waitNoLonger(long now) {
        notBefore = Math.min(notBefore, now);
    }

    boolean isReady(long now) {
        return !running && now - notBefore >= 0;
    }

    boolean isRunning() {
        return running;
    }

    int failures() {
        return failures;
    }

    Recording recording() {
        return recording;
    }

    Part part() {
        return part;
    }

    String file() {
        return part.file().getFileName().toString();
    }

    boolean isManifest() {
        return file().equals(SpoolNames.MANIFEST);
    }

    Instant start() {
        return start;
    }

    long since() {
        return since;
    }
}
