package org.relaysupervisor.metrics;

import org.relaysupervisor.metrics.Families.Family;
import org.relaysupervisor.proxy.PrimaryFault;
import org.relaysupervisor.proxy.ProxySnapshot;

/** How an edge gets its mounts. A primary has none of these series. */
final class PrimaryFamilies {
    private PrimaryFamilies() {}

    static void add(ProxySnapshot proxy, Families families) {
        Family connected = families.gauge(
                "relay_upstream_connected", "1 while the primary streams the mount to this edge.", "mount");
        Family lag = families.gauge(
                "relay_upstream_lag_seconds",
                "Programme that this edge should have from its primary by now and has not; while it isn't connected, how"
                        + " long nothing has come.",
                "mount");
        Family reconnects = families.counter(
                "relay_upstream_reconnects_total",
                "Times that this edge had to connect to its primary again, by why.",
                "mount",
                "cause");
        proxy.mounts()
                .forEach((mount, traffic) -> traffic.primary().ifPresent(primary -> {
                    connected.sample(primary.connected(), mount);
                    lag.sample(primary.lag(), mount);
                    for (PrimaryFault fault : PrimaryFault.values()) {
                        reconnects.sample(primary.reconnects().getOrDefault(fault, 0L), mount, fault.label());
                    }
                }));
    }
}
