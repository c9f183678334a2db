package org.relaysupervisor.recording;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.relaysupervisor.archive.FeedPosition;
import org.relaysupervisor.archive.GapCause;
import org.relaysupervisor.archive.Segment;
import org.relaysupervisor.files.DurableFile;
import org.relaysupervisor.loop.Clock;

/**
 * One run of ffmpeg, which is one connection to the proxy, and the directory that it writes its files into. It follows them as they grow, so
 * that all is known of a file when it is closed, and of the last one when ffmpeg has died. For one thread at a time.
 *
 * <p>Files are counted rather than asked: their bytes are those of the feed from the session's first frame on, none left out and none twice.
 */
final class Session {
    private static final Logger log = System.getLogger(Session.class.getName());
    /** What one look may read; a minute of audio is 1 MB. */
    private static final long MOST_AT_ONCE = 4L << 20;

    private final Path directory;
    private final Clock clock;
    private final Supplier<Optional<SessionStart>> start;
    private final Consumer<Segment> segments;
    private final ClosedFiles closed;
    private final Timeline timeline;
    private final long startedNanos;

    private SessionFacts facts;
    /** Whether {@code session.json} says what is known of the start. */
    private boolean factsAreWritten = true;

    private int number;
    private CountedFile current;
    private long closedBytes;
    private long closedFrames;
    private Duration closedAudio = Duration.ZERO;
    private long emitted;
    /** Whether every byte so far belonged to a frame, so that frames on the disk are frames of the feed. */
    private boolean gapless = true;

    private Session(
            Path directory,
            SessionFacts facts,
            Clock clock,
            Supplier<Optional<SessionStart>> start,
            Consumer<Segment> segments)
            throws IOException {
        this.directory = directory;
        this.facts = facts;
        this.clock = clock;
        this.start = start;
        this.segments = segments;
        closed = ClosedFiles.of(directory);
        timeline = new Timeline(facts.played());
        startedNanos = clock.nanoTime();
        current = file(0);
    }

    /**
     * Makes a new directory, in which nothing is.
     *
     * @param parent the mount's directory
     * @param facts without a start, which is taken from {@code start} when that speaks of this session
     * @param segments takes each file once it is closed, in order; called within {@link #observe} and {@link #end}
     */
    static Session create(
            Path parent,
            SessionFacts facts,
            Clock clock,
            Supplier<Optional<SessionStart>> start,
            Consumer<Segment> segments)
            throws IOException {
        Path directory = SessionName.create(parent, facts.started());
        try {
            facts.write(directory);
            DurableFile.forceNames(parent);
            return new Session(directory, facts, clock, start, segments);
        } catch (IOException e) {
            removeQuietly(directory);
            throw e;
        }
    }

    private static void removeQuietly(Path directory) {
        try {
            SessionName.removeWithoutAudio(directory);
        } catch (IOException e) {
            log.log(Level.DEBUG, "left behind without audio: {0}", directory);
        }
    }

    Path directory() {
        return directory;
    }

    String name() {
        return directory.getFileName().toString();
    }

    private CountedFile file(int which) {
        return new CountedFile(SessionName.file(directory, which, facts.format()), facts.format());
    }

    /** Reads what was appended since the last time, some megabytes at most, and hands on the files that were closed. */
    void observe() throws IOException {
        learnStart();
        long left = MOST_AT_ONCE;
        while (left > 0) {
            // Looked at first: ffmpeg closes a file before it opens the next, so what is read afterwards is all of it.
            boolean isClosed = Files.exists(SessionName.file(directory, number + 1, facts.format()));
            long read = current.readOn(left);
            left -= read;
            if (left > 0 && isClosed && facts.start().isPresent()) {
                close(false);
            } else if (left > 0) {
                timeline.observe(clock.since(startedNanos), audio());
                break;
            }
        }
    }

    /** ffmpeg has died: reads what is left, cuts off half a frame, and hands on the last file. To be called once. */
    void end() throws IOException {
        learnStart();
        while (true) {
            boolean another = Files.exists(SessionName.file(directory, number + 1, facts.format()));
            while (current.readOn(MOST_AT_ONCE) > 0) {
                // to its end
            }
            close(!another);
            if (!another) {
                return;
            }
        }
    }

    private void learnStart() {
        if (facts.start().isEmpty()) {
            start.get().filter(known -> known.session().equals(name())).ifPresent(known -> {
                facts = facts.beginning(known);
                timeline.begin(known.played());
                factsAreWritten = false;
            });
        }
        if (!factsAreWritten) {
            try {
                facts.write(directory);
                factsAreWritten = true;
            } catch (IOException e) {
                log.log(Level.WARNING, "cannot write {0} in {1}: {2}", SessionFacts.FILE, directory, e.toString());
            }
        }
    }

    private void close(boolean last) throws IOException {
        CountedFile file = current;
        file.end();
        if (file.otherBytes() > 0) {
            gapless = false;
            log.log(
                    Level.WARNING,
                    "{0} has {1} bytes that are no audio; it is kept as it is, but its place in the stream is not known",
                    file.path(),
                    file.otherBytes());
        }
        if (file.frames() > 0) {
            emit(file);
        } else if (file.otherBytes() == 0) {
            Files.deleteIfExists(file.path());
        }
        gapless &= last || (!file.wasCut() && file.frames() > 0);
        closedBytes += file.length();
        closedFrames += file.frames();
        closedAudio = closedAudio.plus(file.duration());
        number++;
        current = file(number);
    }

    private void emit(CountedFile file) {
        boolean silence = timeline.close();
        Optional<GapCause> interruption = emitted == 0
                ? Optional.of(facts.interruption())
                : silence ? Optional.of(GapCause.NO_AUDIO) : Optional.empty();
        ClosedFile line = new ClosedFile(
                number, file.frames(), file.duration(), frame(closedFrames), timeline.at(closedAudio), interruption);
        try {
            closed.add(line);
        } catch (IOException e) {
            log.log(Level.WARNING, "cannot write {0} in {1}: {2}", ClosedFiles.FILE, directory, e.toString());
        }
        emitted++;
        segments.accept(line.segment(file, facts));
    }

    /** The number of the frame after so many of the session's. */
    private OptionalLong frame(long after) {
        return facts.first().isPresent() && gapless
                ? OptionalLong.of(facts.first().get().frame() + after)
                : OptionalLong.empty();
    }

    /** When last looked, and all of it after {@link #end}. */
    Duration audio() {
        return closedAudio.plus(current.duration());
    }

    /** After {@link #end}: the frame after the last one; empty when its place isn't known. */
    Optional<NextFrame> next() {
        OptionalLong frame = frame(closedFrames + current.frames());
        return frame.isPresent()
                ? facts.first()
                        .map(first ->
                                new NextFrame(new FeedPosition(first.feed(), frame.getAsLong()), timeline.at(audio())))
                : Optional.empty();
    }

    GapCause interruption() {
        return facts.interruption();
    }

    /** Whether the proxy has not told yet where it began. */
    boolean awaitsStart() {
        return facts.start().isEmpty();
    }

    /** When last looked: whether a whole frame was there. */
    boolean hasAudio() {
        return closedFrames + current.frames() > 0;
    }

    /** When last looked: bytes of all files together. */
    long bytes() {
        return closedBytes + current.length();
    }

    /** Files that were handed on. */
    long closedSegments() {
        return emitted;
    }

    /** When last looked: the newest file, which may not exist yet. */
    Path current() {
        return current.path();
    }

    /** When a frame was played, as well as it is known, by the audio before it in the session. */
    Instant played(Duration before) {
        return timeline.at(before);
    }

    /** When last looked: when the newest whole frame was played, if that is known. */
    Optional<Instant> recordedUntil() {
        return facts.start().isPresent() && hasAudio() ? Optional.of(timeline.at(audio())) : Optional.empty();
    }
}
