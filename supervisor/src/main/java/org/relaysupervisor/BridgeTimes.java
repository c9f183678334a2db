package org.relaysupervisor;

import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;

/** Since when the bridges that are active were seen to be. Written on the loop, read from any thread. */
final class BridgeTimes {
    private final Clock clock;
    private volatile Map<String, Map<Bridge, Instant>> seen = Map.of();

    BridgeTimes(Clock clock) {
        this.clock = clock;
    }

    /** Takes the active bridges of each mount as they are now; called about once a second. */
    void sample(Map<String, Set<Bridge>> active) {
        Map<String, Map<Bridge, Instant>> fresh = new HashMap<>();
        active.forEach((mount, bridges) -> fresh.put(mount, since(mount, bridges)));
        seen = Map.copyOf(fresh);
    }

    /** For each of these bridges; now for one that has only just begun. */
    Map<Bridge, Instant> since(String mount, Set<Bridge> active) {
        Map<Bridge, Instant> earlier = seen.getOrDefault(mount, Map.of());
        Instant now = clock.now();
        Map<Bridge, Instant> since = new EnumMap<>(Bridge.class);
        active.forEach(bridge -> since.put(bridge, earlier.getOrDefault(bridge, now)));
        return since;
    }
}
