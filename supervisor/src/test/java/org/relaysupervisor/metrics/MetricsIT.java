package org.relaysupervisor.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.relaysupervisor.http.HttpCall;
import org.relaysupervisor.http.HttpReply;
import org.relaysupervisor.process.FreePort;
import org.relaysupervisor.shows.ShowsSnapshot;
import org.relaysupervisor.shows.ShowsSnapshot.CalendarState;
import org.relaysupervisor.status.Meters;
import org.relaysupervisor.status.Snapshots;

/** The exposition as Prometheus' own programs read it. */
class MetricsIT {
    /** Quotes, a line break, a backslash, a brace, a control character, and letters beyond ASCII and beyond 16 bits. */
    private static final String HOSTILE = "/a\"b\nc\\nd\\}e\u0001 #ü\ud83d\udcfb";

    @TempDir
    private Path directory;

    static Stream<Arguments> stations() {
        return Stream.of(
                Arguments.of(Named.of("starting", Snapshots.starting())),
                Arguments.of(Named.of("on air", Snapshots.onAir())),
                Arguments.of(Named.of("an edge", Snapshots.edge())),
                Arguments.of(Named.of("silent", Snapshots.onAir().metered("/live", Meters.measuring(Meters.SILENCE)))),
                Arguments.of(Named.of("with a calendar", withCalendar())),
                Arguments.of(Named.of("with a hostile mount", hostile())));
    }

    @ParameterizedTest
    @MethodSource("stations")
    void promtoolFindsNothingToCriticise(Snapshots station) throws Exception {
        Path exposition = directory.resolve("metrics.prom");
        Files.writeString(exposition, new Metrics(station::build).scrape());
        Path output = directory.resolve("promtool.log");

        Process promtool = start(new ProcessBuilder("promtool", "check", "metrics")
                .redirectInput(exposition.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile()));
        try {
            assertThat(promtool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            promtool.destroyForcibly();
        }

        assertThat(output).hasContent("");
        assertThat(promtool.exitValue()).isZero();
    }

    /** Job {@code openmetrics} scrapes as Prometheus asks by itself; job {@code text} gets the text format whatever it asks. */
    @Test
    void prometheusReadsBothFormatsAlike() throws Exception {
        MetricsPage page =
                new MetricsPage(new Metrics(hostile().metered("/live", Meters.measuring(Meters.SILENCE))::build));
        HttpServer exporter = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        exporter.createContext(
                "/metrics",
                exchange -> answer(
                        exchange,
                        page,
                        Map.of("accept", exchange.getRequestHeaders().getFirst("Accept"))));
        exporter.createContext("/text", exchange -> answer(exchange, page, Map.of()));
        exporter.start();
        int port = FreePort.next();
        Process prometheus = prometheus(port, exporter.getAddress().getPort());
        try {
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(query(port, "count(up == 1)"))
                            .singleElement()
                            .extracting(Sample::value)
                            .isEqualTo("2"));

            assertThat(query(port, "relay_listeners{mount!=\"/live\"}"))
                    .hasSize(2)
                    .allSatisfy(sample -> assertThat(sample.label("mount")).isEqualTo(HOSTILE));
            assertThat(query(port, "relay_stream_bytes_total{mount=\"/live\",route=\"source\"}"))
                    .hasSize(2)
                    .allSatisfy(sample -> assertThat(sample.value()).isEqualTo("115200000"));
            assertThat(query(port, "relay_build_info"))
                    .hasSize(2)
                    .allSatisfy(sample -> assertThat(sample.label("version")).isEqualTo("0.1.0"));
            // The rule that an operator writes: it fires in digital silence, and not where nothing is known.
            assertThat(query(port, "relay_loudness_momentary_lufs < -60"))
                    .hasSize(2)
                    .allSatisfy(sample -> {
                        assertThat(sample.label("mount")).isEqualTo("/live");
                        assertThat(sample.value()).isEqualTo("-Inf");
                    });
            assertThat(query(port, "relay_loudness_momentary_lufs{mount!=\"/live\"}"))
                    .hasSize(2)
                    .allSatisfy(sample -> assertThat(sample.value()).isEqualTo("NaN"));
            List<Sample> scraped = query(port, "scrape_samples_scraped");
            assertThat(scraped).hasSize(2);
            assertThat(scraped.get(0).value()).isEqualTo(scraped.get(1).value());
        } finally {
            prometheus.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            exporter.stop(0);
        }
    }

    private static Snapshots withCalendar() {
        CalendarState never =
                new CalendarState(false, true, Optional.empty(), Optional.empty(), 3, 0, List.of("no such file"));
        return Snapshots.onAir()
                .shows(new ShowsSnapshot(false, Optional.empty(), Optional.empty(), Optional.of(never)));
    }

    private static Snapshots hostile() {
        return Snapshots.onAir()
                .mount(Snapshots.silent(HOSTILE), Snapshots.silentTraffic())
                .source(Snapshots.source(HOSTILE, 3));
    }

    private static void answer(HttpExchange exchange, MetricsPage page, Map<String, String> headers)
            throws IOException {
        HttpReply reply = page.handle(new HttpCall("GET", "/metrics", Map.of(), headers, new byte[0]));
        exchange.getResponseHeaders().set("Content-Type", reply.contentType());
        exchange.sendResponseHeaders(reply.status(), reply.body().length);
        exchange.getResponseBody().write(reply.body());
        exchange.close();
    }

    private Process prometheus(int port, int exporterPort) throws IOException {
        Path config = directory.resolve("prometheus.yml");
        String target = "    static_configs: [{targets: ['127.0.0.1:" + exporterPort + "']}]\n";
        Files.writeString(
                config,
                "global: {scrape_interval: 1s}\n"
                        + "scrape_configs:\n"
                        + "  - job_name: openmetrics\n" + target
                        + "  - job_name: text\n    metrics_path: /text\n" + target);
        return start(new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + directory.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("prometheus.log").toFile()));
    }

    private static Process start(ProcessBuilder program) {
        try {
            return program.start();
        } catch (IOException e) {
            throw new AssertionError(
                    program.command().get(0) + " could not be started; install it with: apt-get install prometheus", e);
        }
    }

    private record Sample(Map<?, ?> labels, Object value) {
        Object label(String name) {
            return labels.get(name);
        }
    }

    private static List<Sample> query(int port, String expression) throws IOException, InterruptedException {
        URI uri =
                URI.create("http://127.0.0.1:" + port + "/api/v1/query?query=" + URLEncoder.encode(expression, UTF_8));
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build();
        String reply = HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofString(UTF_8))
                .body();
        Map<?, ?> data = (Map<?, ?>) JSON.std.mapFrom(reply).get("data");
        return ((List<?>) data.get("result"))
                .stream()
                        .map(result -> (Map<?, ?>) result)
                        .map(result ->
                                new Sample((Map<?, ?>) result.get("metric"), ((List<?>) result.get("value")).get(1)))
                        .toList();
    }
}
