package org.relaysupervisor.recording;

import java.time.Instant;
import org.relaysupervisor.archive.FeedPosition;

/**
 * Where a session's first byte comes from, as the proxy tells it once the recorder has connected.
 *
 * @param session the directory's name, as the recorder sent it
 * @param first the first frame
 * @param played when it was played, UTC
 */
public record SessionStart(String session, FeedPosition first, Instant played) {}
