package org.relaysupervisor.metrics;

import org.relaysupervisor.drill.DrillSnapshot;
import org.relaysupervisor.heartbeat.HeartbeatSnapshot;
import org.relaysupervisor.metrics.Families.Family;
import org.relaysupervisor.status.RelaySnapshot;

/** What alerts have to know of themselves: that they are tried out, and that somebody elsewhere watches. */
final class DrillFamilies {
    private DrillFamilies() {}

    static void add(RelaySnapshot relay, Families families) {
        drill(relay.drill(), families);
        heartbeat(relay.heartbeat(), families);
    }

    private static void drill(DrillSnapshot drill, Families families) {
        Family active = families.gauge(
                "relay_drill_active",
                "1 while the station is broken on purpose by this drill, until repaired.",
                "drill");
        drill.active().ifPresent(on -> active.sample(1, on.name()));
        drill.names().forEach(name -> active.sample(0, name));
    }

    /** Never having arrived is told as 1970, so that a rule on its age sees that as well. */
    private static void heartbeat(HeartbeatSnapshot heartbeat, Families families) {
        if (!heartbeat.enabled()) {
            return;
        }
        Family last = families.gauge(
                "relay_heartbeat_last_success_timestamp_seconds",
                "When a heartbeat last arrived elsewhere, in seconds since 1970; 0 when none has; absent without one.");
        heartbeat.lastSuccess().ifPresentOrElse(last::sample, () -> last.sample(0));
        families.counter("relay_heartbeat_failures_total", "Heartbeats that did not arrive; absent without one.")
                .sample(heartbeat.failures());
    }
}
