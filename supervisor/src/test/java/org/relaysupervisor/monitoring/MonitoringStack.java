package org.relaysupervisor.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.relaysupervisor.process.FreePort;

/**
 * Debian's Prometheus, Alertmanager and Blackbox with the rendered files, started as the drop-ins say; but on free ports, in
 * compressed time, and with a webhook as the one who is told.
 */
final class MonitoringStack implements AutoCloseable {
    private static final String INSTALLED = "/etc/prometheus/relay-supervisor";

    private final Path directory;
    private final CompressedTime time;
    private final Map<String, String> ports = new LinkedHashMap<>();
    private final Map<String, Process> running = new LinkedHashMap<>();
    private final int targets;
    private Instant watching = Instant.EPOCH;
    private final HttpClient http = HttpClient.newHttpClient();

    MonitoringStack(Path rendered, Path directory, CompressedTime time, URI webhook) throws IOException {
        this.directory = directory;
        this.time = time;
        for (String port : List.of("9090", "9093", "9115")) {
            ports.put("127.0.0.1:" + port, "127.0.0.1:" + FreePort.next());
        }
        for (Path file : files(rendered)) {
            Path copy = directory.resolve(rendered.relativize(file).toString());
            Files.createDirectories(copy.getParent());
            String text = elsewhere(Files.readString(file));
            Files.writeString(copy, file.toString().endsWith(".yml") ? time.apply(text) : text);
        }
        // Of which one is Alertmanager.
        targets = Files.readString(rendered.resolve("prometheus.yml")).split("- targets: ", -1).length - 2;
        Path alertmanager = directory.resolve("alertmanager.yml");
        String text = Files.readString(alertmanager);
        Files.writeString(
                alertmanager,
                text.substring(0, text.indexOf("\n  - name: on-call"))
                        + "\n  - name: on-call\n    webhook_configs:\n      - url: " + webhook
                        + "\n        send_resolved: true\n");
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private String elsewhere(String text) {
        String moved = text.replace(INSTALLED, directory.toString());
        for (Map.Entry<String, String> port : ports.entrySet()) {
            moved = moved.replace(port.getKey(), port.getValue());
        }
        return moved;
    }

    /**
     * Prometheus first looks for what it is to scrape after five seconds, which no factor shortens, and takes all for missing until
     * then: Alertmanager comes after that.
     */
    void start() throws IOException {
        start("prometheus-blackbox-exporter", "--timeout-offset=" + 0.5 / time.factor());
        startPrometheus();
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> query("up").size() == targets && query("ALERTS").isEmpty());
        watching = Instant.now();
        start("prometheus-alertmanager", "--storage.path=" + directory.resolve("alertmanager"));
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> query("up == 1").size() == targets);
    }

    /** Alerts that fired since the start, also those that nobody was told of, but none that is there to be looked up only. */
    List<String> fired() throws IOException, InterruptedException {
        long watched = Duration.between(watching, Instant.now()).toMillis();
        return query("count by (alertname) (count_over_time(ALERTS{alertstate=\"firing\",severity!=\"info\"}[" + watched
                        + "ms]))")
                .stream()
                .map(row -> (String) Rules.map(row.get("metric")).get("alertname"))
                .toList();
    }

    /** Where Prometheus is. */
    String prometheus() {
        return "http://" + ports.get("127.0.0.1:9090");
    }

    String alertmanager() {
        return "http://" + ports.get("127.0.0.1:9093");
    }

    /** The flags beyond the drop-in's have their defaults, compressed as well. */
    void startPrometheus() throws IOException {
        start(
                "prometheus",
                "--storage.tsdb.path=" + directory.resolve("prometheus"),
                "--rules.alert.resend-delay=" + 60_000 / time.factor() + "ms");
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> get("/-/ready").statusCode() == 200);
    }

    void stopPrometheus() throws InterruptedException {
        Process prometheus = running.remove("prometheus");
        prometheus.destroy();
        assertThat(prometheus.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    private void start(String program, String... flags) throws IOException {
        List<String> command = new ArrayList<>(commandOf(program));
        command.addAll(List.of(flags));
        running.put(
                program,
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(
                                directory.resolve(program + ".log").toFile()))
                        .start());
    }

    /** What the drop-in makes systemd run. */
    private List<String> commandOf(String program) throws IOException {
        String dropIn = Files.readString(directory.resolve("systemd/" + program + ".conf"));
        String command = dropIn.substring(dropIn.lastIndexOf("ExecStart=") + "ExecStart=".length());
        return Stream.of(time.apply(command.replace("\\\n", " ")).trim().split("\\s+"))
                .filter(word -> !word.equals("$ARGS"))
                .toList();
    }

    Map<String, Process> running() {
        return running;
    }

    /** The result of an instant query. */
    List<Map<?, ?>> query(String expression) throws IOException, InterruptedException {
        return result("/api/v1/query?query=" + encode(expression));
    }

    /** The result of a query over the last two minutes. */
    List<Map<?, ?>> queryRange(String expression) throws IOException, InterruptedException {
        long now = Instant.now().getEpochSecond();
        return result("/api/v1/query_range?query=" + encode(expression) + "&start=" + (now - 120) + "&end=" + now
                + "&step=1");
    }

    private List<Map<?, ?>> result(String target) throws IOException, InterruptedException {
        Map<?, ?> reply = JSON.std.mapFrom(get(target).body());
        assertThat(reply.get("status")).as("%s: %s", target, reply).isEqualTo("success");
        List<Map<?, ?>> rows = new ArrayList<>();
        ((List<?>) Rules.map(reply.get("data")).get("result")).forEach(row -> rows.add(Rules.map(row)));
        return rows;
    }

    private HttpResponse<String> get(String target) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(prometheus() + target))
                .timeout(Duration.ofSeconds(10))
                .build();
        return http.send(request, BodyHandlers.ofString(UTF_8));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    @Override
    public void close() {
        running.values().forEach(Process::destroyForcibly);
    }
}
