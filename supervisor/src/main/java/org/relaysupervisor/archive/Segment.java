package org.relaysupervisor.archive;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.store.Content;

/**
 * A file with audio that is closed and consists of whole frames. It lies in the spool's file system, in a directory of the recorder's, from
 * where the archive takes it away by renaming it.
 *
 * @param file e.g. {@code SPOOL/live/20261123T100000.123Z/00007.mp3}: session and number make it unique for ever
 * @param mount such as {@code /live}
 * @param start when its first frame was played, UTC, to some tenths of a second
 * @param duration of its frames by their count
 * @param first its first frame's place; empty when it isn't known, as after a crash in a session's first moments
 * @param interruption why the recording before it was interrupted; empty when it goes on where the last segment ended
 */
public record Segment(
        Path file,
        String mount,
        Format format,
        Instant start,
        Duration duration,
        Content content,
        long frames,
        Optional<FeedPosition> first,
        Optional<GapCause> interruption) {}
