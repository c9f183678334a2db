package org.relaysupervisor.heartbeat;

import java.time.Instant;
import java.util.Optional;

/**
 * How the heartbeat goes.
 *
 * @param enabled whether one is configured
 * @param lastSuccess when somebody last said that it arrived; empty when nobody has yet
 * @param failures attempts that failed since the daemon's start
 * @param problem why the newest failed, without the address
 */
public record HeartbeatSnapshot(
        boolean enabled, Optional<Instant> lastSuccess, long failures, Optional<String> problem) {
    public static final HeartbeatSnapshot NONE = new HeartbeatSnapshot(false, Optional.empty(), 0, Optional.empty());
}
