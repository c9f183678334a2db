package org.relaysupervisor.recording;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * An immutable view of the recording.
 *
 * @param active audio is being written now
 * @param bytes written since the daemon's start, all sessions
 * @param segments closed since the daemon's start
 * @param current the file that is being written
 * @param lastGrowth when a file last grew
 * @param recordedUntil when the newest whole frame was played; empty while nobody knows
 */
public record RecordingSnapshot(
        boolean enabled,
        String mount,
        boolean active,
        long bytes,
        long segments,
        Optional<Path> current,
        Optional<Instant> lastGrowth,
        Optional<Instant> recordedUntil) {}
