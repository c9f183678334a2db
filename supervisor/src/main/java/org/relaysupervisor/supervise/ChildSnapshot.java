package org.relaysupervisor.supervise;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An immutable view of one child, published after every transition.
 *
 * @param process what its process is called, for the kernel's group and the like
 * @param wanted whether it should run
 * @param pid the process id while one lives
 * @param startedAt when the living process was started
 * @param adopted whether that was by an earlier daemon, of which this one has taken it over
 * @param upSinceNanos the {@code Clock.nanoTime} reading at which the readiness probe passed; present only in {@link ChildState#UP}
 * @param starts processes started since the daemon's start
 * @param restarts how often it was restarted, by cause; every cause is a key
 * @param replacements restarts that were made without a break, or tried to be
 * @param lastExit the newest end of its process that was not a wanted stop
 * @param note one line on what it is doing or waiting for: the probe's last reason, the time to the next attempt
 */
public record ChildSnapshot(
        String name,
        String process,
        boolean wanted,
        ChildState state,
        OptionalLong pid,
        Optional<Instant> startedAt,
        boolean adopted,
        OptionalLong upSinceNanos,
        long starts,
        Map<Cause, Long> restarts,
        Replacements replacements,
        Optional<LastExit> lastExit,
        String note) {

    public ChildSnapshot {
        restarts = Map.copyOf(restarts);
    }

    /** The same but for the note. */
    public ChildSnapshot withNote(String other) {
        return new ChildSnapshot(
                name,
                process,
                wanted,
                state,
                pid,
                startedAt,
                adopted,
                upSinceNanos,
                starts,
                restarts,
                replacements,
                lastExit,
                other);
    }

    /**
     * @param detail the kernel's account and what the daemon knows, such as {@code "exit 0: port 8010 is taken"}
     * @param ranFor from start to exit
     */
    public record LastExit(Cause cause, String detail, Instant at, Duration ranFor) {}
}
