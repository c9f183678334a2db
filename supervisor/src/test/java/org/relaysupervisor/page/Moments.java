package org.relaysupervisor.page;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.relaysupervisor.loop.LoopStatus;
import org.relaysupervisor.proxy.ProxySnapshot;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.status.Snapshots;

/** The same station at another moment. */
final class Moments {
    private Moments() {}

    /** So long after the daemon's start. */
    static RelaySnapshot at(RelaySnapshot relay, Duration uptime) {
        return copy(relay, Snapshots.STARTED.plus(uptime), uptime, relay.lastReload(), relay.proxy(), relay.loop());
    }

    static RelaySnapshot reloaded(RelaySnapshot relay, Instant at) {
        return copy(relay, relay.now(), relay.uptime(), Optional.of(at), relay.proxy(), relay.loop());
    }

    static RelaySnapshot with(RelaySnapshot relay, ProxySnapshot.Continuity continuity) {
        ProxySnapshot proxy = relay.proxy();
        return copy(
                relay,
                relay.now(),
                relay.uptime(),
                relay.lastReload(),
                new ProxySnapshot(
                        proxy.mounts(),
                        proxy.accepted(),
                        proxy.refusals(),
                        proxy.openConnections(),
                        proxy.accessLogDropped(),
                        proxy.titleUpdates(),
                        proxy.connectionErrors(),
                        proxy.upstream(),
                        continuity),
                relay.loop());
    }

    private static RelaySnapshot copy(
            RelaySnapshot relay,
            Instant now,
            Duration uptime,
            Optional<Instant> lastReload,
            ProxySnapshot proxy,
            LoopStatus loop) {
        return new RelaySnapshot(
                relay.version(),
                relay.station(),
                now,
                relay.startedAt(),
                uptime,
                relay.configGeneration(),
                relay.lastReloadSucceeded(),
                lastReload,
                relay.children(),
                relay.mounts(),
                relay.icecast(),
                proxy,
                relay.recording(),
                relay.archive(),
                relay.hls(),
                relay.inputs(),
                relay.onAir(),
                relay.shows(),
                loop,
                relay.logDropped(),
                relay.memoryEnforcement(),
                relay.drill(),
                relay.heartbeat());
    }
}
