package org.relaysupervisor.recording;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.ProcessSpec;

/**
 * Records a mount with ffmpeg into {@code MOUNT/SESSION/00000.mp3} and on. Each start of ffmpeg has a new session directory, so
 * nothing is ever overwritten; what earlier sessions recorded is left alone.
 *
 * <p>{@link #prepare} and {@link #observe} belong to the control loop; all else is safe from any thread.
 */
public final class Recorder {
    /** The child's name. */
    public static final String NAME = "recorder";
    /** How often {@link #observe} is to be called. */
    public static final Duration OBSERVE_EVERY = Duration.ofSeconds(1);

    private static final Logger log = System.getLogger(Recorder.class.getName());
    private static final Duration ACTIVE_FOR = Duration.ofSeconds(5);
    private static final long MINIMUM_FREE = 8L << 20;

    private final RelayConfig config;
    private final Path directory;
    private final Executables executables;
    private final Clock clock;
    private final BooleanSupplier mountUp;
    private final RecorderCommand command;

    // The loop's.
    private Session session;
    private long earlierBytes;
    private long earlierSegments;

    // Published by the loop.
    private volatile Progress progress = new Progress(0, 0, 0, Optional.empty(), Optional.empty(), 0);

    // The probe's.
    private long bytesAtLastCheck;

    private record Progress(
            long bytes,
            long sessionBytes,
            long segments,
            Optional<Path> current,
            Optional<Instant> lastGrowth,
            long grownAtNanos) {}

    /**
     * @param recordings below which the mount's directory is made
     * @param mountUp whether the recorded mount has a source now; without one nothing can be recorded
     */
    public Recorder(
            RelayConfig config, Path recordings, Executables executables, Clock clock, BooleanSupplier mountUp) {
        this.config = config;
        this.directory = recordings.resolve(directoryName(config.recording().mount()));
        this.executables = executables;
        this.clock = clock;
        this.mountUp = mountUp;
        this.command = new RecorderCommand(config);
    }

    private static String directoryName(String mount) {
        String name = mount.replaceFirst("^/", "").replaceAll("[^A-Za-z0-9._-]", "_");
        return name.isEmpty() || name.startsWith(".") ? "_" + name : name;
    }

    /**
     * Makes the directory of a new session and says how to start ffmpeg.
     *
     * @throws IOException when ffmpeg is not installed, or the disk is full or not writable; the message says what to do
     */
    public ProcessSpec prepare() throws IOException {
        Path ffmpeg = executables.ffmpeg(config.programs());
        endSession();
        try {
            Files.createDirectories(directory);
            if (config.recording().hls().enabled()) {
                HlsDirectory.prepare(directory.resolve(RecorderCommand.HLS_DIRECTORY));
            }
            requireRoom();
            session = Session.create(directory, clock.now(), command.extension());
        } catch (FileSystemException e) {
            String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
            throw new IOException(
                    "cannot write recordings to " + directory + ": " + reason
                            + "; give the daemon's user write permission there, or set store.directory in relay.yaml",
                    e);
        }
        // The probes must not take the last session's growth for this one's.
        observe();
        return new ProcessSpec(
                NAME,
                command.argv(ffmpeg),
                Map.of("PATH", executables.searchPath(), "LANG", "C.UTF-8", "TZ", "UTC"),
                session.directory());
    }

    /** Goes on counting where the recorder of an earlier configuration stopped. On the loop, before the first start. */
    public void countOnFrom(RecordingSnapshot earlier) {
        earlierBytes = earlier.bytes();
        earlierSegments = earlier.segments() + (earlier.current().isPresent() ? 1 : 0);
        progress = new Progress(
                earlierBytes, 0, earlierSegments, Optional.empty(), earlier.lastGrowth(), clock.nanoTime());
    }

    /** All that ffmpeg is given, for comparison with another configuration's. */
    public String given() {
        return config.programs().ffmpeg() + '\n' + directory + '\n' + command.argv(Path.of("ffmpeg"));
    }

    private void requireRoom() throws IOException {
        long free = directory.toFile().getUsableSpace();
        if (free < MINIMUM_FREE) {
            throw new IOException("no room for recordings in " + directory + ": " + free / 1024
                    + " KiB are free; delete old recordings, or set store.directory in relay.yaml");
        }
    }

    private void endSession() {
        if (session == null) {
            return;
        }
        try {
            session.deleteIfEmpty();
        } catch (IOException e) {
            log.log(Level.WARNING, "cannot look at the last session in {0}: {1}", session.directory(), e.toString());
        }
        earlierBytes += session.bytes();
        // The last segment is closed as well now.
        earlierSegments += session.closedSegments() + (session.bytes() > 0 ? 1 : 0);
        session = null;
    }

    /** Looks at how far ffmpeg has come and publishes it. On the loop, every {@link #OBSERVE_EVERY}; two or three file calls. */
    public void observe() {
        if (session == null) {
            return;
        }
        try {
            session.observe();
        } catch (IOException e) {
            log.log(Level.WARNING, "cannot look at the recording in {0}: {1}", session.directory(), e.toString());
            return;
        }
        Progress last = progress;
        long bytes = earlierBytes + session.bytes();
        boolean grew = bytes > last.bytes();
        progress = new Progress(
                bytes,
                session.bytes(),
                earlierSegments + session.closedSegments(),
                session.bytes() > 0 ? Optional.of(session.current()) : Optional.empty(),
                grew ? Optional.of(clock.now()) : last.lastGrowth(),
                grew ? clock.nanoTime() : last.grownAtNanos());
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
        boolean stands = bytes == bytesAtLastCheck && mountUp.getAsBoolean();
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
                now.lastGrowth());
    }
}
