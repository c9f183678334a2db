package org.relaysupervisor.archive;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * What is missing before a segment.
 *
 * @param missing how long that is
 * @param frames exactly so many; empty when the feed was not the same before and after
 * @param from when the last frame before it ended, UTC
 * @param to when the first frame after it began, UTC
 */
record Gap(GapCause cause, Duration missing, OptionalLong frames, Instant from, Instant to) {}
