package org.relaysupervisor.status;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
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
import org.relaysupervisor.proxy.ProxySnapshot;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.proxy.ProxySnapshot.FeedTraffic;
import org.relaysupervisor.proxy.ProxySnapshot.PrimaryTraffic;
import org.relaysupervisor.recording.RecordingSnapshot;
import org.relaysupervisor.shows.ShowsSnapshot;
import org.relaysupervisor.supervise.ChildSnapshot;

/**
 * All that {@code relayctl status} and {@code /metrics} show, at one moment. Made on the asking thread from published snapshots,
 * so that it can be had while the control loop is stuck.
 *
 * @param uptime since the daemon's start, by the monotonic clock
 * @param configGeneration 1 at start, one more at each successful reload
 * @param lastReloadSucceeded true when there was none
 * @param lastReload when the newest reload was tried
 * @param icecast the newest answer of Icecast; empty when it is down or the answer is too old to be shown as current
 * @param inputs the names of the configured inputs, in order of preference
 * @param onAir what Liquidsoap plays; empty while it doesn't say
 * @param logDropped lines dropped by the bounded logs, by where: {@code daemon}, or a child's name
 * @param memoryEnforcement who keeps the children within their memory limits
 */
public record RelaySnapshot(
        String version,
        String station,
        Instant now,
        Instant startedAt,
        Duration uptime,
        long configGeneration,
        boolean lastReloadSucceeded,
        Optional<Instant> lastReload,
        List<Child> children,
        List<Mount> mounts,
        Optional<IcecastStats> icecast,
        ProxySnapshot proxy,
        RecordingSnapshot recording,
        ArchiveSnapshot archive,
        HlsSnapshot hls,
        List<String> inputs,
        Optional<OnAir> onAir,
        ShowsSnapshot shows,
        LoopStatus loop,
        Map<String, Long> logDropped,
        Enforcement memoryEnforcement,
        DrillSnapshot drill,
        HeartbeatSnapshot heartbeat) {

    public RelaySnapshot {
        children = List.copyOf(children);
        mounts = List.copyOf(mounts);
        inputs = List.copyOf(inputs);
        logDropped = Map.copyOf(logDropped);
    }

    /** Whether this is a second relay, without Icecast and Liquidsoap. */
    public boolean isEdge() {
        return mounts.stream().anyMatch(mount -> mount.primary().isPresent());
    }

    /** Whether the mount that is to be recorded has something to record. */
    public boolean isRecordedMountOnAir() {
        return mounts.stream().anyMatch(mount -> mount.path().equals(recording.mount()) && mount.onAir());
    }

    /**
     * @param memory what it uses now, and where that is going
     * @param memoryLimit in bytes, from the configuration
     * @param uptime since it came up, by the monotonic clock; empty when it isn't up
     */
    public record Child(ChildSnapshot state, ChildMemory memory, long memoryLimit, Optional<Duration> uptime) {
        /** What it uses now. */
        public OptionalLong residentBytes() {
            return memory.bytes();
        }
    }

    /**
     * @param format such as {@code mp3}
     * @param bitrate in kbit/s, as configured
     * @param onAir whether its source sends audio now
     * @param listeners people: recorder and probes not counted
     * @param bytesPerSecond what the source sent, over the last seconds
     * @param title what plays, when the source said so
     * @param onAirSource the name of an input, or {@code standby} or {@code nothing}; empty while it isn't known
     * @param targetLufs the loudness that its profile aims at; empty when the mount isn't metered
     * @param meter empty when the mount isn't metered
     * @param feed empty when listeners are connected to Icecast, because the configuration says so or the format isn't known
     * @param primary where an edge fetches it; empty on a primary
     */
    public record Mount(
            String path,
            String format,
            int bitrate,
            boolean onAir,
            int listeners,
            double bytesPerSecond,
            Optional<String> title,
            Optional<String> onAirSource,
            OptionalDouble targetLufs,
            Optional<MeterSnapshot> meter,
            Optional<Feed> feed,
            Optional<PrimaryTraffic> primary) {
        /** Whether listeners hear the standby programme from our memory. */
        public boolean onStandby() {
            return feed.filter(Feed::onStandby).isPresent();
        }
    }

    /**
     * A mount in memory.
     *
     * @param traffic its figures
     * @param bridges what plays on while a child is away, and since when, to about a second
     */
    public record Feed(FeedTraffic traffic, Map<Bridge, Instant> bridges) {
        public Feed {
            bridges = Map.copyOf(bridges);
        }

        /** Whether the standby programme plays from our memory. */
        public boolean onStandby() {
            return bridges.containsKey(Bridge.STANDBY);
        }
    }
}
