package org.relaysupervisor.admin;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.relaysupervisor.drill.DrillSnapshot;
import org.relaysupervisor.heartbeat.HeartbeatSnapshot;
import org.relaysupervisor.proxy.PrimaryFault;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.proxy.ProxySnapshot.Continuity;
import org.relaysupervisor.proxy.ProxySnapshot.FeedTraffic;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;
import org.relaysupervisor.proxy.ProxySnapshot.MountTraffic;
import org.relaysupervisor.proxy.ProxySnapshot.Outage;
import org.relaysupervisor.proxy.ProxySnapshot.PrimaryTraffic;
import org.relaysupervisor.recording.RecordingSnapshot;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.supervise.Cause;
import org.relaysupervisor.supervise.ChildSnapshot;

/** The status for programs. Names are in snake case with their unit, times in ISO 8601 UTC, what is absent is {@code null}. */
final class StatusJson {
    private StatusJson() {}

    static String render(RelaySnapshot relay) throws IOException {
        Map<String, Object> config = fields();
        config.put("generation", relay.configGeneration());
        config.put("last_reload_succeeded", relay.lastReloadSucceeded());
        config.put("last_reload", time(relay.lastReload()));

        Map<String, Object> all = fields();
        all.put("version", relay.version());
        all.put("station", relay.station());
        all.put("on_air", relay.mounts().stream().anyMatch(RelaySnapshot.Mount::onAir));
        all.put("now", relay.now().toString());
        all.put("uptime_seconds", relay.uptime().toSeconds());
        all.put("config", config);
        all.put("children", relay.children().stream().map(StatusJson::child).toList());
        all.put(
                "mounts",
                relay.mounts().stream().map(mount -> mount(mount, relay)).toList());
        all.put("playing", relay.onAir().map(HeardJson::playing).orElse(null));
        all.put("shows", HeardJson.shows(relay.shows()));
        all.put("continuity", continuity(relay.proxy().continuity()));
        all.put("recording", recording(relay.recording()));
        all.put("archive", RecordingJson.archive(relay.archive()));
        all.put("drill", relay.drill().active().map(StatusJson::drill).orElse(null));
        all.put("heartbeat", relay.heartbeat().enabled() ? heartbeat(relay.heartbeat()) : null);
        all.put("hls", HlsText.json(relay.hls()));
        return compose(all);
    }

    private static Map<String, Object> drill(DrillSnapshot.Active drill) {
        Map<String, Object> fields = fields();
        fields.put("name", drill.name());
        fields.put("what", drill.what());
        fields.put("since", drill.since().toString());
        fields.put("until", drill.until().toString());
        fields.put("repairing", drill.repairing());
        fields.put("problem", drill.problem().orElse(null));
        return fields;
    }

    private static Map<String, Object> heartbeat(HeartbeatSnapshot heartbeat) {
        Map<String, Object> fields = fields();
        fields.put("last_success", time(heartbeat.lastSuccess()));
        fields.put("failures", heartbeat.failures());
        fields.put("problem", heartbeat.problem().orElse(null));
        return fields;
    }

    /** A JSON object on one line. */
    static String compose(Map<String, ?> object) throws IOException {
        return JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES).asString(object) + "\n";
    }

    private static Map<String, Object> child(RelaySnapshot.Child child) {
        ChildSnapshot state = child.state();
        Map<String, Object> fields = fields();
        fields.put("name", state.name());
        fields.put("wanted", state.wanted());
        fields.put("state", state.state().label());
        fields.put("pid", number(state.pid()));
        fields.put("started_at", time(state.startedAt()));
        fields.put("adopted", state.adopted());
        fields.put("uptime_seconds", child.uptime().map(Duration::toSeconds).orElse(null));
        fields.put("memory_bytes", number(child.residentBytes()));
        fields.put("memory_limit_bytes", child.memoryLimit());
        fields.put("restarts", restarts(state));
        fields.put("restarts_total", total(state));
        fields.put("last_exit", state.lastExit().map(StatusJson::lastExit).orElse(null));
        fields.put("note", state.note());
        return fields;
    }

    static long total(ChildSnapshot state) {
        return state.restarts().values().stream().mapToLong(Long::longValue).sum();
    }

    private static Map<String, Object> restarts(ChildSnapshot state) {
        Map<String, Object> fields = fields();
        for (Cause cause : Cause.values()) {
            fields.put(cause.label(), state.restarts().getOrDefault(cause, 0L));
        }
        return fields;
    }

    private static Map<String, Object> lastExit(ChildSnapshot.LastExit exit) {
        Map<String, Object> fields = fields();
        fields.put("cause", exit.cause().label());
        fields.put("detail", exit.detail());
        fields.put("at", exit.at().toString());
        fields.put("ran_seconds", seconds(exit.ranFor()));
        return fields;
    }

    private static Map<String, Object> mount(RelaySnapshot.Mount mount, RelaySnapshot relay) {
        Map<String, Object> fields = fields();
        fields.put("path", mount.path());
        fields.put("format", mount.format());
        fields.put("bitrate", mount.bitrate());
        fields.put("on_air", mount.onAir());
        fields.put("listeners", mount.listeners());
        fields.put("bytes_per_second", Math.round(mount.bytesPerSecond()));
        fields.put("title", mount.title().orElse(null));
        fields.put("on_air_source", mount.onAirSource().orElse(null));
        MountTraffic traffic = relay.proxy().mounts().get(mount.path());
        fields.put(
                "meter",
                mount.meter()
                        .map(meter -> HeardJson.meter(mount, meter, traffic))
                        .orElse(null));
        fields.put("listeners_from", mount.feed().isPresent() ? "feed" : "icecast");
        fields.put("feed", mount.feed().map(StatusJson::feed).orElse(null));
        fields.put("upstream", mount.primary().map(StatusJson::upstream).orElse(null));
        return fields;
    }

    private static Map<String, Object> upstream(PrimaryTraffic primary) {
        Map<String, Object> reconnects = fields();
        for (PrimaryFault fault : PrimaryFault.values()) {
            reconnects.put(fault.label(), primary.reconnects().getOrDefault(fault, 0L));
        }
        Map<String, Object> fields = fields();
        fields.put("connected", primary.connected());
        fields.put("lag_seconds", seconds(primary.lag()));
        fields.put("reconnects", reconnects);
        fields.put("problem", primary.problem().orElse(null));
        return fields;
    }

    private static Map<String, Object> feed(RelaySnapshot.Feed feed) {
        FeedTraffic traffic = feed.traffic();
        Map<String, Object> fields = fields();
        fields.put("seconds", seconds(traffic.held()));
        fields.put("memory_bytes", traffic.heldBytes());
        fields.put("listeners", traffic.listeners());
        fields.put("garbage_bytes", traffic.garbageBytes());
        fields.put("tag_bytes", traffic.tagBytes());
        fields.put("format_changes", traffic.formatChanges());
        List<Map<String, Object>> bridges = new ArrayList<>();
        for (Bridge bridge : Bridge.values()) {
            if (feed.bridges().containsKey(bridge)) {
                Map<String, Object> active = fields();
                active.put("by", bridge.label());
                active.put("since", feed.bridges().get(bridge).toString());
                bridges.add(active);
            }
        }
        fields.put("bridges", bridges);
        return fields;
    }

    /** How listeners fared while a child was away; all mounts, since the start. */
    private static Map<String, Object> continuity(Continuity continuity) {
        Map<String, Object> survivals = fields();
        Map<String, Object> bridged = fields();
        for (Outage outage : Outage.values()) {
            survivals.put(outage.label(), continuity.survivals().getOrDefault(outage, 0L));
            bridged.put(outage.label(), seconds(continuity.bridged().getOrDefault(outage, Duration.ZERO)));
        }
        Map<String, Object> lost = fields();
        for (Loss loss : Loss.values()) {
            lost.put(loss.label(), continuity.lost().getOrDefault(loss, 0L));
        }
        Map<String, Object> fields = fields();
        fields.put("survivals", survivals);
        fields.put("bridged_seconds", bridged);
        fields.put("lost", lost);
        fields.put("moved", continuity.moved());
        fields.put("skipped_seconds", seconds(continuity.skipped()));
        fields.put("resumed", continuity.resumed());
        fields.put("unkept", continuity.unkept());
        return fields;
    }

    static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private static Map<String, Object> recording(RecordingSnapshot recording) {
        Map<String, Object> fields = fields();
        fields.put("enabled", recording.enabled());
        fields.put("mount", recording.mount());
        fields.put("active", recording.active());
        fields.put("bytes", recording.bytes());
        fields.put("segments", recording.segments());
        fields.put("current", recording.current().map(Object::toString).orElse(null));
        fields.put("last_growth", time(recording.lastGrowth()));
        return fields;
    }

    /** Keeps the order in which a reader expects them. */
    static Map<String, Object> fields() {
        return new LinkedHashMap<>();
    }

    static String time(Optional<Instant> instant) {
        return instant.map(Instant::toString).orElse(null);
    }

    private static Long number(OptionalLong number) {
        return number.isPresent() ? Long.valueOf(number.getAsLong()) : null;
    }
}
