package org.relaysupervisor.status;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.relaysupervisor.archive.ArchiveSnapshot;
import org.relaysupervisor.drill.DrillSnapshot;
import org.relaysupervisor.heartbeat.HeartbeatSnapshot;
import org.relaysupervisor.hls.HlsSnapshot;
import org.relaysupervisor.loop.LoopStatus;
import org.relaysupervisor.memory.ChildMemory;
import org.relaysupervisor.memory.Enforcement;
import org.relaysupervisor.metering.MeterSnapshot;
import org.relaysupervisor.programs.IcecastStats;
import org.relaysupervisor.programs.OnAir;
import org.relaysupervisor.programs.OnAir.InputState;
import org.relaysupervisor.proxy.PrimaryFault;
import org.relaysupervisor.proxy.ProxySnapshot;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.proxy.ProxySnapshot.Continuity;
import org.relaysupervisor.proxy.ProxySnapshot.FeedTraffic;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;
import org.relaysupervisor.proxy.ProxySnapshot.MountTraffic;
import org.relaysupervisor.proxy.ProxySnapshot.Outage;
import org.relaysupervisor.proxy.ProxySnapshot.PrimaryTraffic;
import org.relaysupervisor.proxy.ProxySnapshot.Route;
import org.relaysupervisor.proxy.ProxySnapshot.Tap;
import org.relaysupervisor.proxy.Refusal;
import org.relaysupervisor.proxy.Role;
import org.relaysupervisor.recording.RecordingSnapshot;
import org.relaysupervisor.shows.Show;
import org.relaysupervisor.shows.ShowsSnapshot;
import org.relaysupervisor.shows.ShowsSnapshot.CalendarState;
import org.relaysupervisor.status.RelaySnapshot.Feed;
import org.relaysupervisor.supervise.Cause;
import org.relaysupervisor.supervise.ChildSnapshot;
import org.relaysupervisor.supervise.ChildSnapshot.LastExit;
import org.relaysupervisor.supervise.ChildState;
import org.relaysupervisor.supervise.Replacements;

/**
 * Snapshots for tests. {@link #starting()}, {@link #onAir()} and {@link #offAir()} are whole stations; the methods after them each change one thing
 * and return the same object; {@link #build()} gives the record.
 */
public final class Snapshots {
    /** When every station here started. */
    public static final Instant STARTED = Instant.parse("2026-11-22T12:00:00Z");

    private static final Duration UPTIME = Duration.ofHours(2);
    /** When every snapshot is taken. */
    public static final Instant NOW = STARTED.plus(UPTIME);

    private static final Instant ENDED = NOW.minusSeconds(300);
    private static final long MIB = 1 << 20;

    private static final FeedTraffic EMPTY_FEED =
            new FeedTraffic("f0", Duration.ZERO, 0, Set.of(), 0, 0, 0, 0, Optional.empty());
    /** Of twelve listeners and the recorder. */
    private static final FeedTraffic FEED = feed(Set.of());

    private static FeedTraffic feed(Set<Bridge> bridges) {
        return new FeedTraffic("f0", Duration.ofMillis(24_480), 397_000, bridges, 13, 417, 2_048, 1, Optional.empty());
    }

    private static final double TARGET = -16;

    /** On now, by the calendar. */
    public static final Show EVENING = new Show(
            "Evening Session",
            Optional.of("talk"),
            Set.of(),
            NOW.minus(Duration.ofMinutes(30)),
            Optional.of(NOW.plus(Duration.ofMinutes(90))),
            Show.Origin.CALENDAR);
    /** After it, by the weekly times. */
    public static final Show NIGHT = new Show(
            "Night Shift",
            Optional.empty(),
            Set.of(),
            NOW.plus(Duration.ofHours(6)),
            Optional.of(NOW.plus(Duration.ofHours(8))),
            Show.Origin.WEEKLY);

    private static final CalendarState CALENDAR = new CalendarState(
            true,
            false,
            Optional.of(NOW.minus(Duration.ofMinutes(5))),
            Optional.of(Duration.ofMinutes(5)),
            1,
            12,
            List.of());

    private String station = "Test Radio";
    private long configGeneration = 1;
    private boolean lastReloadSucceeded = true;
    private Optional<Instant> lastReload = Optional.empty();
    private final List<RelaySnapshot.Child> children = new ArrayList<>();
    private final List<RelaySnapshot.Mount> mounts = new ArrayList<>();
    private Optional<IcecastStats> icecast = Optional.empty();
    private final Map<String, MountTraffic> traffic = new TreeMap<>();
    private Map<Route, Long> accepted = counts(Route.class);
    private Map<Refusal, Long> refusals = counts(Refusal.class);
    private int openConnections;
    private long accessLogDropped;
    private Continuity continuity = new Continuity(Map.of(), Map.of(), Map.of(), 0, Duration.ZERO, 0, 0);
    private RecordingSnapshot recording = RecordingSnapshot.nothing(true, "/live");
    private ArchiveSnapshot archive = Archives.starting();
    private HlsSnapshot hls = HlsSnapshots.off();
    private Optional<OnAir> onAir = Optional.empty();
    private DrillSnapshot drill = new DrillSnapshot(List.of("stop-stream", "silence"), Optional.empty());
    private HeartbeatSnapshot heartbeat =
            new HeartbeatSnapshot(true, Optional.of(NOW.minusSeconds(20)), 3, Optional.empty());
    private ShowsSnapshot shows = new ShowsSnapshot(
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.of(new CalendarState(false, false, Optional.empty(), Optional.empty(), 0, 0, List.of())));
    private LoopStatus loop = new LoopStatus(0, 0, 0, 0, Duration.ZERO, Duration.ZERO, 0);
    private final Map<String, Long> logDropped = new TreeMap<>(Map.of("daemon", 0L));

    private Snapshots() {}

    /** Icecast, Liquidsoap and recorder wanted and none up; {@code /live} silent; its calendar unread; every counter at 0. */
    public static Snapshots starting() {
        return new Snapshots()
                .heartbeat(new HeartbeatSnapshot(true, Optional.empty(), 0, Optional.empty()))
                .child(starting("icecast", 128 * MIB))
                .child(starting("liquidsoap", 400 * MIB))
                .child(starting("recorder", 96 * MIB))
                .mount(silent("/live"), silentTraffic());
    }

    /** Two hours on the air: all three up, {@code /live} with 12 listeners, a past of restarts, refusals and one reload. */
    public static Snapshots onAir() {
        Snapshots station = new Snapshots()
                .child(up("icecast", 4001, 128 * MIB, 9 * MIB, Map.of(Cause.SIGNAL, 2L)))
                .child(up("liquidsoap", 4002, 400 * MIB, 244 * MIB, Map.of(Cause.HANG, 1L, Cause.OPERATOR, 3L)))
                .child(up("recorder", 4003, 96 * MIB, 48 * MIB, Map.of(Cause.EXIT, 4L)))
                .exited("icecast", new LastExit(Cause.SIGNAL, "killed by SIGKILL", ENDED, Duration.ofMinutes(115)), "")
                .mount(
                        new RelaySnapshot.Mount(
                                "/live",
                                "mp3",
                                128,
                                true,
                                12,
                                16_000,
                                Optional.of("Some Artist - \"Some Title\""),
                                Optional.of("live"),
                                OptionalDouble.of(TARGET),
                                Optional.of(Meters.measuring(Meters.PROGRAMME)),
                                Optional.of(new Feed(FEED, Map.of())),
                                Optional.empty()),
                        new MountTraffic(
                                true,
                                115_200_000,
                                115_200_000,
                                counts(Role.class, Map.of(Role.SOURCE, 1, Role.LISTENER, 12, Role.RECORDER, 1), 0),
                                counts(
                                        Role.class,
                                        Map.of(Role.LISTENER, 1_382_400_000L, Role.RECORDER, 115_000_000L),
                                        0L),
                                new Tap(3, 1, 12, 5_016),
                                Optional.empty(),
                                Optional.of(FEED),
                                Optional.empty()))
                .playing("live", Map.of("live", InputState.READY, "night", InputState.AWAY))
                .shows(new ShowsSnapshot(true, Optional.of(EVENING), Optional.of(NIGHT), Optional.of(CALENDAR)))
                .source(source("/live", 0))
                .reloaded(true, 2)
                .loop(new LoopStatus(7_200, 1, 0, 2, Duration.ofMillis(312), Duration.ofMillis(3), 4))
                .logDropped("liquidsoap", 17)
                .archive(Archives.recording())
                .hls(HlsSnapshots.live(NOW.minusSeconds(4)))
                .recording(new RecordingSnapshot(
                        true,
                        "/live",
                        true,
                        114_900_000,
                        120,
                        Optional.of(Path.of("/var/lib/relay-supervisor/recordings/live-20261122T135900Z.mp3")),
                        Optional.of(NOW.minusMillis(250)),
                        Optional.of(NOW.minusMillis(900))));
        station.accepted = counts(Route.class, Map.of(Route.SOURCE, 3L, Route.LISTENER, 950L), 0L);
        station.refusals = counts(Refusal.class, Map.of(Refusal.LIMIT, 5L, Refusal.UPSTREAM_DOWN, 7L), 0L);
        station.openConnections = 15;
        station.accessLogDropped = 6;
        station.continuity = new Continuity(
                counts(Outage.class, Map.of(Outage.ICECAST, 24L, Outage.SOURCE, 12L), 0L),
                counts(Loss.class, Map.of(Loss.STALLED, 2L), 0L),
                counts(
                        Outage.class,
                        Map.of(Outage.ICECAST, Duration.ofMillis(1_250), Outage.SOURCE, Duration.ofSeconds(4)),
                        Duration.ZERO),
                3,
                Duration.ofMillis(20_500),
                7,
                1);
        return station;
    }

    /** An edge, without children, whose primary is away and was before. */
    public static Snapshots edge() {
        PrimaryTraffic primary = new PrimaryTraffic(
                false,
                Duration.ofMillis(12_300),
                counts(PrimaryFault.class, Map.of(PrimaryFault.STALLED, 2L, PrimaryFault.CONNECT, 5L), 0L),
                Optional.of("the primary at 10.0.0.1 cannot be connected to: refused"));
        RelaySnapshot.Mount live = silent("/live");
        MountTraffic none = silentTraffic();
        return new Snapshots()
                .mount(
                        new RelaySnapshot.Mount(
                                live.path(),
                                live.format(),
                                live.bitrate(),
                                false,
                                7,
                                0,
                                Optional.empty(),
                                Optional.of("standby"),
                                OptionalDouble.empty(),
                                Optional.empty(),
                                Optional.of(new Feed(
                                        feed(Set.of(Bridge.STANDBY)), Map.of(Bridge.STANDBY, NOW.minusSeconds(10)))),
                                Optional.of(primary)),
                        new MountTraffic(
                                false,
                                0,
                                0,
                                none.connected(),
                                none.sentBytes(),
                                Tap.NONE,
                                Optional.empty(),
                                Optional.of(feed(Set.of(Bridge.STANDBY))),
                                Optional.of(primary)));
    }

    /** Icecast can't start, Liquidsoap waits for it, the recorder was stopped by hand; nobody listens. */
    public static Snapshots offAir() {
        return onAir().child(dead("icecast", ChildState.FAILED, 128 * MIB, Map.of(Cause.EXIT, 11L, Cause.HANG, 1L)))
                .exited(
                        "icecast",
                        new LastExit(
                                Cause.EXIT, "exit 1: port 8010 is taken", NOW.minusSeconds(20), Duration.ofMillis(40)),
                        "tries again in 40 s")
                .child(dead("liquidsoap", ChildState.WAITING, 400 * MIB, Map.of()))
                .noted("liquidsoap", "waits for icecast")
                .child(dead("recorder", ChildState.STOPPED, 96 * MIB, Map.of()))
                .noted("recorder", "")
                .mount(silent("/live"), silentTraffic())
                .nothingKnownOfLiquidsoap()
                .shows(ShowsSnapshot.NONE)
                .icecastDown()
                .archive(Archives.interrupted())
                .hls(HlsSnapshots.off())
                .recording(new RecordingSnapshot(
                        true,
                        "/live",
                        false,
                        0,
                        0,
                        Optional.empty(),
                        Optional.of(NOW.minusSeconds(600)),
                        Optional.empty()));
    }

    public Snapshots station(String name) {
        station = name;
        return this;
    }

    /** Gives every mount this title. */
    public Snapshots title(String title) {
        mounts.replaceAll(mount -> changed(mount, mount.onAir(), Optional.of(title), mount.feed()));
        return this;
    }

    /** The mount plays on while a child is away, for three seconds already. */
    public Snapshots bridged(String path, Bridge... by) {
        Map<Bridge, Instant> since = new EnumMap<>(Bridge.class);
        Arrays.stream(by).forEach(bridge -> since.put(bridge, NOW.minusSeconds(3)));
        FeedTraffic feed = feed(since.keySet());
        mounts.replaceAll(mount -> mount.path().equals(path)
                ? changed(
                        mount,
                        mount.onAir() && !since.containsKey(Bridge.STANDBY),
                        mount.title(),
                        Optional.of(new Feed(feed, since)))
                : mount);
        return through(path, Optional.of(feed));
    }

    /** So many listen to the mount, whose source sends so much per second. */
    public Snapshots listening(String path, int listeners, double bytesPerSecond) {
        return mount(
                path,
                mount -> new RelaySnapshot.Mount(
                        mount.path(),
                        mount.format(),
                        mount.bitrate(),
                        mount.onAir(),
                        listeners,
                        bytesPerSecond,
                        mount.title(),
                        mount.onAirSource(),
                        mount.targetLufs(),
                        mount.meter(),
                        mount.feed(),
                        mount.primary()));
    }

    /** The mount is heard so. */
    public Snapshots metered(String path, MeterSnapshot meter) {
        return mount(path, mount -> heard(mount, mount.onAirSource(), Optional.of(meter)));
    }

    /** Nobody listens to what the mount sends. */
    public Snapshots unmetered(String path) {
        return mount(path, mount -> heard(mount, mount.onAirSource(), Optional.empty()));
    }

    /** Liquidsoap has played this for 40 s on every mount. */
    public Snapshots playing(String source, Map<String, InputState> inputs) {
        onAir = Optional.of(new OnAir(source, NOW.minusSeconds(40), inputs));
        mounts.replaceAll(mount -> heard(mount, Optional.of(source), mount.meter()));
        return this;
    }

    public Snapshots nothingKnownOfLiquidsoap() {
        onAir = Optional.empty();
        mounts.replaceAll(mount -> heard(mount, Optional.empty(), mount.meter()));
        return this;
    }

    public Snapshots shows(ShowsSnapshot shows) {
        this.shows = shows;
        return this;
    }

    private Snapshots mount(String path, UnaryOperator<RelaySnapshot.Mount> change) {
        mounts.replaceAll(mount -> mount.path().equals(path) ? change.apply(mount) : mount);
        return this;
    }

    private static RelaySnapshot.Mount heard(
            RelaySnapshot.Mount mount, Optional<String> source, Optional<MeterSnapshot> meter) {
        return new RelaySnapshot.Mount(
                mount.path(),
                mount.format(),
                mount.bitrate(),
                mount.onAir(),
                mount.listeners(),
                mount.bytesPerSecond(),
                mount.title(),
                source,
                meter.isPresent() ? OptionalDouble.of(TARGET) : OptionalDouble.empty(),
                meter,
                mount.feed(),
                mount.primary());
    }

    /** The mount is not in memory: its listeners are connected to Icecast. */
    public Snapshots byIcecast(String path) {
        mounts.replaceAll(mount ->
                mount.path().equals(path) ? changed(mount, mount.onAir(), mount.title(), Optional.empty()) : mount);
        return through(path, Optional.empty());
    }

    private Snapshots through(String path, Optional<FeedTraffic> feed) {
        MountTraffic before = traffic.get(path);
        traffic.put(
                path,
                new MountTraffic(
                        before.sourceConnected(),
                        before.sourceBytes(),
                        before.audioBytes(),
                        before.connected(),
                        before.sentBytes(),
                        before.tap(),
                        before.recorder(),
                        feed,
                        before.primary()));
        return this;
    }

    private static RelaySnapshot.Mount changed(
            RelaySnapshot.Mount mount, boolean onAir, Optional<String> title, Optional<Feed> feed) {
        return new RelaySnapshot.Mount(
                mount.path(),
                mount.format(),
                mount.bitrate(),
                onAir,
                mount.listeners(),
                mount.bytesPerSecond(),
                title,
                mount.onAirSource(),
                mount.targetLufs(),
                mount.meter(),
                feed,
                mount.primary());
    }

    private Snapshots exited(String name, LastExit exit, String note) {
        return changed(name, Optional.of(exit), note);
    }

    private Snapshots noted(String name, String note) {
        return changed(name, Optional.empty(), note);
    }

    private Snapshots changed(String name, Optional<LastExit> lastExit, String note) {
        children.replaceAll(child -> {
            ChildSnapshot state = child.state();
            return state.name().equals(name)
                    ? new RelaySnapshot.Child(
                            new ChildSnapshot(
                                    name,
                                    state.process(),
                                    state.wanted(),
                                    state.state(),
                                    state.pid(),
                                    state.startedAt(),
                                    state.adopted(),
                                    state.upSinceNanos(),
                                    state.starts(),
                                    state.restarts(),
                                    state.replacements(),
                                    lastExit,
                                    note),
                            child.memory(),
                            child.memoryLimit(),
                            child.uptime())
                    : child;
        });
        return this;
    }

    /** Adds a child, in the place of one with its name. */
    public Snapshots child(RelaySnapshot.Child child) {
        String name = child.state().name();
        children.removeIf(other -> other.state().name().equals(name));
        children.add(child);
        return this;
    }

    /** Adds a mount, in the place of one with its path. */
    public Snapshots mount(RelaySnapshot.Mount mount, MountTraffic through) {
        mounts.removeIf(other -> other.path().equals(mount.path()));
        mounts.add(mount);
        traffic.put(mount.path(), through);
        return this;
    }

    /** As after a reload with a configuration that no longer has the mount. */
    public Snapshots withoutMount(String path) {
        mounts.removeIf(mount -> mount.path().equals(path));
        traffic.remove(path);
        return withoutSource(path);
    }

    /** Icecast is up, and has this source among others. */
    public Snapshots source(IcecastStats.Source source) {
        List<IcecastStats.Source> sources = new ArrayList<>(sources());
        sources.add(source);
        return icecastWith(sources);
    }

    /** Icecast is up, and has no source on the mount. */
    public Snapshots withoutSource(String mount) {
        return icecastWith(sources().stream()
                .filter(source -> !source.mount().equals(mount))
                .toList());
    }

    public Snapshots icecastDown() {
        icecast = Optional.empty();
        return this;
    }

    public Snapshots reloaded(boolean succeeded, long generation) {
        lastReload = Optional.of(STARTED.plus(Duration.ofHours(1)));
        lastReloadSucceeded = succeeded;
        configGeneration = generation;
        return this;
    }

    public Snapshots recording(RecordingSnapshot recording) {
        this.recording = recording;
        return this;
    }

    public Snapshots archive(ArchiveSnapshot archive) {
        this.archive = archive;
        return this;
    }

    public Snapshots hls(HlsSnapshot hls) {
        this.hls = hls;
        return this;
    }

    public Snapshots loop(LoopStatus loop) {
        this.loop = loop;
        return this;
    }

    public Snapshots logDropped(String from, long lines) {
        logDropped.put(from, lines);
        return this;
    }

    public Snapshots drill(DrillSnapshot drill) {
        this.drill = drill;
        return this;
    }

    public Snapshots heartbeat(HeartbeatSnapshot heartbeat) {
        this.heartbeat = heartbeat;
        return this;
    }

    public RelaySnapshot build() {
        return new RelaySnapshot(
                "0.1.0",
                station,
                NOW,
                STARTED,
                UPTIME,
                configGeneration,
                lastReloadSucceeded,
                lastReload,
                children,
                mounts,
                icecast,
                new ProxySnapshot(
                        traffic,
                        accepted,
                        refusals,
                        openConnections,
                        accessLogDropped,
                        0,
                        0,
                        new ProxySnapshot.UpstreamTraffic(0, 0, 0, 0, Duration.ZERO),
                        continuity),
                recording,
                archive,
                hls,
                List.of("live", "night"),
                onAir,
                shows,
                loop,
                logDropped,
                Enforcement.CGROUP,
                drill,
                heartbeat);
    }

    /** A child that has not been up yet. */
    public static RelaySnapshot.Child starting(String name, long memoryLimit) {
        return child(name, ChildState.STARTING, OptionalLong.empty(), memoryLimit, OptionalLong.empty(), Map.of());
    }

    /** A child at work. */
    public static RelaySnapshot.Child up(
            String name, long pid, long memoryLimit, long residentBytes, Map<Cause, Long> restarts) {
        return child(name, ChildState.UP, OptionalLong.of(pid), memoryLimit, OptionalLong.of(residentBytes), restarts);
    }

    /** A child whose process is gone, in BACKOFF or FAILED for example. */
    public static RelaySnapshot.Child dead(String name, ChildState state, long memoryLimit, Map<Cause, Long> restarts) {
        return child(name, state, OptionalLong.empty(), memoryLimit, OptionalLong.empty(), restarts);
    }

    private static RelaySnapshot.Child child(
            String name,
            ChildState state,
            OptionalLong pid,
            long memoryLimit,
            OptionalLong residentBytes,
            Map<Cause, Long> restarts) {
        boolean up = state == ChildState.UP;
        long restarted = restarts.values().stream().mapToLong(Long::longValue).sum();
        ChildSnapshot snapshot = new ChildSnapshot(
                name,
                name,
                state != ChildState.STOPPED,
                state,
                pid,
                pid.isPresent() ? Optional.of(STARTED.plusMillis(1_500)) : Optional.empty(),
                false,
                up ? OptionalLong.of(3_000_000_000L) : OptionalLong.empty(),
                restarted + 1,
                counts(Cause.class, restarts, 0L),
                Replacements.NONE,
                Optional.empty(),
                state.label());
        return new RelaySnapshot.Child(
                snapshot,
                residentBytes.isPresent()
                        ? new ChildMemory(
                                residentBytes, OptionalDouble.of(0.25), OptionalLong.of(0), OptionalDouble.of(86_000))
                        : ChildMemory.NONE,
                memoryLimit,
                pid.isPresent() ? Optional.of(UPTIME.minusMillis(1_500)) : Optional.empty());
    }

    /** An MP3 mount without a source. */
    public static RelaySnapshot.Mount silent(String path) {
        return new RelaySnapshot.Mount(
                path,
                "mp3",
                128,
                false,
                0,
                0,
                Optional.empty(),
                Optional.empty(),
                OptionalDouble.of(TARGET),
                Optional.of(Meters.waiting()),
                Optional.of(new Feed(EMPTY_FEED, Map.of())),
                Optional.empty());
    }

    /** Nothing has passed yet. */
    public static MountTraffic silentTraffic() {
        return new MountTraffic(
                false,
                0,
                0,
                counts(Role.class, Map.of(), 0),
                counts(Role.class),
                Tap.NONE,
                Optional.empty(),
                Optional.of(EMPTY_FEED),
                Optional.empty());
    }

    /** An MP3 source on Icecast, 4 s after the daemon's start. */
    public static IcecastStats.Source source(String mount, long listeners) {
        return new IcecastStats.Source(
                mount,
                "http://radio.example:8000" + mount,
                "audio/mpeg",
                listeners,
                listeners + 30,
                Optional.of(STARTED.plusSeconds(4)),
                Optional.of("Some Artist - \"Some Title\""));
    }

    /** Zero for each. */
    public static <K extends Enum<K>> Map<K, Long> counts(Class<K> keys) {
        return counts(keys, Map.of(), 0L);
    }

    /** The given values, and {@code zero} for the other keys. */
    public static <K extends Enum<K>, V> Map<K, V> counts(Class<K> keys, Map<K, V> known, V zero) {
        Map<K, V> counts = new EnumMap<>(keys);
        Arrays.stream(keys.getEnumConstants()).forEach(key -> counts.put(key, known.getOrDefault(key, zero)));
        return counts;
    }

    private List<IcecastStats.Source> sources() {
        return icecast.map(IcecastStats::sources).orElse(List.of());
    }

    private Snapshots icecastWith(List<IcecastStats.Source> sources) {
        icecast = Optional.of(new IcecastStats("Icecast 2.4.4", Optional.of(STARTED.plusSeconds(1)), 20, sources));
        return this;
    }
}
