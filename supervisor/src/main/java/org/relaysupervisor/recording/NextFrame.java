package org.relaysupervisor.recording;

import java.time.Instant;
import org.relaysupervisor.archive.FeedPosition;

/**
 * The frame after the last one recorded, with which a recording goes on.
 *
 * @param due when it was played, or will be, UTC
 */
public record NextFrame(FeedPosition place, Instant due) {}
