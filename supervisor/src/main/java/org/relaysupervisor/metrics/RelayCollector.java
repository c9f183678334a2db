package org.relaysupervisor.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.relaysupervisor.loop.LoopStatus;
import org.relaysupervisor.metrics.Families.Family;
import org.relaysupervisor.programs.IcecastStats;
import org.relaysupervisor.proxy.ProxySnapshot;
import org.relaysupervisor.proxy.ProxySnapshot.FeedTraffic;
import org.relaysupervisor.proxy.ProxySnapshot.MountTraffic;
import org.relaysupervisor.proxy.ProxySnapshot.Route;
import org.relaysupervisor.proxy.Refusal;
import org.relaysupervisor.proxy.Role;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.supervise.Cause;
import org.relaysupervisor.supervise.ChildSnapshot;
import org.relaysupervisor.supervise.ChildState;

/**
 * Translates one {@link RelaySnapshot} per scrape into samples, so the figures of a scrape belong together. It keeps nothing
 * between scrapes: a series exists while its child, mount or source does. No label holds a client or a title.
 */
final class RelayCollector implements MultiCollector {
    private final Supplier<RelaySnapshot> snapshots;

    RelayCollector(Supplier<RelaySnapshot> snapshots) {
        this.snapshots = snapshots;
    }

    @Override
    public MetricSnapshots collect() {
        RelaySnapshot relay = snapshots.get();
        Families families = new Families();
        daemon(relay, families);
        config(relay, families);
        loop(relay.loop(), families);
        icecast(relay, families);
        children(relay, families);
        MemoryFamilies.add(relay, families);
        mounts(relay, families);
        proxy(relay, families);
        PrimaryFamilies.add(relay.proxy(), families);
        FeedFamilies.add(relay.proxy(), families);
        MeterFamilies.add(relay, families);
        ShowFamilies.add(relay, families);
        RecordingFamilies.add(relay, families);
        DrillFamilies.add(relay, families);
        HlsFamilies.add(relay.hls(), families);
        return families.build();
    }

    private static void daemon(RelaySnapshot relay, Families families) {
        families.gauge("relay_build_info", "Always 1; its labels say what runs.", "version", "java_version")
                .sample(1, relay.version(), Runtime.version().toString());
        families.gauge("relay_start_time_seconds", "When the daemon started, in seconds since 1970.")
                .sample(relay.startedAt());
        Family dropped = families.counter(
                "relay_log_dropped_lines_total", "Lines the bounded logs dropped, by who wrote them.", "from");
        relay.logDropped().forEach((from, lines) -> dropped.sample(lines, from));
        // Born at 0: increase() would not see a series whose first value is its first drop.
        dropped.sample(0, "daemon");
        relay.children().forEach(child -> dropped.sample(0, child.state().name()));
    }

    private static void config(RelaySnapshot relay, Families families) {
        families.gauge("relay_config_generation", "1 at the start, one more at each successful reload.")
                .sample(relay.configGeneration());
        families.gauge(
                        "relay_config_last_reload_successful",
                        "1 when the newest reload was applied, or there was none; 0 when it was refused.")
                .sample(relay.lastReloadSucceeded());
        Family tried = families.gauge(
                "relay_config_last_reload_timestamp_seconds",
                "When the newest reload was tried, in seconds since 1970; absent before the first.");
        relay.lastReload().ifPresent(tried::sample);
    }

    private static void loop(LoopStatus loop, Families families) {
        families.counter("relay_loop_tasks_total", "Tasks the control loop ran.")
                .sample(loop.tasks());
        families.counter("relay_loop_failures_total", "Control loop tasks that ended with an uncaught exception.")
                .sample(loop.failures());
        families.counter("relay_loop_rejected_total", "Tasks refused because the control loop's queue was full.")
                .sample(loop.rejected());
        families.counter("relay_loop_stalls_total", "Tasks that held the control loop for longer than 250 ms.")
                .sample(loop.stalls());
        families.gauge("relay_loop_longest_task_seconds", "The longest control loop task since the start.")
                .sample(loop.longestTask());
        families.gauge(
                        "relay_loop_current_task_seconds",
                        "How long the control loop's present task has been running; 0 when idle.")
                .sample(loop.currentTask());
        families.gauge("relay_loop_queue", "Tasks waiting for the control loop.")
                .sample(loop.queued());
    }

    /** Under the names that icecast_exporter uses, so dashboards and rules written for it work. An edge has no Icecast that could be down. */
    private static void icecast(RelaySnapshot relay, Families families) {
        if (relay.isEdge()) {
            return;
        }
        Optional<IcecastStats> stats = relay.icecast();
        families.gauge("icecast_up", "1 when Icecast answers with its statistics.")
                .sample(stats.isPresent());
        Family serverStart = families.gauge("icecast_server_start", "When Icecast started, in seconds since 1970.");
        stats.flatMap(IcecastStats::serverStart).ifPresent(serverStart::sample);

        String[] labels = {"listenurl", "server_type", "mount"};
        Family listeners = families.gauge(
                "icecast_listeners",
                "Listeners as Icecast counts them, and those that get the mount from our memory; with recorder and probes.",
                labels);
        Family streamStart = families.gauge(
                "icecast_stream_start", "When the mount's source connected, in seconds since 1970.", labels);
        for (IcecastStats.Source source : stats.map(IcecastStats::sources).orElseGet(List::of)) {
            String[] values = {source.listenUrl(), source.serverType(), source.mount()};
            listeners.sample(source.listeners() + fromMemory(relay.proxy(), source.mount()), values);
            source.streamStart().ifPresent(at -> streamStart.sample(at, values));
        }
    }

    /** Those whom Icecast doesn't know. */
    private static int fromMemory(ProxySnapshot proxy, String mount) {
        return Optional.ofNullable(proxy.mounts().get(mount))
                .flatMap(MountTraffic::feed)
                .map(FeedTraffic::listeners)
                .orElse(0);
    }

    private static void children(RelaySnapshot relay, Families families) {
        Family wanted = families.gauge("relay_child_wanted", "1 when the child should run.", "child");
        Family up = families.gauge("relay_child_up", "1 when the child runs and does its work.", "child");
        Family failed = families.gauge(
                "relay_child_failed",
                "1 when the child died more often than the restart policy allows; it is retried slowly.",
                "child");
        Family startTime = families.gauge(
                "relay_child_start_time_seconds",
                "When the child's living process was started, in seconds since 1970.",
                "child");
        Family adopted = families.gauge(
                "relay_child_adopted", "1 when the child was started by an earlier daemon, and taken over.", "child");
        Family restarts = families.counter(
                "relay_child_restarts_total", "Restarts of the child, by why it had to be.", "child", "cause");
        Family replacements = families.counter(
                "relay_replacements_total",
                "Restarts of the child without a break, by a process that ran beside it first: done, or failed.",
                "child",
                "outcome");
        for (RelaySnapshot.Child child : relay.children()) {
            ChildSnapshot state = child.state();
            String name = state.name();
            replacements.sample(state.replacements().done(), name, "done");
            replacements.sample(state.replacements().failed(), name, "failed");
            wanted.sample(state.wanted(), name);
            up.sample(state.state() == ChildState.UP, name);
            failed.sample(state.state() == ChildState.FAILED, name);
            state.startedAt().ifPresent(at -> startTime.sample(at, name));
            adopted.sample(state.adopted(), name);
            for (Cause cause : Cause.values()) {
                restarts.sample(state.restarts().getOrDefault(cause, 0L), name, cause.label());
            }
        }
    }

    private static void mounts(RelaySnapshot relay, Families families) {
        Family onAir = families.gauge("relay_on_air", "1 when the mount's source sends audio now.", "mount");
        Family listeners = families.gauge("relay_listeners", "Listeners, without the recorder and probes.", "mount");
        for (RelaySnapshot.Mount mount : relay.mounts()) {
            onAir.sample(mount.onAir(), mount.path());
            listeners.sample(mount.listeners(), mount.path());
        }
    }

    private static void proxy(RelaySnapshot relay, Families families) {
        ProxySnapshot proxy = relay.proxy();
        families.counter("relay_connections_total", "Connections accepted, by route.", "route")
                .samples(Route.values(), proxy.accepted(), Route::label);
        families.gauge("relay_open_connections", "Connections open now, on both routes.")
                .sample(proxy.openConnections());
        families.counter("relay_refusals_total", "Connections refused or cut off, by why.", "reason")
                .samples(Refusal.values(), proxy.refusals(), Refusal::label);
        families.counter(
                        "relay_access_log_dropped_total", "Access log lines dropped because the disk was slow or full.")
                .sample(proxy.accessLogDropped());
        families.counter("relay_connection_errors_total", "Connections that ended with an error, a reset for example.")
                .sample(proxy.connectionErrors());
        if (!relay.isEdge()) {
            toIcecast(proxy, families);
        }
        traffic(proxy.mounts(), families);
    }

    private static void toIcecast(ProxySnapshot proxy, Families families) {
        families.counter("relay_title_updates_total", "Title updates that the source route passed on.")
                .sample(proxy.titleUpdates());
        families.counter("relay_upstream_connects_total", "Connections made to Icecast.")
                .sample(proxy.upstream().connects());
        families.counter("relay_upstream_failures_total", "Connections to Icecast that failed or came too late.")
                .sample(proxy.upstream().failures());
    }

    private static void traffic(Map<String, MountTraffic> mounts, Families families) {
        Family connected =
                families.gauge("relay_source_connected", "1 when a source is connected to the mount.", "mount");
        Family streamed = families.counter(
                "relay_stream_bytes_total",
                "Audio through the proxy: received on the source route, sent to all on the listener route.",
                "mount",
                "route");
        Family sent = families.counter(
                "relay_sent_bytes_total", "Bytes sent on the listener route, by who received them.", "mount", "role");
        mounts.forEach((mount, traffic) -> {
            connected.sample(traffic.sourceConnected(), mount);
            streamed.sample(traffic.sourceBytes(), mount, Route.SOURCE.label());
            long sentToAll = 0;
            for (Role role : Role.values()) {
                if (role != Role.SOURCE) {
                    long bytes = traffic.sentBytes().getOrDefault(role, 0L);
                    sent.sample(bytes, mount, role.label());
                    sentToAll += bytes;
                }
            }
            streamed.sample(sentToAll, mount, Route.LISTENER.label());
        });
    }
}
