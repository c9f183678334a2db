package org.relaysupervisor;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.relaysupervisor.archive.ArchiveSnapshot;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.drill.DrillSnapshot;
import org.relaysupervisor.heartbeat.HeartbeatSnapshot;
import org.relaysupervisor.hls.HlsSnapshot;
import org.relaysupervisor.log.DaemonLog;
import org.relaysupervisor.loop.ControlLoop;
import org.relaysupervisor.memory.MemoryWatch;
import org.relaysupervisor.metering.MeterSnapshot;
import org.relaysupervisor.metering.Metering;
import org.relaysupervisor.process.ChildLog;
import org.relaysupervisor.programs.IcecastStats;
import org.relaysupervisor.programs.OnAir;
import org.relaysupervisor.programs.OnAirWatch;
import org.relaysupervisor.proxy.ProxySnapshot;
import org.relaysupervisor.proxy.ProxySnapshot.FeedTraffic;
import org.relaysupervisor.proxy.ProxySnapshot.MountTraffic;
import org.relaysupervisor.proxy.Role;
import org.relaysupervisor.shows.Shows;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.status.RelaySnapshot.Feed;
import org.relaysupervisor.supervise.ChildSnapshot;
import org.relaysupervisor.supervise.Supervisor;

/** Puts the published views together, on whatever thread asks, without waiting for any other. */
final class StatusView implements Supplier<RelaySnapshot> {
    private final ControlLoop loop;
    private final Supervisor supervisor;
    private final Broadcast broadcast;
    private final OnAirWatch onAir;
    private final Metering metering;
    private final Shows shows;
    private final Supplier<ArchiveSnapshot> archive;
    private final Supplier<HlsSnapshot> hls;
    private final MemoryWatch memory;
    private final Supplier<DrillSnapshot> drills;
    private final Supplier<HeartbeatSnapshot> heartbeat;
    private final ChildLog childLog;
    private final DaemonLog daemonLog;
    private final ActiveConfiguration configuration;
    private final Instant startedAt;
    private final long startedNanos;

    /** What all mounts are shown by, each asked for once. */
    private record Views(
            RelayConfig config,
            ProxySnapshot traffic,
            Optional<IcecastStats> icecast,
            Optional<OnAir> onAir,
            Map<String, MeterSnapshot> meters) {}

    StatusView(
            ControlLoop loop,
            Supervisor supervisor,
            Broadcast broadcast,
            OnAirWatch onAir,
            Metering metering,
            Shows shows,
            Supplier<ArchiveSnapshot> archive,
            Supplier<HlsSnapshot> hls,
            MemoryWatch memory,
            Supplier<DrillSnapshot> drills,
            Supplier<HeartbeatSnapshot> heartbeat,
            ChildLog childLog,
            DaemonLog daemonLog,
            ActiveConfiguration configuration) {
        this.loop = loop;
        this.supervisor = supervisor;
        this.broadcast = broadcast;
        this.onAir = onAir;
        this.metering = metering;
        this.shows = shows;
        this.archive = archive;
        this.hls = hls;
        this.memory = memory;
        this.drills = drills;
        this.heartbeat = heartbeat;
        this.childLog = childLog;
        this.daemonLog = daemonLog;
        this.configuration = configuration;
        this.startedAt = loop.now();
        this.startedNanos = loop.nanoTime();
    }

    @Override
    public RelaySnapshot get() {
        ActiveConfiguration.State now = configuration.now();
        Views views = new Views(
                now.config(), broadcast.traffic(), broadcast.icecast().current(), onAir.onAir(), metering.snapshot());
        return new RelaySnapshot(
                Version.current(),
                now.config().station().name(),
                loop.now(),
                startedAt,
                loop.since(startedNanos),
                now.generation(),
                now.lastReloadSucceeded(),
                now.lastReload(),
                supervisor.snapshot().stream()
                        .map(child -> child(child, now.config()))
                        .toList(),
                now.config().mounts().stream().map(mount -> mount(mount, views)).toList(),
                views.icecast(),
                views.traffic(),
                now.lineup().recording(),
                archive.get(),
                hls.get(),
                now.config().inputs().stream().map(RelayConfig.Input::name).toList(),
                views.onAir(),
                shows.snapshot(),
                loop.status(),
                logDropped(),
                memory.enforcement(),
                drills.get(),
                heartbeat.get());
    }

    private RelaySnapshot.Child child(ChildSnapshot child, RelayConfig config) {
        Optional<Duration> uptime = child.upSinceNanos().isPresent()
                ? Optional.of(loop.since(child.upSinceNanos().getAsLong()))
                : Optional.empty();
        return new RelaySnapshot.Child(
                child, memory.of(child.process(), child.pid()), config.memory().of(child.name()), uptime);
    }

    private RelaySnapshot.Mount mount(RelayConfig.Mount mount, Views views) {
        double bytesPerSecond = broadcast.bytesPerSecond(mount.path());
        Optional<MountTraffic> traffic =
                Optional.ofNullable(views.traffic().mounts().get(mount.path()));
        boolean connected = traffic.filter(MountTraffic::sourceConnected).isPresent();
        Optional<Feed> feed = traffic.flatMap(MountTraffic::feed).map(present -> feed(mount, present));
        boolean standby = feed.filter(Feed::onStandby).isPresent();
        Optional<MeterSnapshot> meter = Optional.ofNullable(views.meters().get(mount.path()));
        return new RelaySnapshot.Mount(
                mount.path(),
                mount.format().name().toLowerCase(Locale.ROOT),
                mount.bitrate(),
                connected && bytesPerSecond > 0 && !standby,
                traffic.map(present -> present.connected().getOrDefault(Role.LISTENER, 0))
                        .orElse(0),
                bytesPerSecond,
                feed.flatMap(present -> present.traffic().title()).or(() -> icecastsTitle(mount, views.icecast())),
                traffic.flatMap(present -> MountFacts.onAirSource(present, views.onAir())),
                target(meter, views.config()),
                meter,
                feed,
                traffic.flatMap(MountTraffic::primary));
    }

    /** Empty also in the moment of a reload in which the meter still has a profile that is gone. */
    private static OptionalDouble target(Optional<MeterSnapshot> meter, RelayConfig config) {
        return meter.flatMap(present -> config.profile(present.profile()))
                .map(profile -> OptionalDouble.of(profile.levels().target()))
                .orElseGet(OptionalDouble::empty);
    }

    private Feed feed(RelayConfig.Mount mount, FeedTraffic traffic) {
        return new Feed(traffic, broadcast.since(mount.path(), traffic.bridges()));
    }

    private static Optional<String> icecastsTitle(RelayConfig.Mount mount, Optional<IcecastStats> stats) {
        return stats.flatMap(all -> all.sources().stream()
                .filter(source -> source.mount().equals(mount.path()))
                .flatMap(source -> source.title().stream())
                .findFirst());
    }

    private Map<String, Long> logDropped() {
        Map<String, Long> dropped = new TreeMap<>(childLog.dropped());
        dropped.put(ChildLog.DAEMON, daemonLog.dropped() + daemonLog.failedWrites());
        return dropped;
    }
}
