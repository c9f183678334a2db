package org.relaysupervisor.recording;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.relaysupervisor.archive.FeedPosition;
import org.relaysupervisor.archive.GapCause;
import org.relaysupervisor.archive.MountDirectory;
import org.relaysupervisor.archive.Segment;

/**
 * What an earlier life of the daemon recorded and the archive has not taken, and where it stopped: it is found before anything is recorded in
 * this life, and described from the disk alone. Nothing but a last frame that isn't whole is ever cut off.
 */
public final class LeftSessions {
    private static final Logger log = System.getLogger(LeftSessions.class.getName());
    private static final long MOST_AT_ONCE = 4L << 20;

    private final List<Path> sessions;
    /** Each mount's newest session that says what it is, by the name of the mount's directory. */
    private final Map<String, Path> newest = new HashMap<>();
    /** By the names of mounts' directories. */
    private final CompletableFuture<Map<String, NextFrame>> next = new CompletableFuture<>();

    private LeftSessions(List<Path> sessions) {
        this.sessions = List.copyOf(sessions);
        sessions.stream()
                .filter(SessionFacts::isIn)
                .forEach(session -> newest.put(session.getParent().getFileName().toString(), session));
    }

    /**
     * Finds the sessions of all mounts. Before the first {@link Recorder#prepare}.
     *
     * @param mounts below which each mount's directory is; need not exist
     */
    public static LeftSessions in(Path mounts) throws IOException {
        List<Path> sessions = new ArrayList<>();
        for (Path mount : directories(mounts)) {
            directories(mount).stream().filter(SessionName::isOne).forEach(sessions::add);
        }
        return new LeftSessions(sessions);
    }

    private static List<Path> directories(Path parent) throws IOException {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(parent)) {
            return all.filter(Files::isDirectory).sorted().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * The frame that follows what the earlier life recorded of a mount; empty when that isn't known. Any thread.
     *
     * @param patience how long to wait for {@link #recover} to count it
     */
    public Optional<NextFrame> next(String mount, Duration patience) {
        String directory = MountDirectory.name(mount);
        if (!newest.containsKey(directory)) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(
                    next.get(patience.toMillis(), TimeUnit.MILLISECONDS).get(directory));
        } catch (TimeoutException | ExecutionException e) {
            log.log(Level.WARNING, "where the recording of {0} ended is not known yet: {1}", mount, e.toString());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /**
     * Hands on each file that is left, in the order of sessions and numbers, and takes away sessions without audio, but for each mount's
     * newest, which says where to go on. What can't be understood is left alone, with a warning. Reads all those files: not for the loop, and
     * once, after every ffmpeg of the earlier life has ended.
     */
    public void recover(Consumer<Segment> segments) {
        Map<Path, Recovery> counted = new HashMap<>();
        newest.values().forEach(session -> recover(session).ifPresent(recovery -> counted.put(session, recovery)));
        Map<String, NextFrame> places = new HashMap<>();
        newest.forEach((mount, session) -> Optional.ofNullable(counted.get(session))
                .flatMap(Recovery::next)
                .ifPresent(place -> places.put(mount, place)));
        next.complete(places);
        for (Path session : sessions) {
            Optional<Recovery> recovery =
                    newest.containsValue(session) ? Optional.ofNullable(counted.get(session)) : recover(session);
            recovery.ifPresent(left -> left.found().forEach(segments));
        }
    }

    private Optional<Recovery> recover(Path session) {
        try {
            if (!newest.containsValue(session) && SessionName.removeWithoutAudio(session)) {
                return Optional.empty();
            }
            Recovery recovery = new Recovery(session);
            recovery.run();
            return Optional.of(recovery);
        } catch (IOException | UncheckedIOException e) {
            log.log(
                    Level.WARNING,
                    "{0} was left alone: it should hold what an earlier run recorded, but {1}",
                    session,
                    e.getMessage() == null ? e.toString() : e.getMessage());
            return Optional.empty();
        }
    }

    /** Of one session. */
    private static final class Recovery {
        private final SessionFacts facts;
        private final ClosedFiles closed;
        private final Map<Integer, ClosedFile> lines;
        private final Map<Integer, Path> files;

        // Of the next file, as it follows from those before.
        private int number;
        private OptionalLong first;
        private Instant start;

        private final List<Segment> found = new ArrayList<>();

        Recovery(Path session) throws IOException {
            facts = SessionFacts.read(session);
            closed = ClosedFiles.of(session);
            lines = closed.read();
            files = SessionName.files(session, facts.format());
            first = facts.likelyFirst()
                    .map(place -> OptionalLong.of(place.frame()))
                    .orElseGet(OptionalLong::empty);
            start = facts.played();
        }

        /** What the files are is on the disk when this returns, before any of them is handed on: one that is taken away can't be counted again. */
        void run() throws IOException {
            TreeSet<Integer> numbers = new TreeSet<>(files.keySet());
            numbers.addAll(lines.keySet());
            for (int next : numbers) {
                if (next != number) {
                    // Nobody has counted what was in between.
                    first = OptionalLong.empty();
                }
                number = next;
                follow(files.containsKey(next) ? describe(next == numbers.last()) : Optional.of(lines.get(next)));
                number++;
            }
        }

        List<Segment> found() {
            return found;
        }

        /** What follows the last file. */
        Optional<NextFrame> next() {
            return first.isPresent()
                    ? facts.likelyFirst()
                            .map(begin -> new NextFrame(new FeedPosition(begin.feed(), first.getAsLong()), start))
                    : Optional.empty();
        }

        private void follow(Optional<ClosedFile> file) {
            first = file.map(ClosedFile::next).orElseGet(OptionalLong::empty);
            start = file.map(ClosedFile::end).orElse(start);
        }

        /** Empty when the file has bytes and no frame: then nothing is known of what comes after it. */
        private Optional<ClosedFile> describe(boolean isLast) throws IOException {
            CountedFile file = new CountedFile(files.get(number), facts.format());
            while (file.readOn(MOST_AT_ONCE) > 0) {
                // to its end
            }
            file.end();
            if (file.otherBytes() > 0) {
                log.log(Level.WARNING, "{0} has {1} bytes that are no audio", file.path(), file.otherBytes());
            }
            if (file.frames() == 0 && file.otherBytes() > 0) {
                return Optional.empty();
            }
            ClosedFile line = line(file);
            if (file.frames() == 0) {
                Files.delete(file.path());
                return Optional.of(isLast ? line : line.placeUnknown());
            }
            found.add(line.segment(file, facts));
            if (!line.equals(lines.get(number))) {
                closed.add(line);
            }
            boolean isCutBeforeOthers = file.wasCut() && !isLast;
            return isCutBeforeOthers ? Optional.of(line.placeUnknown()) : Optional.of(line);
        }

        private ClosedFile line(CountedFile file) {
            Optional<ClosedFile> written = Optional.ofNullable(lines.get(number));
            Optional<GapCause> interruption = written.map(ClosedFile::interruption)
                    .orElseGet(() ->
                            lines.isEmpty() && found.isEmpty() ? Optional.of(facts.interruption()) : Optional.empty());
            ClosedFile line = new ClosedFile(
                    number,
                    file.frames(),
                    file.duration(),
                    written.map(ClosedFile::first).orElse(first),
                    written.map(ClosedFile::start).orElse(start),
                    interruption);
            // It has lost some of its end since, or was tampered with: a new count, and no place.
            boolean isAnother = written.isPresent() && written.get().frames() != file.frames();
            return file.otherBytes() > 0 || isAnother ? line.placeUnknown() : line;
        }
    }
}
