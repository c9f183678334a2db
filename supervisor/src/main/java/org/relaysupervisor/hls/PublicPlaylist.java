package org.relaysupervisor.hls;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.store.ContentDigest;
import org.relaysupervisor.store.ObjectStore;
import org.relaysupervisor.store.PublishedText;
import org.relaysupervisor.store.StoreException;
import org.relaysupervisor.store.StoreException.Reason;
import org.relaysupervisor.store.WebHeaders;

/**
 * The playlist in the store, as one machine sees it. What is in the store is the truth: it is only ever replaced by one that was made from
 * it, so its numbers never go back, whoever writes. Calls block; one at a time.
 */
final class PublicPlaylist {
    static final String KEY = "live.m3u8";
    static final WebHeaders PLAYLIST = new WebHeaders("application/vnd.apple.mpegurl", "public, max-age=1");
    static final WebHeaders SEGMENT = new WebHeaders("video/mp2t", "public, max-age=31536000, immutable");

    /** A playlist that didn't change for so many target durations has lost its writer. */
    static final int TARGETS_TO_TAKE_OVER = 3;

    private static final Logger log = System.getLogger(PublicPlaylist.class.getName());
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int DIGEST_DIGITS = 8;
    /** Longer than any segment: ten seconds of 510 kbit/s in MPEG-TS are below one megabyte. */
    private static final long LONGEST_BYTES = 4L << 20;

    private final ObjectStore store;
    private final Writer writer;
    private final int length;
    private final Duration segment;
    private final Clock clock;

    /** What we wrote last, or may go on with; empty while it has to be looked at. */
    private Optional<Known> known = Optional.empty();

    /** Has the highest numbers that were seen, or may have been used, in this life: a playlist that is lost begins above them. */
    private Playlist newest;

    private boolean hasWritten;
    private Optional<HlsSegment> lastPublished = Optional.empty();
    private Optional<String> lastStored = Optional.empty();
    private Optional<String> theirVersion = Optional.empty();
    private long theirVersionSince;

    /** @param version in the store; empty when there is none yet */
    private record Known(Playlist playlist, Optional<String> version) {}

    enum Verdict {
        /** It is in the playlist. */
        PUBLISHED,
        /** Another machine has the playlist. */
        THEIRS,
        /** The machine that had the playlist before has published this time. */
        OVERLAP
    }

    /** @param newestEnd when the newest audio in the playlist ends, UTC; empty when it has none */
    record Result(Verdict verdict, Optional<Instant> newestEnd) {}

    /**
     * @param length entries at the most
     * @param segment how long one is as a rule
     */
    PublicPlaylist(ObjectStore store, Writer writer, int length, Duration segment, Clock clock) {
        this.store = store;
        this.writer = writer;
        this.length = length;
        this.segment = segment;
        this.clock = clock;
        this.newest = Playlist.empty(Instant.EPOCH);
    }

    /**
     * Puts the segment into the store, and then into the playlist. After a failure it can be asked for again.
     *
     * @throws IOException when the segment's file can't be read
     */
    Result add(HlsSegment next) throws IOException, StoreException, InterruptedException {
        byte[] bytes = read(next);
        for (int attempt = 1; ; attempt++) {
            Optional<Result> refused = look(next);
            if (refused.isPresent()) {
                return refused.get();
            }
            try {
                return publish(next, bytes);
            } catch (StoreException e) {
                // Somebody else wrote meanwhile, or we did and the answer was lost: look who, once.
                if (e.reason() != Reason.CONFLICT || attempt > 1) {
                    throw e;
                }
            }
        }
    }

    private static byte[] read(HlsSegment segment) throws IOException {
        long size = Files.size(segment.file());
        if (size == 0 || size > LONGEST_BYTES) {
            throw new IOException(segment.file() + ": has " + size + " bytes, which is no segment");
        }
        return Files.readAllBytes(segment.file());
    }

    /** Makes the playlist known if it isn't; a result when the segment has no place in it. */
    private Optional<Result> look(HlsSegment next) throws StoreException, InterruptedException {
        if (known.isPresent()) {
            return Optional.empty();
        }
        Optional<PublishedText> found = store.published(KEY);
        Optional<Playlist> playlist = found.flatMap(text -> Playlist.parse(text.text()));
        if (playlist.isEmpty()) {
            known = Optional.of(new Known(begun(found), found.map(PublishedText::version)));
            return Optional.empty();
        }
        Playlist there = playlist.get();
        String version = found.get().version();
        boolean ours = writer.wrote(there.writer(), hasWritten);
        if (!ours && !isAbandoned(version, there)) {
            return Optional.of(new Result(Verdict.THEIRS, newestEnd(there)));
        }
        if (!ours && overlaps(next, there)) {
            return Optional.of(new Result(Verdict.OVERLAP, newestEnd(there)));
        }
        if (!ours) {
            log.log(Level.INFO, "takes over the HLS playlist, which {0} does not go on with", there.writer());
        }
        known = Optional.of(new Known(there, Optional.of(version)));
        newest = there;
        return Optional.empty();
    }

    /** There is none, or none that can be gone on with: numbers begin above all that ever were. */
    private Playlist begun(Optional<PublishedText> foreign) {
        long numbers = foreign.map(PublishedText::text)
                .flatMap(text -> Playlist.number(text, "MEDIA-SEQUENCE"))
                .orElse(0L);
        foreign.ifPresent(text -> log.log(
                Level.WARNING,
                "what is at {0} of {1} is no playlist of ours: it is replaced",
                KEY,
                store.description()));
        Playlist fresh = Playlist.empty(clock.now());
        Playlist before = newest.emptied();
        return new Playlist(
                "",
                fresh.target(),
                Math.max(fresh.sequence(), Math.max(before.sequence(), numbers + 1)),
                Math.max(fresh.discontinuities(), before.discontinuities()),
                fresh.entries());
    }

    /** By the monotonic clock: no two machines need to agree on the time. */
    private boolean isAbandoned(String version, Playlist there) {
        if (!theirVersion.equals(Optional.of(version))) {
            theirVersion = Optional.of(version);
            theirVersionSince = clock.nanoTime();
        }
        Duration patience = Duration.ofSeconds(there.target() * TARGETS_TO_TAKE_OVER);
        return clock.since(theirVersionSince).compareTo(patience) >= 0;
    }

    /** An end in the future is one of a clock that is wrong, and says nothing. */
    private boolean overlaps(HlsSegment next, Playlist there) {
        return newestEnd(there)
                .filter(end -> !end.isAfter(clock.now().plus(segment)))
                .filter(end -> next.middle().isBefore(end))
                .isPresent();
    }

    private Result publish(HlsSegment next, byte[] bytes) throws StoreException, InterruptedException {
        Known before = known.orElseThrow();
        String name = name(next, bytes);
        if (before.playlist().has(name)) {
            // It was written, and the answer was lost.
            lastPublished = Optional.of(next);
            return new Result(Verdict.PUBLISHED, newestEnd(before.playlist()));
        }
        store(name, bytes);
        boolean goesOn = before.playlist().entries().isEmpty()
                || lastPublished.filter(next::follows).isPresent();
        Playlist.Entry entry = new Playlist.Entry(name, next.start(), next.duration(), !goesOn);
        Instant oldest = next.start().minus(segment.multipliedBy(2L * length));
        Playlist after = before.playlist().append(entry, writer.name(), length, oldest, leastTarget());
        // Both said before: an answer may get lost after the deed.
        hasWritten = true;
        newest = after;
        known = Optional.of(new Known(after, Optional.of(replace(before, after))));
        lastPublished = Optional.of(next);
        return new Result(Verdict.PUBLISHED, newestEnd(after));
    }

    /** @return the new version */
    private String replace(Known before, Playlist after) throws StoreException, InterruptedException {
        try {
            byte[] text = after.text().getBytes(StandardCharsets.UTF_8);
            return store.publish(KEY, text, PLAYLIST, before.version());
        } catch (StoreException e) {
            boolean conflict = e.reason() == Reason.CONFLICT;
            if (conflict || before.version().isEmpty()) {
                known = Optional.empty();
            }
            if (conflict) {
                lastPublished = Optional.empty();
            }
            throw e;
        }
    }

    /** Nobody has ever asked for what isn't in the playlist, so a name that is there already is this very content. */
    private void store(String name, byte[] bytes) throws StoreException, InterruptedException {
        if (lastStored.equals(Optional.of(name))) {
            return;
        }
        try {
            store.publish(name, bytes, SEGMENT, Optional.empty());
        } catch (StoreException e) {
            if (e.reason() != Reason.CONFLICT) {
                throw e;
            }
        }
        lastStored = Optional.of(name);
    }

    /** By time for people, by content so that two machines never mean two things by one name. */
    private static String name(HlsSegment segment, byte[] bytes) {
        String digest = ContentDigest.of(bytes).sha256().substring(0, DIGEST_DIGITS);
        return NAME.format(segment.start()) + "-" + digest + ".ts";
    }

    /** Segments are cut at the first frame that isn't before their time, and so are a frame longer at most. */
    private long leastTarget() {
        return Math.round(segment.plusMillis(100).toMillis() / 1000.0);
    }

    private static Optional<Instant> newestEnd(Playlist playlist) {
        return playlist.last().map(Playlist.Entry::end);
    }
}
