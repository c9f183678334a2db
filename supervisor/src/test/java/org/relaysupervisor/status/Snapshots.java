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
import java.util.OptionalLong;
import java.util.TreeMap;
import org.relaysupervisor.loop.LoopStatus;
import org.relaysupervisor.programs.IcecastStats;
import org.relaysupervisor.proxy.ProxySnapshot;
import org.relaysupervisor.proxy.ProxySnapshot.MountTraffic;
import org.relaysupervisor.proxy.ProxySnapshot.Route;
import org.relaysupervisor.proxy.Refusal;
import org.relaysupervisor.proxy.Role;
import org.relaysupervisor.recording.RecordingSnapshot;
import org.relaysupervisor.supervise.Cause;
import org.relaysupervisor.supervise.ChildSnapshot;
import org.relaysupervisor.supervise.ChildState;

/**
 * Snapshots for tests. {@link #starting()} and {@link #onAir()} are whole stations; the methods after them each change one thing
 * and return the same object; {@link #build()} gives the record.
 */
public final class Snapshots {
    /** When every station here started. */
    public static final Instant STARTED = Instant.parse("2026-11-22T12:00:00Z");

    private static final Duration UPTIME = Duration.ofHours(2);
    private static final Instant NOW = STARTED.plus(UPTIME);
    private static final long MIB = 1 << 20;

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
    private RecordingSnapshot recording =
            new RecordingSnapshot(true, "/live", false, 0, 0, Optional.empty(), Optional.empty());
    private LoopStatus loop = new LoopStatus(0, 0, 0, 0, Duration.ZERO, Duration.ZERO, 0);
    private final Map<String, Long> logDropped = new TreeMap<>(Map.of("daemon", 0L));

    private Snapshots() {}

    /** Icecast, Liquidsoap and recorder wanted and none up; {@code /live} silent; every counter at 0. */
    public static Snapshots starting() {
        return new Snapshots()
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
                .mount(
                        new RelaySnapshot.Mount(
                                "/live", "mp3", 128, true, 12, 16_000, Optional.of("Some Artist - \"Some Title\"")),
                        new MountTraffic(
                                true,
                                115_200_000,
                                counts(Role.class, Map.of(Role.SOURCE, 1, Role.LISTENER, 12, Role.RECORDER, 1), 0),
                                counts(
                                        Role.class,
                                        Map.of(Role.LISTENER, 1_382_400_000L, Role.RECORDER, 115_000_000L),
                                        0L),
                                Optional.empty()))
                .source(source("/live", 13))
                .reloaded(true, 2)
                .loop(new LoopStatus(7_200, 1, 0, 2, Duration.ofMillis(312), Duration.ofMillis(3), 4))
                .logDropped("liquidsoap", 17)
                .recording(new RecordingSnapshot(
                        true,
                        "/live",
                        true,
                        114_900_000,
                        120,
                        Optional.of(Path.of("/var/lib/relay-supervisor/recordings/live-20261122T135900Z.mp3")),
                        Optional.of(NOW.minusMillis(250))));
        station.accepted = counts(Route.class, Map.of(Route.SOURCE, 3L, Route.LISTENER, 950L), 0L);
        station.refusals = counts(Refusal.class, Map.of(Refusal.LIMIT, 5L, Refusal.UPSTREAM_DOWN, 7L), 0L);
        station.openConnections = 15;
        station.accessLogDropped = 6;
        return station;
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

    public Snapshots loop(LoopStatus loop) {
        this.loop = loop;
        return this;
    }

    public Snapshots logDropped(String from, long lines) {
        logDropped.put(from, lines);
        return this;
    }

    public RelaySnapshot build() {
        return new RelaySnapshot(
                "0.1.0",
                "Test Radio",
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
                        new ProxySnapshot.Continuity(Map.of(), Map.of(), Map.of(), 0, Duration.ZERO)),
                recording,
                loop,
                logDropped);
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
                state != ChildState.STOPPED,
                state,
                pid,
                pid.isPresent() ? Optional.of(STARTED.plusMillis(1_500)) : Optional.empty(),
                up ? OptionalLong.of(3_000_000_000L) : OptionalLong.empty(),
                restarted + 1,
                counts(Cause.class, restarts, 0L),
                Optional.empty(),
                state.label());
        return new RelaySnapshot.Child(
                snapshot,
                residentBytes,
                memoryLimit,
                pid.isPresent() ? Optional.of(UPTIME.minusMillis(1_500)) : Optional.empty());
    }

    /** An MP3 mount without a source. */
    public static RelaySnapshot.Mount silent(String path) {
        return new RelaySnapshot.Mount(path, "mp3", 128, false, 0, 0, Optional.empty());
    }

    /** Nothing has passed yet. */
    public static MountTraffic silentTraffic() {
        return new MountTraffic(false, 0, counts(Role.class, Map.of(), 0), counts(Role.class), Optional.empty());
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
