package org.relaysupervisor.recording;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.relaysupervisor.hls.HlsSegment;
import org.relaysupervisor.loop.Clock;

/**
 * Follows the segments that one run of ffmpeg makes for the public, by ffmpeg's own list of those that it has closed, and takes the last one
 * up when ffmpeg has died in the midst of it. What is older than a playlist is long is deleted here, whoever has read it. On the loop.
 */
final class PublicSegments {
    /** Beside the sessions. */
    static final String DIRECTORY = "public";
    /** How many of the newest segments ffmpeg's list has: far more than are closed between two looks. */
    static final int LISTED = 20;

    private static final Logger log = System.getLogger(PublicSegments.class.getName());
    private static final String SEGMENT = ".ts";
    private static final String LIST = ".csv";
    private static final long NANOS_PER_MICROSECOND = 1_000;
    /** So many segments' worth of audio without a segment, and ffmpeg has given them up. */
    private static final int GIVEN_UP = 5;
    /** A shorter rest isn't worth a request. */
    private static final Duration SHORTEST = Duration.ofMillis(200);

    private final Path directory;
    private final String session;
    private final int kept;
    private final Duration segment;
    private final Clock clock;
    private final Consumer<HlsSegment> segments;
    private final Path list;

    private Optional<FileTime> listSeen = Optional.empty();
    private int next;
    private Duration handedOn = Duration.ZERO;

    private PublicSegments(
            Path directory, String session, int kept, Duration segment, Clock clock, Consumer<HlsSegment> segments) {
        this.directory = directory;
        this.session = session;
        this.kept = kept;
        this.segment = segment;
        this.clock = clock;
        this.segments = segments;
        this.list = directory.resolve(session + LIST);
    }

    /**
     * Of a session that is about to begin. Makes the directory, and deletes what is too old there.
     *
     * @param kept segments that stay on the disk
     * @param segment how long one is as a rule
     * @param segments takes each one that is closed, in order
     */
    static PublicSegments create(
            Path directory, String session, int kept, Duration segment, Clock clock, Consumer<HlsSegment> segments)
            throws IOException {
        Files.createDirectories(directory);
        PublicSegments created = new PublicSegments(directory, session, kept, segment, clock, segments);
        for (Path earlier : files(directory, LIST)) {
            Files.deleteIfExists(earlier);
        }
        created.deleteOld();
        return created;
    }

    /** As ffmpeg is given it, relative to a session's directory beside this one. */
    static String pattern(String session) {
        return "../" + DIRECTORY + "/" + session + "-%05d" + SEGMENT;
    }

    /** As {@link #pattern}. */
    static String list(String session) {
        return "../" + DIRECTORY + "/" + session + LIST;
    }

    private Path file(int number) {
        return directory.resolve("%s-%05d%s".formatted(session, number, SEGMENT));
    }

    /**
     * Hands on what was closed since the last look.
     *
     * @param at when a frame was played, by the audio before it in the session
     */
    void observe(Function<Duration, Instant> at) throws IOException {
        if (!Files.exists(list)) {
            return;
        }
        FileTime modified = Files.getLastModifiedTime(list);
        if (listSeen.equals(Optional.of(modified))) {
            return;
        }
        List<Line> closed = new ArrayList<>();
        Files.readAllLines(list, StandardCharsets.ISO_8859_1)
                .forEach(line -> Line.of(line, session).ifPresent(closed::add));
        // Two closed within a tick of the file system's clock would otherwise be one look.
        boolean settled = clock.now().isAfter(modified.toInstant().plusSeconds(1));
        listSeen = settled ? Optional.of(modified) : Optional.empty();
        for (Line line : closed) {
            if (line.number() >= next) {
                handOn(line.number(), line.duration(), at.apply(line.start()));
                handedOn = line.start().plus(line.duration());
            }
        }
    }

    /**
     * ffmpeg has ended.
     *
     * @param audio of the whole session
     */
    void end(Duration audio, Function<Duration, Instant> at) throws IOException {
        observe(at);
        Duration rest = audio.minus(handedOn);
        Path last = file(next);
        boolean isOne = Files.exists(last) && Files.size(last) > 0;
        if (isOne && rest.compareTo(SHORTEST) > 0 && rest.compareTo(segment.multipliedBy(2)) < 0) {
            handOn(next, rest, at.apply(handedOn));
        }
        Files.deleteIfExists(list);
    }

    private void handOn(int number, Duration duration, Instant start) throws IOException {
        next = number + 1;
        Path file = file(number);
        if (!Files.exists(file)) {
            log.log(Level.WARNING, "{0} is gone before it could be published", file);
            return;
        }
        // The wall clock alone, and for no more than the moment between two looks.
        Duration ago = Duration.between(Files.getLastModifiedTime(file).toInstant(), clock.now());
        long nanos = ago.isNegative() || ago.compareTo(segment) > 0 ? 0 : ago.toNanos();
        segments.accept(new HlsSegment(file, session, number, start, duration, clock.nanoTime() - nanos));
        deleteOld();
    }

    private void deleteOld() throws IOException {
        // Names begin with the session's time; a clock that was set back must not make this session's the oldest.
        List<Path> all = new ArrayList<>(files(directory, SEGMENT));
        all.sort(Comparator.comparing(this::isOfThisSession));
        for (Path old : all.subList(0, Math.max(0, all.size() - kept))) {
            Files.deleteIfExists(old);
        }
    }

    private boolean isOfThisSession(Path file) {
        return file.getFileName().toString().startsWith(session + "-");
    }

    private static List<Path> files(Path directory, String ending) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> file.getFileName().toString().endsWith(ending))
                    .sorted(Comparator.comparing(file -> file.getFileName().toString()))
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Whether ffmpeg records, and has made no segment for long: a tee's output that failed once never comes back. */
    boolean areGivenUp(Duration audio) {
        return audio.minus(handedOn).compareTo(segment.multipliedBy(GIVEN_UP)) > 0;
    }

    /**
     * A segment that is closed.
     *
     * @param start audio before it
     */
    private record Line(int number, Duration start, Duration duration) {
        /** {@code SESSION-00007.ts,42.004898,48.013061}; empty for anything else. */
        static Optional<Line> of(String text, String session) {
            String[] fields = text.split(",", -1);
            String name = fields[0];
            if (fields.length != 3 || !name.startsWith(session + "-") || !name.endsWith(SEGMENT)) {
                return Optional.empty();
            }
            try {
                Duration start = seconds(fields[1]);
                return Optional.of(new Line(
                        Integer.parseInt(name.substring(session.length() + 1, name.length() - SEGMENT.length())),
                        start,
                        seconds(fields[2]).minus(start)));
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }

        private static Duration seconds(String text) {
            return Duration.ofNanos(Math.round(Double.parseDouble(text) * 1e6) * NANOS_PER_MICROSECOND);
        }
    }
}
