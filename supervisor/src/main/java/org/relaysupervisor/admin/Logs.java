package org.relaysupervisor.admin;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The kept lines of the children's output and of the daemon's own log. Safe from any thread. */
public interface Logs {
    /** The name under which the daemon's own lines are kept beside the children's. */
    String DAEMON = "daemon";

    /** The newest lines, oldest first, of one child or of all. */
    List<LogLine> tail(Optional<String> child, int lines);

    /** The lines still kept that came after that one, oldest first. */
    List<LogLine> after(long sequence, Optional<String> child);

    /**
     * @param sequence grows by one from line to line, over all children, from 1 at the daemon's start
     * @param child the child's name, or {@link #DAEMON}
     */
    record LogLine(long sequence, Instant at, String child, String text) {}
}
