package org.relaysupervisor.archive;

/**
 * A place in what a mount played. Frames of one feed are numbered without a hole as long as the daemon lives.
 *
 * @param feed names one feed of one life of the daemon; letters and digits
 * @param frame counted from 0
 */
public record FeedPosition(String feed, long frame) {}
