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
        Optional<Instant> recordedUntil) {

    /** Nothing was recorded since the daemon's start. */
    public static RecordingSnapshot nothing(boolean enabled, String mount) {
        return new RecordingSnapshot(enabled, mount, false, 0, 0, Optional.empty(), Optional.empty(), Optional.empty());
    }
}
