package org.relaysupervisor.status;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.relaysupervisor.loop.LoopStatus;
import org.relaysupervisor.programs.IcecastStats;
import org.relaysupervisor.proxy.ProxySnapshot;
import org.relaysupervisor.proxy.Refusal;
import org.relaysupervisor.proxy.Role;
import org.relaysupervisor.recording.RecordingSnapshot;
import org.relaysupervisor.supervise.Cause;
import org.relaysupervisor.supervise.ChildSnapshot;
import org.relaysupervisor.supervise.ChildSnapshot.LastExit;
import org.relaysupervisor.supervise.ChildState;

/** Examples as a running relay gives them, for tests of what shows them. */
public final class Examples {
    public static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private static final long MIB = 1024 * 1024;

    private Examples() {}

    /** On the air for three days; Icecast was killed once, five minutes ago. */
    public static RelaySnapshot healthy() {
        ChildSnapshot icecast = up("icecast", 4101, Duration.ofMinutes(5))
                .restarted(Map.of(Cause.SIGNAL, 1L))
                .lastExit(new LastExit(Cause.SIGNAL, "killed by KILL", NOW.minusSeconds(300), Duration.ofHours(75)))
                .build();
        ChildSnapshot liquidsoap = up("liquidsoap", 4102, Duration.ofHours(75)).build();
        ChildSnapshot recorder = up("recorder", 1234567, Duration.ofHours(75)).build();
        RelaySnapshot.Mount live =
                new RelaySnapshot.Mount("/live", "mp3", 128, true, 42, 16_000, Optional.of("Artist — A Song"));
        IcecastStats.Source source = new IcecastStats.Source(
                "/live",
                "http://localhost:8010/live",
                "audio/mpeg",
                43,
                50,
                Optional.of(NOW.minusSeconds(299)),
                Optional.of("Artist — A Song"));
        return snapshot(
                List.of(
                        child(icecast, 12 * MIB, 256, Duration.ofMinutes(5)),
                        child(liquidsoap, 187 * MIB, 512, Duration.ofHours(75)),
                        child(recorder, 41 * MIB, 256, Duration.ofHours(75))),
                live,
                Optional.of(new IcecastStats("Icecast 2.4.4", Optional.of(NOW.minusSeconds(300)), 45, List.of(source))),
                proxy(true),
                new RecordingSnapshot(
                        true,
                        "/live",
                        true,
                        4_320_000_000L,
                        75,
                        Optional.of(Path.of("/var/lib/relay-supervisor/segments/live-20261122T110000Z.mp3")),
                        Optional.of(NOW.minusSeconds(1))));
    }

    /** Icecast can't start, Liquidsoap waits for it, the recorder was stopped by hand. */
    public static RelaySnapshot offAir() {
        ChildSnapshot icecast = new Draft("icecast", ChildState.FAILED)
                .restarted(Map.of(Cause.EXIT, 11L, Cause.HANG, 1L))
                .lastExit(new LastExit(
                        Cause.EXIT, "exit 1: port 8010 is taken", NOW.minusSeconds(20), Duration.ofMillis(40)))
                .note("tries again in 40 s")
                .build();
        ChildSnapshot liquidsoap = new Draft("liquidsoap", ChildState.WAITING)
                .note("waits for icecast")
                .build();
        ChildSnapshot recorder =
                new Draft("recorder", ChildState.STOPPED).unwanted().build();
        return snapshot(
                List.of(down(icecast, 256), down(liquidsoap, 512), down(recorder, 256)),
                new RelaySnapshot.Mount("/live", "mp3", 128, false, 0, 0, Optional.empty()),
                Optional.empty(),
                proxy(false),
                new RecordingSnapshot(
                        true, "/live", false, 0, 0, Optional.empty(), Optional.of(NOW.minusSeconds(600))));
    }

    /** The same with other children. */
    public static RelaySnapshot withChildren(RelaySnapshot relay, List<RelaySnapshot.Child> children) {
        return new RelaySnapshot(
                relay.version(),
                relay.station(),
                relay.now(),
                relay.startedAt(),
                relay.uptime(),
                relay.configGeneration(),
                relay.lastReloadSucceeded(),
                relay.lastReload(),
                children,
                relay.mounts(),
                relay.icecast(),
                relay.proxy(),
                relay.recording(),
                relay.loop(),
                relay.logDropped());
    }

    /** The same with another station's name and title. */
    public static RelaySnapshot withTexts(RelaySnapshot relay, String station, String title) {
        List<RelaySnapshot.Mount> mounts = new ArrayList<>();
        for (RelaySnapshot.Mount mount : relay.mounts()) {
            mounts.add(new RelaySnapshot.Mount(
                    mount.path(),
                    mount.format(),
                    mount.bitrate(),
                    mount.onAir(),
                    mount.listeners(),
                    mount.bytesPerSecond(),
                    Optional.of(title)));
        }
        return new RelaySnapshot(
                relay.version(),
                station,
                relay.now(),
                relay.startedAt(),
                relay.uptime(),
                relay.configGeneration(),
                relay.lastReloadSucceeded(),
                relay.lastReload(),
                relay.children(),
                mounts,
                relay.icecast(),
                relay.proxy(),
                relay.recording(),
                relay.loop(),
                relay.logDropped());
    }

    private static RelaySnapshot snapshot(
            List<RelaySnapshot.Child> children,
            RelaySnapshot.Mount mount,
            Optional<IcecastStats> icecast,
            ProxySnapshot proxy,
            RecordingSnapshot recording) {
        return new RelaySnapshot(
                "0.1.0",
                "Radio Example",
                NOW,
                NOW.minus(Duration.ofHours(76)),
                Duration.ofHours(76),
                2,
                true,
                Optional.of(NOW.minusSeconds(7200)),
                children,
                List.of(mount),
                icecast,
                proxy,
                recording,
                new LoopStatus(123_456, 0, 0, 1, Duration.ofMillis(260), Duration.ZERO, 0),
                Map.of("daemon", 0L, "icecast", 0L, "liquidsoap", 7L, "recorder", 0L));
    }

    private static RelaySnapshot.Child child(ChildSnapshot state, long resident, long limitMib, Duration uptime) {
        return new RelaySnapshot.Child(state, OptionalLong.of(resident), limitMib * MIB, Optional.of(uptime));
    }

    private static RelaySnapshot.Child down(ChildSnapshot state, long limitMib) {
        return new RelaySnapshot.Child(state, OptionalLong.empty(), limitMib * MIB, Optional.empty());
    }

    private static ProxySnapshot proxy(boolean onAir) {
        Map<Role, Integer> connected = new EnumMap<>(Role.class);
        Map<Role, Long> sent = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            connected.put(role, 0);
            sent.put(role, 0L);
        }
        connected.put(Role.SOURCE, onAir ? 1 : 0);
        connected.put(Role.LISTENER, onAir ? 42 : 0);
        connected.put(Role.RECORDER, onAir ? 1 : 0);
        sent.put(Role.LISTENER, 181_440_000_000L);
        sent.put(Role.RECORDER, 4_320_000_000L);
        Map<Refusal, Long> refusals = new EnumMap<>(Refusal.class);
        for (Refusal refusal : Refusal.values()) {
            refusals.put(refusal, 0L);
        }
        refusals.put(Refusal.LIMIT, 3L);
        return new ProxySnapshot(
                Map.of(
                        "/live",
                        new ProxySnapshot.MountTraffic(onAir, 4_320_000_000L, connected, sent, Optional.empty())),
                Map.of(ProxySnapshot.Route.SOURCE, 2L, ProxySnapshot.Route.LISTENER, 1001L),
                refusals,
                onAir ? 44 : 0,
                0,
                0,
                0,
                new ProxySnapshot.UpstreamTraffic(0, 0, 0, 0, Duration.ZERO),
                new ProxySnapshot.Continuity(Map.of(), Map.of(), Map.of(), 0, Duration.ZERO));
    }

    private static Draft up(String name, long pid, Duration since) {
        Draft draft = new Draft(name, ChildState.UP);
        draft.pid = OptionalLong.of(pid);
        draft.startedAt = Optional.of(NOW.minus(since));
        draft.upSince = OptionalLong.of(1);
        return draft;
    }

    private static final class Draft {
        private final String name;
        private final ChildState state;
        private final Map<Cause, Long> restarts = new EnumMap<>(Cause.class);
        private OptionalLong pid = OptionalLong.empty();
        private Optional<Instant> startedAt = Optional.empty();
        private OptionalLong upSince = OptionalLong.empty();
        private Optional<LastExit> lastExit = Optional.empty();
        private boolean wanted = true;
        private String note = "";

        Draft(String name, ChildState state) {
            this.name = name;
            this.state = state;
            for (Cause cause : Cause.values()) {
                restarts.put(cause, 0L);
            }
        }

        Draft restarted(Map<Cause, Long> counts) {
            restarts.putAll(counts);
            return this;
        }

        Draft lastExit(LastExit exit) {
            lastExit = Optional.of(exit);
            return this;
        }

        Draft note(String text) {
            note = text;
            return this;
        }

        Draft unwanted() {
            wanted = false;
            return this;
        }

        ChildSnapshot build() {
            long starts =
                    1 + restarts.values().stream().mapToLong(Long::longValue).sum();
            return new ChildSnapshot(name, wanted, state, pid, startedAt, upSince, starts, restarts, lastExit, note);
        }
    }
}
