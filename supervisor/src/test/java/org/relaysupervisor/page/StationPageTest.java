package org.relaysupervisor.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.http.HttpCall;
import org.relaysupervisor.http.HttpReply;
import org.relaysupervisor.status.Snapshots;

class StationPageTest {
    private final Snapshots station = Snapshots.onAir();
    private final History history = new History();
    private final StationPage page =
            new StationPage(station::build, history, call -> HttpReply.text(200, "the others' " + call.path()));

    @BeforeEach
    void aMinutePasses() {
        for (int second = 0; second <= 60; second++) {
            history.observe(Moments.at(station.build(), Duration.ofSeconds(second)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html; charset=utf-8",
        "/page.css, text/css; charset=utf-8",
        "/page.js, text/javascript; charset=utf-8",
        "/page.svg, image/svg+xml",
        "/page.json, application/json",
        "/events.json, application/json",
        "/history.json, application/json"
    })
    void everyPartHasItsTypeAndItsGuards(String path, String type) throws Exception {
        HttpReply reply = get(path);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.contentType()).isEqualTo(type);
        assertThat(reply.body()).isNotEmpty();
        assertThat(reply.headers())
                .containsEntry("X-Content-Type-Options", "nosniff")
                .containsEntry("Cache-Control", "no-store")
                .containsEntry("Cross-Origin-Resource-Policy", "same-origin")
                .doesNotContainKey("Access-Control-Allow-Origin");
        assertThat(reply.headers().get("Content-Security-Policy"))
                .contains("default-src 'none'", "frame-ancestors 'none'", "script-src 'self';", "style-src 'self';")
                .doesNotContain("unsafe", "*", "http:", "data:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.0.0.1:9146",
                "localhost",
                "LocalHost:1",
                "[::1]",
                "[::1]:9999",
                " 127.0.0.1:80 "
            })
    void loopbacksOwnNamesAreServed(String host) throws Exception {
        assertThat(get("/", host).status()).isEqualTo(200);
        assertThat(get("/page.json", host).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "radio.example",
                "radio.example:9146",
                "127.0.0.1.radio.example",
                "localhost.radio.example",
                "evil-localhost",
                "192.168.1.10:9146",
                "0.0.0.0:9146",
                "[::2]:9146",
                "::1",
                "127.0.0.1:",
                "127.0.0.1:9146.radio.example",
                "127.0.0.1@radio.example",
                "127.0.0.1, radio.example",
                "2130706433"
            })
    void anyOtherNameIsMisdirected(String host) throws Exception {
        for (String path : List.of("/", "/page.js", "/page.json", "/events.json", "/history.json")) {
            HttpReply reply = get(path, host);
            assertThat(reply.status()).as(path).isEqualTo(421);
            assertThat(body(reply)).doesNotContain("Radio");
        }
    }

    @Test
    void aRequestWithoutAHostIsMisdirected() throws Exception {
        assertThat(page.handle(new HttpCall("GET", "/", Map.of(), Map.of(), new byte[0]))
                        .status())
                .isEqualTo(421);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/metrics", "/nothing", "/page.html", "/page", "/../page.js", "//", ""})
    void whatIsNotThePagesIsAnsweredByTheOthers(String path) throws Exception {
        HttpReply reply = get(path, "radio.example");

        assertThat(body(reply)).isEqualTo("the others' " + path);
        assertThat(reply.headers()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
    void itCanOnlyBeRead(String method) throws Exception {
        HttpReply reply =
                page.handle(new HttpCall(method, "/page.json", Map.of(), Map.of("host", "127.0.0.1"), new byte[0]));

        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.headers()).containsEntry("Allow", "GET, HEAD");
    }

    /** Neither another server's, nor a style or script of the page's own that its policy would forbid. */
    @Test
    void nothingComesFromElsewhereAndNothingIsInline() throws Exception {
        String html = body(get("/"));
        Matcher link = Pattern.compile("(?:src|href)=\"([^\"]*)\"").matcher(html);
        assertThat(link.results().map(found -> found.group(1)).distinct())
                .containsExactlyInAnyOrder(
                        "/page.svg", "/page.css", "/page.js", "#attention", "#bad", "#unknown", "/metrics")
                .allMatch(target -> target.startsWith("#") || target.equals("/metrics") || ok(target));
        assertThat(html).doesNotContainPattern("<script>|<style|style=|\\son[a-z]+=");
        assertThat(body(get("/page.js"))).doesNotContain("innerHTML", "eval(", "import(", "insertAdjacentHTML");
        assertThat(body(get("/page.css"))).doesNotContain("url(", "@import");
    }

    private boolean ok(String path) {
        try {
            return get(path).status() == 200;
        } catch (Exception e) {
            return false;
        }
    }

    @Test
    void thePageHasAPlaceForEachAnswer() throws Exception {
        String html = body(get("/"));

        for (Answer answer : Answers.of(station.build(), history.figures())) {
            assertThat(html).contains("id=\"" + answer.id() + "\"");
        }
        for (Mark mark : Mark.values()) {
            assertThat(html).contains("<symbol id=\"" + mark.label() + "\"");
            assertThat(body(get("/page.js"))).contains(" " + mark.label() + ": '");
        }
    }

    @Test
    void tellsHowTheStationIs() throws Exception {
        Map<String, Object> now = json("/page.json");

        assertThat(now)
                .containsEntry("station", "Test Radio")
                .containsEntry("now", "2026-11-22T14:00:00Z")
                .containsEntry("started_at", "2026-11-22T12:00:00Z")
                .containsEntry("up_for", "2 h")
                .containsEntry("events", 1)
                .containsEntry("figures_until", "2026-11-22T12:01:00Z");
        assertThat(list(now, "answers"))
                .first()
                .isEqualTo(Map.of("id", "up", "mark", "good", "text", "Yes, on the air", "detail", "All programs run"));
        Map<String, Object> icecast = new HashMap<>(list(now, "programs").get(0));
        assertThat(icecast)
                .containsEntry("id", "icecast")
                .containsEntry("name", "Icecast")
                .containsEntry("mark", "good")
                .containsEntry("state", "running")
                .containsEntry("memory_bytes", 9 << 20)
                .containsEntry("memory_limit_bytes", 128 << 20)
                .containsEntry("restarts", 2);
    }

    @Test
    void tellsOfADrillAndWhenItEnds() throws Exception {
        assertThat(json("/page.json")).containsEntry("drill", null);
        station.drill(Scenes.drill("stop-stream", "liquidsoap is stopped", Optional.empty()));

        assertThat(json("/page.json"))
                .containsEntry(
                        "drill",
                        Map.of(
                                "text", "A drill, for 2 min: liquidsoap is stopped",
                                "detail", "It is repaired in 6 min at the latest"));
        station.drill(Scenes.drill("stop-stream", "liquidsoap is stopped", Optional.of("the loop is full")));
        assertThat((Map<?, ?>) json("/page.json").get("drill"))
                .extracting("detail")
                .isEqualTo("It is repaired in 6 min at the latest; the loop is full");
    }

    @Test
    void tellsTheLastHours() throws Exception {
        Map<String, Object> all = json("/history.json");

        assertThat(all)
                .containsEntry("end", "2026-11-22T12:01:00Z")
                .containsEntry("step_seconds", 30)
                .containsEntry("listeners", Map.of("low", List.of(12, 12), "high", List.of(12, 12)));
        Map<String, Object> live = list(all, "mounts").get(0);
        assertThat(live)
                .containsEntry("path", "/live")
                .containsEntry("loudness_lufs", Map.of("low", List.of(-16.2, -16.2), "high", List.of(-16.2, -16.2)))
                .containsEntry(
                        "bytes_per_second", Map.of("low", List.of(16_000, 16_000), "high", List.of(16_000, 16_000)));
    }

    /** Six hours of a station with a mount: what a phone fetches through its tunnel each half minute. */
    @Test
    void sixHoursAreLessThanAHundredKilobytes() throws Exception {
        for (int second = 60; second <= Duration.ofHours(6).toSeconds(); second += 15) {
            history.observe(Moments.at(station.build(), Duration.ofSeconds(second)));
        }

        assertThat(get("/history.json").body().length).isBetween(20_000, 100_000);
    }

    @Test
    void tellsWhatHappened() throws Exception {
        assertThat(list(json("/events.json"), "newest"))
                .containsExactly(
                        Map.of("at", "2026-11-22T12:00:00Z", "mark", "neutral", "text", "The daemon was started"));
    }

    @Test
    void tellsOfAProgramThatIsAwayWhy() throws Exception {
        StationPage offAir = new StationPage(Snapshots.offAir()::build, history, call -> HttpReply.text(404, ""));
        Map<String, Object> now = JSON.std.mapFrom(body(offAir.handle(call("/page.json", "localhost"))));

        assertThat(list(now, "programs"))
                .filteredOn(program -> "icecast".equals(program.get("id")))
                .first()
                .satisfies(program -> assertThat(program)
                        .containsEntry("mark", "bad")
                        .containsEntry("note", "Tries again in 40 s; it ended by itself: exit 1: port 8010 is taken")
                        .containsEntry("memory_bytes", null));
    }

    private Map<String, Object> json(String path) throws Exception {
        return JSON.std.mapFrom(body(get(path)));
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> list(Map<String, Object> object, String name) {
        return (List<Map<String, Object>>) object.get(name);
    }

    private HttpReply get(String path) throws Exception {
        return get(path, "127.0.0.1:9146");
    }

    private HttpReply get(String path, String host) throws Exception {
        return page.handle(call(path, host));
    }

    private static HttpCall call(String path, String host) {
        return new HttpCall("GET", path, Map.of(), Map.of("host", host), new byte[0]);
    }

    private static String body(HttpReply reply) {
        return new String(reply.body(), UTF_8);
    }
}
