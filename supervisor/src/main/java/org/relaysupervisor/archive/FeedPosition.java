package org.relaysupervisor.archive;

/**
 * A place in what a mount played. Frames of one feed are numbered without a hole, also over the daemon's death where its memory is kept.
 *
 * @param feed names one feed of all times; letters and digits
 * @param frame counted from 0
 */
public record FeedPosition(String feed, long frame) {}
