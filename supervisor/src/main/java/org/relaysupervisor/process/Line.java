package org.relaysupervisor.process;

import java.time.Instant;

/**
 * One line of the log as {@code relayctl logs} shows it: masked, escaped, bounded.
 *
 * @param sequence grows by one from line to line, over all children, from 1 at the daemon's start
 * @param child the child's name, or {@link ChildLog#DAEMON}
 */
public record Line(long sequence, Instant at, String child, String text) {}
