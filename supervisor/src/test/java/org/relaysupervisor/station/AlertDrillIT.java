package org.relaysupervisor.station;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.station.Station.CommandResult;

/** A drill of the real station under a real Prometheus and a real Alertmanager, with one rule of our own that is quick. */
@Timeout(300)
class AlertDrillIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final int prometheusPort = Station.freePort();
    private final int alertmanagerPort = Station.freePort();
    private final List<Process> processes = new ArrayList<>();
    private final List<String> notifications = new CopyOnWriteArrayList<>();
    private HttpServer webhook;

    @AfterEach
    void stop() throws Exception {
        for (Process process : processes) {
            process.destroy();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
        webhook.stop(0);
    }

    @Test
    void theScorecardTellsWhatFiredWhoWasNotifiedAndThatItWasResolved() throws Exception {
        webhook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        webhook.createContext("/", exchange -> {
            notifications.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        webhook.createContext("/alive", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        webhook.start();
        try (Station station = Station.prepare(directory)) {
            station.edit(
                    "(?m)^heartbeat:$",
                    "heartbeat:\n  url: 'http://127.0.0.1:"
                            + webhook.getAddress().getPort() + "/alive'");
            station.goOnAir();
            assertThat(station.metric("relay_heartbeat_last_success_timestamp_seconds"))
                    .isPositive();
            assertThat(station.metric("relay_heartbeat_failures_total")).isZero();
            startAlertmanager();
            startPrometheus(station);
            await("Prometheus has scraped")
                    .atMost(SOON)
                    .ignoreExceptions()
                    .until(() -> Station.get(prometheus("/api/v1/query?query=relay_on_air"))
                            .contains("/live"));

            CommandResult drill = station.relayctl(
                    "drill",
                    "stop-stream",
                    "--for",
                    "15s",
                    "--settle",
                    "40s",
                    "--expect",
                    "Silent",
                    "--prometheus",
                    "http://127.0.0.1:" + prometheusPort,
                    "--alertmanager",
                    "http://127.0.0.1:" + alertmanagerPort);

            assertThat(drill.exitCode()).as(drill.output()).isZero();
            assertThat(drill.output())
                    .contains("Silent{")
                    .containsPattern("Alertmanager has Silent\\{.*, for hook")
                    .contains("after the repair  hook")
                    .endsWith("result: good\n");
            await("one notification of each").atMost(SOON).until(() -> notifications.size() == 2);
            assertThat(notifications.get(0)).contains("\"status\":\"firing\"");
            assertThat(notifications.get(1)).contains("\"status\":\"resolved\"");
        }
    }

    private URI prometheus(String path) {
        return URI.create("http://127.0.0.1:" + prometheusPort + path);
    }

    private void startPrometheus(Station station) throws IOException {
        Path rules = Files.writeString(directory.resolve("rules.yml"), """
                groups:
                  - name: quick
                    rules:
                      - {alert: Silent, expr: 'relay_on_air == 0', for: 2s}
                """);
        Path config = Files.writeString(
                directory.resolve("prometheus.yml"), """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: ['%s']
                alerting: {alertmanagers: [{static_configs: [{targets: ['127.0.0.1:%d']}]}]}
                scrape_configs:
                  - {job_name: relay, static_configs: [{targets: ['127.0.0.1:%d']}]}
                """.formatted(rules, alertmanagerPort, station.metricsPort));
        start(
                "prometheus",
                "--config.file=" + config,
                "--storage.tsdb.path=" + directory.resolve("tsdb"),
                "--web.listen-address=127.0.0.1:" + prometheusPort);
    }

    private void startAlertmanager() throws IOException {
        Path config = Files.writeString(directory.resolve("alertmanager.yml"), """
                route: {receiver: hook, group_wait: 1s, group_interval: 2s}
                receivers:
                  - {name: hook, webhook_configs: [{url: 'http://127.0.0.1:%d/', send_resolved: true}]}
                """.formatted(
                        webhook.getAddress().getPort()));
        start(
                "prometheus-alertmanager",
                "--config.file=" + config,
                "--storage.path=" + directory.resolve("alertmanager"),
                "--web.listen-address=127.0.0.1:" + alertmanagerPort,
                "--cluster.listen-address=");
    }

    private void start(String... command) throws IOException {
        processes.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(command[0] + ".log").toFile())
                .start());
    }
}
