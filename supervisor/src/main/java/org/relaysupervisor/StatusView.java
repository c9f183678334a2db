package org.relaysupervisor;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.log.DaemonLog;
import org.relaysupervisor.loop.ControlLoop;
import org.relaysupervisor.metering.MeterSnapshot;
import org.relaysupervisor.metering.Metering;
import org.relaysupervisor.process.ChildLog;
import org.relaysupervisor.process.ProcFs;
import org.relaysupervisor.programs.IcecastStats;
import org.relaysupervisor.programs.OnAirWatch;
import org.relaysupervisor.proxy.Proxy;
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
    private final Proxy proxy;
    private final IcecastWatch icecast;
    private final MountRates rates;
    private final BridgeTimes bridges;
    private final OnAirWatch onAir;
    private final Metering metering;
    private final Shows shows;
    private final ProcFs procFs;
    private final ChildLog childLog;
    private final DaemonLog daemonLog;
    private final ActiveConfiguration configuration;
    private final Instant startedAt;
    private final long startedNanos;

    StatusView(
            ControlLoop loop,
            Supervisor supervisor,
            Proxy proxy,
            IcecastWatch icecast,
            MountRates rates,
            BridgeTimes bridges,
            OnAirWatch onAir,
            Metering metering,
            Shows shows,
            ProcFs procFs,
            ChildLog childLog,
            DaemonLog daemonLog,
            ActiveConfiguration configuration) {
        this.loop = loop;
        this.supervisor = supervisor;
        this.proxy = proxy;
        this.icecast = icecast;
        this.rates = rates;
        this.bridges = bridges;
        this.onAir = onAir;
        this.metering = metering;
        this.shows = shows;
        this.procFs = procFs;
        this.childLog = childLog;
        this.daemonLog = daemonLog;
        this.configuration = configuration;
        this.startedAt = loop.now();
        this.startedNanos = loop.nanoTime();
    }

    @Override
    public RelaySnapshot get() {
        ActiveConfiguration.State now = configuration.now();
        ProxySnapshot traffic = proxy.snapshot();
        Optional<IcecastStats> stats = icecast.current();
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
                mounts(now.config(), traffic, stats),
                stats,
                traffic,
                now.lineup().recording(),
                now.config().inputs().stream().map(RelayConfig.Input::name).toList(),
                onAir.onAir(),
                shows.snapshot(),
                loop.status(),
                logDropped());
    }

    private RelaySnapshot.Child child(ChildSnapshot child, RelayConfig config) {
        OptionalLong resident =
                child.pid().isPresent() ? procFs.residentBytes(child.pid().getAsLong()) : OptionalLong.empty();
        Optional<Duration> uptime = child.upSinceNanos().isPresent()
                ? Optional.of(loop.since(child.upSinceNanos().getAsLong()))
                : Optional.empty();
        return new RelaySnapshot.Child(child, resident, config.memory().of(child.name()), uptime);
    }

    private List<RelaySnapshot.Mount> mounts(RelayConfig config, ProxySnapshot traffic, Optional<IcecastStats> stats) {
        return config.mounts().stream()
                .map(mount -> mount(config, mount, traffic.mounts().get(mount.path()), stats))
                .toList();
    }

    private RelaySnapshot.Mount mount(
            RelayConfig config, RelayConfig.Mount mount, MountTraffic traffic, Optional<IcecastStats> stats) {
        double bytesPerSecond = rates.bytesPerSecond(mount.path());
        boolean connected = traffic != null && traffic.sourceConnected();
        Optional<Feed> feed =
                traffic == null ? Optional.empty() : traffic.feed().map(present -> feed(mount, present));
        int listeners = traffic == null ? 0 : traffic.connected().getOrDefault(Role.LISTENER, 0);
        boolean standby = feed.filter(Feed::onStandby).isPresent();
        Optional<MeterSnapshot> meter = Optional.ofNullable(metering.snapshot().get(mount.path()));
        return new RelaySnapshot.Mount(
                mount.path(),
                mount.format().name().toLowerCase(Locale.ROOT),
                mount.bitrate(),
                connected && bytesPerSecond > 0 && !standby,
                listeners,
                bytesPerSecond,
                feed.flatMap(present -> present.traffic().title()).or(() -> icecastsTitle(mount, stats)),
                traffic == null ? Optional.empty() : MountFacts.onAirSource(traffic, onAir.onAir()),
                target(config, meter),
                meter,
                feed);
    }

    /** Empty also in the moment of a reload in which the meter still has a profile that is gone. */
    private static OptionalDouble target(RelayConfig config, Optional<MeterSnapshot> meter) {
        return config.profiles().stream()
                .filter(profile -> meter.filter(present -> present.profile().equals(profile.name()))
                        .isPresent())
                .mapToDouble(profile -> profile.levels().target())
                .findFirst();
    }

    private Feed feed(RelayConfig.Mount mount, FeedTraffic traffic) {
        return new Feed(traffic, bridges.since(mount.path(), traffic.bridges()));
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
