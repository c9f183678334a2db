package org.relaysupervisor.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.audio.DeadAirCause;
import org.relaysupervisor.audio.DeadAirKind;
import org.relaysupervisor.http.HttpCall;
import org.relaysupervisor.http.HttpReply;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.status.Meters;
import org.relaysupervisor.status.Snapshots;

class AdminApiTest {
    private final FakeRelay relay = new FakeRelay();
    private final AdminApi api = relay.api();

    @Test
    void givesTheStatusAsJson() throws Exception {
        Map<String, Object> status = json(call("GET", "/status"));
        assertThat(status)
                .containsEntry("station", "Test Radio")
                .containsEntry("on_air", true)
                .containsEntry("uptime_seconds", 7_200)
                .containsEntry("now", "2026-11-22T14:00:00Z");
        assertThat(map(status.get("config"))).containsEntry("generation", 2);
        Map<String, Object> icecast = map(list(status.get("children")).get(0));
        assertThat(icecast)
                .containsEntry("name", "icecast")
                .containsEntry("state", "up")
                .containsEntry("pid", 4001)
                .containsEntry("memory_limit_bytes", 134_217_728)
                .containsEntry("restarts_total", 2);
        assertThat(map(icecast.get("restarts"))).containsEntry("signal", 2).containsEntry("hang", 0);
        assertThat(map(icecast.get("last_exit")))
                .containsEntry("cause", "signal")
                .containsEntry("ran_seconds", 6_900.0);
        assertThat(map(list(status.get("mounts")).get(0)))
                .containsEntry("listeners", 12)
                .containsEntry("bytes_per_second", 16_000);
        assertThat(map(status.get("recording"))).containsEntry("segments", 120);
        Map<String, Object> archive = map(status.get("archive"));
        assertThat(archive)
                .containsEntry("store", "bucket radio at store.example")
                .containsEntry("waiting_files", 0)
                .containsEntry("oldest_waiting_seconds", null)
                .containsEntry("uploaded_bytes", 114_240_000);
        assertThat(map(archive.get("current"))).containsEntry("id", "live/20261122T133000Z-evening-session-3f9a");
        assertThat(map(archive.get("gap_seconds")))
                .containsEntry("recorder", 1.25)
                .containsEntry("disk", 0.0);
        assertThat(map(archive.get("upload_failures")))
                .containsEntry("network", 2)
                .containsEntry("auth", 0);
        assertThat(map(archive.get("disk")))
                .containsEntry("level", "ample")
                .containsEntry("seconds_until_full", 788_400);
    }

    @Test
    void tellsOfEachMountInMemoryAndOfWhatListenersDidNotNotice() throws Exception {
        relay.snapshot =
                Snapshots.onAir().bridged("/live", Bridge.STANDBY, Bridge.FEED).build();
        Map<String, Object> status = json(call("GET", "/status"));
        Map<String, Object> mount = map(list(status.get("mounts")).get(0));
        assertThat(mount).containsEntry("listeners_from", "feed").containsEntry("on_air", false);
        assertThat(map(mount.get("feed")))
                .containsEntry("seconds", 24.48)
                .containsEntry("memory_bytes", 397_000)
                .containsEntry("listeners", 13)
                .containsEntry("garbage_bytes", 417)
                .containsEntry("tag_bytes", 2_048)
                .containsEntry("format_changes", 1)
                .containsEntry(
                        "bridges",
                        List.of(
                                Map.of("by", "feed", "since", "2026-11-22T13:59:57Z"),
                                Map.of("by", "standby", "since", "2026-11-22T13:59:57Z")));
        assertThat(map(status.get("continuity")))
                .containsEntry("survivals", Map.of("icecast", 24, "source", 12))
                .containsEntry("bridged_seconds", Map.of("icecast", 1.25, "source", 4.0))
                .containsEntry(
                        "lost",
                        Map.of("stalled", 2, "icecast_gone", 0, "source_gone", 0, "stopped", 0, "not_resumed", 0))
                .containsEntry("moved", 3)
                .containsEntry("skipped_seconds", 20.5);
    }

    @Test
    void saysWhenListenersAreConnectedToIcecast() throws Exception {
        relay.snapshot = Snapshots.onAir().byIcecast("/live").build();
        assertThat(map(list(json(call("GET", "/status")).get("mounts")).get(0)))
                .containsEntry("listeners_from", "icecast")
                .containsEntry("feed", null);
    }

    @Test
    void tellsWhatIsHeardWithSilenceAsTextAndTheUnknownAsNull() throws Exception {
        Map<String, Object> silent = meter(Snapshots.onAir()
                .metered(
                        "/live",
                        Meters.measuring(
                                Meters.SILENCE,
                                Meters.active(DeadAirCause.DIGITAL_SILENCE, Duration.ofMillis(12_500)))));
        assertThat(silent)
                .containsEntry("state", "measuring")
                .containsEntry("momentary_lufs", "-inf")
                .containsEntry("true_peak_dbtp", "-inf")
                .containsEntry("range_lu", 0.0)
                .containsEntry("target_lufs", -16.0)
                .containsEntry("programme_seconds", 40.0)
                .containsEntry("age_seconds", 0.08)
                .containsEntry("tap", Map.of("connects", 3, "moves", 1, "dropped_frames", 12, "dropped_bytes", 5_016));
        assertThat(map(map(silent.get("dead_air")).get("digital_silence")))
                .containsEntry("active", true)
                .containsEntry("seconds", 12.5)
                .containsEntry("cause", "digital_silence");
        assertThat(map(silent.get("dead_air"))).hasSize(DeadAirKind.values().length);

        assertThat(meter(Snapshots.onAir().metered("/live", Meters.resynchronising(Meters.BEGINNING))))
                .containsEntry("state", "resynchronising")
                .containsEntry("momentary_lufs", -17.31)
                .containsEntry("short_term_lufs", null);
        assertThat(meter(Snapshots.onAir().unmetered("/live"))).isNull();
    }

    @Test
    void tellsWhatPlaysAndWhatShould() throws Exception {
        Map<String, Object> status = json(call("GET", "/status"));
        assertThat(map(status.get("playing")))
                .containsEntry("source", "live")
                .containsEntry("inputs", Map.of("live", "ready", "night", "away"));
        Map<String, Object> shows = map(status.get("shows"));
        assertThat(shows).containsEntry("known", true);
        assertThat(map(shows.get("current")))
                .containsEntry("name", "Evening Session")
                .containsEntry("profile", "talk")
                .containsEntry("by", "calendar")
                .containsEntry("end", "2026-11-22T15:30:00Z");
        assertThat(map(shows.get("calendar")))
                .containsEntry("age_seconds", 300.0)
                .containsEntry("events", 12);
    }

    private Map<String, Object> meter(Snapshots station) throws Exception {
        relay.snapshot = station.build();
        return map(map(list(json(call("GET", "/status")).get("mounts")).get(0)).get("meter"));
    }

    @Test
    void writesWhatIsAbsentAsNull() throws Exception {
        relay.snapshot = Snapshots.offAir().build();
        Map<String, Object> status = json(call("GET", "/status"));
        assertThat(map(list(status.get("children")).get(0)))
                .containsEntry("pid", null)
                .containsEntry("memory_bytes", null);
        assertThat(map(status.get("recording"))).containsEntry("current", null);
        assertThat(status).containsEntry("on_air", false);
    }

    @Test
    void keepsAStationsNameWholeInJson() throws Exception {
        relay.snapshot =
                Snapshots.onAir().station("\"><&'#{x}\u0007").title("t").build();
        assertThat(json(call("GET", "/status"))).containsEntry("station", "\"><&'#{x}\u0007");
    }

    @Test
    void passesCommandsOn() throws Exception {
        assertThat(call("POST", "/children/icecast/restart").status()).isEqualTo(200);
        call("POST", "/children/recorder/stop");
        call("POST", "/children/recorder/start");
        call("POST", "/reload");
        assertThat(relay.commands).containsExactly("restart icecast", "stop recorder", "start recorder", "reload");
    }

    @Test
    void saysWhyACommandWasRefused() throws Exception {
        relay.outcome = new Commands.Outcome(false, "relay.yaml:3:1: unknown key\nrelay.yaml:9:2: too large");
        HttpReply reply = call("POST", "/reload");
        assertThat(reply.status()).isEqualTo(409);
        assertThat(json(reply)).containsEntry("error", "relay.yaml:3:1: unknown key\nrelay.yaml:9:2: too large");
        assertThat(text(call("POST", "/reload", "format", "text")))
                .isEqualTo("relay.yaml:3:1: unknown key\nrelay.yaml:9:2: too large\n");
    }

    @Test
    void namesTheChildrenThereAre() throws Exception {
        HttpReply reply = call("POST", "/children/icecats/stop");
        assertThat(reply.status()).isEqualTo(404);
        assertThat(json(reply))
                .containsEntry("error", "there is no child icecats; there are icecast, liquidsoap, recorder");
        assertThat(relay.commands).isEmpty();
    }

    @Test
    void refusesWhatItDoesNotServe() throws Exception {
        assertThat(call("GET", "/").status()).isEqualTo(404);
        assertThat(call("GET", "/reload").status()).isEqualTo(405);
        assertThat(call("GET", "/children/icecast/stop").status()).isEqualTo(405);
        assertThat(call("POST", "/status").status()).isEqualTo(405);
        assertThat(call("POST", "/children/icecast").status()).isEqualTo(404);
        assertThat(call("POST", "/children/icecast/burn").status()).isEqualTo(404);
        assertThat(call("GET", "/show/start").status()).isEqualTo(405);
        assertThat(call("POST", "/show/start").status()).isEqualTo(400);
        assertThat(call("POST", "/show/start", "name", "A", "seconds", "0").status())
                .isEqualTo(400);
        assertThat(call("POST", "/show").status()).isEqualTo(405);
        assertThat(call("GET", "/logs", "lines", "many").status()).isEqualTo(400);
        assertThat(call("GET", "/logs", "lines", "-1").status()).isEqualTo(400);
        assertThat(call("GET", "/logs", "child", "nobody").status()).isEqualTo(404);
        assertThat(relay.commands).isEmpty();
    }

    @Test
    void givesTheLastLinesAndThenWhatCameAfter() throws Exception {
        relay.print("icecast", "one");
        relay.print("daemon", "two");
        relay.print("icecast", "three \u001b[2J");
        HttpReply reply = call("GET", "/logs", "lines", "2");
        assertThat(text(reply))
                .isEqualTo("2026-11-22T12:00:00Z daemon: two\n2026-11-22T12:00:00Z icecast: three ?[2J\n");
        assertThat(reply.headers()).containsEntry("X-Sequence", "3");

        HttpReply nothing = call("GET", "/logs", "after", "3");
        assertThat(text(nothing)).isEmpty();
        assertThat(nothing.headers()).containsEntry("X-Sequence", "3");

        relay.print("daemon", "four");
        assertThat(text(call("GET", "/logs", "after", "3"))).endsWith("daemon: four\n");
        assertThat(text(call("GET", "/logs", "child", "daemon")))
                .contains("two")
                .doesNotContain("one");
    }

    private HttpReply call(String method, String path, String... parameters) throws Exception {
        Map<String, String> query = new HashMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            query.put(parameters[i], parameters[i + 1]);
        }
        return api.handle(new HttpCall(method, path, query, Map.of(), new byte[0]));
    }

    private static String text(HttpReply reply) {
        return new String(reply.body(), StandardCharsets.UTF_8);
    }

    private static Map<String, Object> json(HttpReply reply) throws Exception {
        return JSON.std.mapFrom(text(reply));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    private static List<?> list(Object value) {
        return (List<?>) value;
    }
}
