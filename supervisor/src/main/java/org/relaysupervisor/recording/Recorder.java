package org.relaysupervisor.recording;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.relaysupervisor.archive.DiskLevel;
import org.relaysupervisor.archive.FeedPosition;
import org.relaysupervisor.archive.GapCause;
import org.relaysupervisor.archive.MountDirectory;
import org.relaysupervisor.archive.Segment;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.hls.HlsSegment;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.ProcessSpec;

/**
 * Records a mount with ffmpeg into {@code MOUNT/SESSION/00000.mp3} and on. Each start of ffmpeg has a new session directory, so
 * nothing is ever overwritten. Its files are followed as they grow, and handed on once they are closed.
 *
 * <p>Belongs to the control loop, but for the probes and {@link #snapshot}, which are safe from any thread.
 */
public final class Recorder {
    /** The child's name. */
    public static final String NAME = "recorder";
    /** How often {@link #observe} is to be called. */
    public static final Duration OBSERVE_EVERY = Duration.ofSeconds(1);

    private static final Logger log = System.getLogger(Recorder.class.getName());
    /** What is being sent, and what is being written. */
    private static final int SEGMENTS_TO_SPARE = 3;

    private static final Duration ACTIVE_FOR = Duration.ofSeconds(5);

    private final RelayConfig config;
    private final Path directory;
    private final Executables executables;
    private final Clock clock;
    private final Surroundings surroundings;
    private final RecorderCommand command;

    // The loop's.
    private Session session;
    /** Of the session, when there is one and HLS is published. */
    private Optional<PublicSegments> publicSegments = Optional.empty();

    private boolean writesHls;
    /** Gives the next frame wanted; empty when it isn't known, and then whatever the proxy still has is. */
    private Supplier<Optional<NextFrame>> next;
    /** Why the newest audio is not followed by more; empty until it is asked, when the next session begins. */
    private Optional<GapCause> interruption = Optional.of(GapCause.DAEMON);
    /** Ended sessions whose audio may not have been taken by the archive yet. */
    private final List<Path> leftBehind = new ArrayList<>();

    private long earlierBytes;
    private long earlierSegments;

    // Published by the loop.
    private volatile Progress progress = new Progress(0, 0, 0, Optional.empty(), Optional.empty(), 0, Optional.empty());

    // The probe's.
    private long bytesAtLastCheck;

    private record Progress(
            long bytes,
            long sessionBytes,
            long segments,
            Optional<Path> current,
            Optional<Instant> lastGrowth,
            long grownAtNanos,
            Optional<Instant> recordedUntil) {}

    /**
     * What the recorder knows from others; asked on the loop, but for {@code mountUp}, which probes ask on their threads.
     *
     * @param mountUp whether the recorded mount has a source now; without one nothing can be recorded
     * @param remembered how much of the mount the proxy has, at the most
     * @param left what follows the audio of an earlier life of the daemon; asked before each session until one has audio; may wait for a moment
     * @param disk how much room there is
     * @param start of the newest session that the proxy has seen connect
     * @param whyEnded why the session before the one that is about to begin ended
     * @param segments takes each file that is closed, in order and once; must not throw
     * @param publicSegments takes each segment for HLS that is closed, in order; must not throw
     */
    public record Surroundings(
            BooleanSupplier mountUp,
            Duration remembered,
            Supplier<Optional<NextFrame>> left,
            Supplier<DiskLevel> disk,
            Supplier<Optional<SessionStart>> start,
            Supplier<GapCause> whyEnded,
            Consumer<Segment> segments,
            Consumer<HlsSegment> publicSegments) {}

    /** @param sessions below which the mount's directory is made */
    public Recorder(
            RelayConfig config, Path sessions, Executables executables, Clock clock, Surroundings surroundings) {
        this.config = config;
        this.directory = sessions.resolve(MountDirectory.name(config.recording().mount()));
        this.executables = executables;
        this.clock = clock;
        this.surroundings = surroundings;
        this.command = new RecorderCommand(config);
        this.next = surroundings.left();
    }

    /**
     * Ends the last session, makes the directory of a new one, and says how to start ffmpeg: to go on with the frame after the last
     * one recorded.
     *
     * @throws IOException when ffmpeg is not installed, or the disk is full or not writable; the message says what to do
     */
    public ProcessSpec prepare() throws IOException {
        Path ffmpeg = executables.ffmpeg(config.programs());
        ended();
        GapCause cause = interruption.orElseGet(surroundings.whyEnded());
        Optional<NextFrame> wanted = next.get();
        Optional<FeedPosition> asked = wanted.map(NextFrame::place);
        boolean hls = allowsHls();
        try {
            Files.createDirectories(directory);
            requireRoom();
            if (hls) {
                HlsDirectory.prepare(directory.resolve(RecorderCommand.HLS_DIRECTORY));
            }
            session = Session.create(
                    directory,
                    new SessionFacts(
                            config.recording().mount(),
                            command.format(),
                            clock.now(),
                            asked,
                            expectedStart(wanted),
                            cause,
                            Optional.empty()),
                    clock,
                    surroundings.start(),
                    surroundings.segments());
            publicSegments = publicSegments(session.name());
        } catch (FileSystemException e) {
            String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
            throw new IOException(
                    "cannot write recordings to " + directory + ": " + reason
                            + "; make room there, or give the daemon's user write permission, or set recording.spool in relay.yaml",
                    e);
        }
        // Only now: the newest session tells the daemon's next life where to go on.
        leftBehind.removeIf(Recorder::isGone);
        interruption = Optional.of(cause);
        writesHls = hls;
        // The probes must not take the last session's growth for this one's.
        observe();
        return new ProcessSpec(
                NAME,
                command.argv(ffmpeg, session.name(), RecorderCommand.headers(session.name(), asked), hls),
                Map.of("PATH", executables.searchPath(), "LANG", "C.UTF-8", "TZ", "UTC"),
                session.directory());
    }

    /** Empty as well when there is no place for them: HLS must never keep a recording from being made. */
    private Optional<PublicSegments> publicSegments(String name) {
        RelayConfig.PublicHls hls = config.hls();
        if (!hls.enabled()) {
            return Optional.empty();
        }
        Path place = directory.resolve(PublicSegments.DIRECTORY);
        try {
            return Optional.of(PublicSegments.create(
                    place,
                    name,
                    hls.playlistLength() + SEGMENTS_TO_SPARE,
                    hls.segment(),
                    clock,
                    surroundings.publicSegments()));
        } catch (IOException e) {
            log.log(Level.WARNING, "no HLS until the recorder is started again: {0}: {1}", place, e.toString());
            return Optional.empty();
        }
    }

    /** It goes on where it was, unless that is longer ago than the proxy remembers. */
    private Instant expectedStart(Optional<NextFrame> wanted) {
        Instant now = clock.now();
        Instant earliest = now.minus(surroundings.remembered());
        return wanted.map(NextFrame::due)
                .map(due -> due.isBefore(earliest) ? earliest : due)
                .filter(now::isAfter)
                .orElse(now);
    }

    private boolean allowsHls() {
        return command.offersHls() && surroundings.disk().get() == DiskLevel.AMPLE;
    }

    private void requireRoom() throws IOException {
        if (surroundings.disk().get() == DiskLevel.FULL) {
            interruption = interruption.or(() -> Optional.of(GapCause.DISK));
            throw new IOException("no room for recordings in " + directory
                    + ": free some there, or set recording.spool in relay.yaml;"
                    + " it goes on by itself as soon as there is room");
        }
    }

    /** Whether it isn't known yet which frame the newest session began with: until it is, look often. On the loop. */
    public boolean awaitsStart() {
        return session != null && session.awaitsStart();
    }

    /** Whether ffmpeg, if it runs, writes other outputs than the disk has room for now, and should be restarted. On the loop. */
    public boolean hasOtherOutputsThanAllowed() {
        return session != null
                && (writesHls != allowsHls()
                        || publicSegments
                                .filter(made -> !session.awaitsStart())
                                .filter(made -> made.areGivenUp(session.audio()))
                                .isPresent());
    }

    /**
     * Takes over where the recorder of an earlier configuration is: its place in the stream, its counts, and the session that its ffmpeg
     * may still be writing. The earlier one must not be used any more. On the loop, before the first {@link #prepare}.
     */
    public void takeOver(Recorder earlier) {
        session = earlier.session;
        publicSegments = earlier.publicSegments;
        writesHls = earlier.writesHls;
        next = earlier.next;
        interruption = earlier.interruption;
        leftBehind.addAll(earlier.leftBehind);
        earlierBytes = earlier.earlierBytes;
        earlierSegments = earlier.earlierSegments;
        progress = earlier.progress;
        earlier.session = null;
    }

    /** All that ffmpeg is given in any session, for comparison with another configuration's. */
    public String given() {
        return config.programs().ffmpeg() + '\n' + directory + '\n' + command.argv(Path.of("ffmpeg"), "", "", true);
    }

    /**
     * The child has exited: what it recorded last is cut to whole frames and handed on. Does nothing when that is done already. On the loop;
     * reads what came since the last look.
     */
    public void ended() {
        if (session != null) {
            Session last = session;
            session = null;
            try {
                last.end();
            } catch (IOException e) {
                log.log(
                        Level.WARNING,
                        "what was recorded last in {0} stays there until the daemon''s next start: {1}",
                        last.directory(),
                        e.toString());
            }
            endPublicSegments(last);
            if (last.hasAudio()) {
                Optional<NextFrame> follows = last.next();
                next = () -> follows;
                interruption = Optional.empty();
            }
            earlierBytes += last.bytes();
            earlierSegments += last.closedSegments();
            leftBehind.add(last.directory());
            publish(0, Optional.empty(), last.recordedUntil().or(progress::recordedUntil));
        }
    }

    private void endPublicSegments(Session last) {
        publicSegments.ifPresent(made -> {
            try {
                made.end(last.audio(), last::played);
            } catch (IOException e) {
                log.log(Level.WARNING, "the last segments for HLS are lost: {0}", e.toString());
            }
        });
        publicSegments = Optional.empty();
    }

    private static boolean isGone(Path ended) {
        try {
            return SessionName.removeWithoutAudio(ended);
        } catch (IOException e) {
            log.log(Level.WARNING, "cannot look at the last session in {0}: {1}", ended, e.toString());
            return false;
        }
    }

    /** Reads what ffmpeg has written and publishes how far it has come. On the loop, every {@link #OBSERVE_EVERY}. */
    public void observe() {
        if (session == null) {
            return;
        }
        try {
            session.observe();
            if (!session.awaitsStart() && publicSegments.isPresent()) {
                publicSegments.get().observe(session::played);
            }
        } catch (IOException e) {
            log.log(Level.WARNING, "cannot look at the recording in {0}: {1}", session.directory(), e.toString());
            return;
        }
        publish(
                session.bytes(),
                session.bytes() > 0 ? Optional.of(session.current()) : Optional.empty(),
                session.recordedUntil().or(progress::recordedUntil));
    }

    private void publish(long sessionBytes, Optional<Path> current, Optional<Instant> recordedUntil) {
        Progress last = progress;
        long bytes = earlierBytes + sessionBytes;
        boolean grew = bytes > last.bytes();
        progress = new Progress(
                bytes,
                sessionBytes,
                earlierSegments + (session == null ? 0 : session.closedSegments()),
                current,
                grew ? Optional.of(clock.now()) : last.lastGrowth(),
                grew ? clock.nanoTime() : last.grownAtNanos(),
                recordedUntil);
    }

    /** A probe that passes once this session has audio on the disk. Relies on {@link #observe}. */
    public void ready(long pid) throws IOException {
        Progress now = progress;
        if (now.sessionBytes() == 0) {
            throw new IOException("has not written anything yet");
        }
        bytesAtLastCheck = now.bytes();
    }

    /**
     * A probe that passes when the files have grown since the last time it was asked, which should be some seconds ago. Without
     * a source on the mount there is nothing to record. Relies on {@link #observe}.
     */
    public void alive(long pid) throws IOException {
        long bytes = progress.bytes();
        boolean stands = bytes == bytesAtLastCheck && surroundings.mountUp().getAsBoolean();
        bytesAtLastCheck = bytes;
        if (stands) {
            throw new IOException("runs, but its files do not grow");
        }
    }

    /** How the recording goes, by the newest {@link #observe}. */
    public RecordingSnapshot snapshot() {
        Progress now = progress;
        boolean active =
                now.lastGrowth().isPresent() && clock.since(now.grownAtNanos()).compareTo(ACTIVE_FOR) < 0;
        return new RecordingSnapshot(
                config.recording().enabled(),
                config.recording().mount(),
                active,
                now.bytes(),
                now.segments(),
                now.current(),
                now.lastGrowth(),
                now.recordedUntil());
    }
}
