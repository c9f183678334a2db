package org.relaysupervisor.station;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.station.Ear.Heard;
import org.relaysupervisor.station.Station.CommandResult;

/** A primary and an edge, two daemons on two hosts, and the listeners of the edge while the primary is cut off. */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class EdgeIT {
    private static final int LISTENERS = 20;

    /** The feed waits for two seconds; the rest is for a busy machine. */
    private static final Duration STANDBY_WITHIN = Duration.ofSeconds(8);

    /** An attempt of five seconds may have begun just before, and then five seconds pass until the next. */
    private static final Duration BACK_WITHIN = Duration.ofSeconds(20);

    /** A standby that the edge alone has, and that an ear can tell from all else. */
    private static final String TONE = "sine=frequency=1000:sample_rate=44100:duration=10";

    /** In bytes, as nothing else is configured. */
    private static final int DECODER_LIMIT = 64 << 20;

    private static final String LAG = "relay_upstream_lag_seconds{mount=\"/live\"}";

    private static final String BRIDGED = "relay_bridge_seconds_total{cause=\"source\"}";

    @TempDir
    Path directory;

    private TwoHosts hosts;
    private Station primary;
    private Station edge;
    private Path tone;
    private URI stream;
    private final List<Listener> listeners = new ArrayList<>();

    @BeforeEach
    void goOnAir() throws Exception {
        hosts = TwoHosts.make();
        primary = Station.prepare(Files.createDirectory(directory.resolve("primary")));
        primary.edit(
                "bind: 127.0.0.1\\n(  # 1 to 65535. All ports)",
                "bind: " + hosts.first().address() + "\n$1");
        primary.edit("  enabled: true\\n  # The mount to record", "  enabled: false\n  # The mount to record");
        primary.edit("  enabled: true\\n  # The mounts to listen to", "  enabled: false\n  # The mounts to listen to");
        primary.goOnAir(hosts.first().prefix());

        edge = Station.prepare(Files.createDirectory(directory.resolve("edge")));
        tone = directory.resolve("tone.wav");
        encodeTone();
        configureEdge("");
        edge.goOnAir(hosts.second().prefix());
        stream = URI.create("http://" + hosts.second().address() + ":" + edge.listenerPort + "/live");
        await("the standby, and the primary")
                .atMost(Duration.ofSeconds(60))
                .until(() -> edge.output().contains("the standby programme was encoded") && isConnected());
        for (int i = 0; i < LISTENERS; i++) {
            listeners.add(new Listener(directory.resolve("heard-" + i + ".mp3")));
        }
        await("audio for everybody")
                .atMost(Duration.ofSeconds(30))
                .until(() -> listeners.stream().allMatch(Listener::hearsSomething));
    }

    /** @param more of its upstream */
    private void configureEdge(String more) throws IOException {
        Files.writeString(edge.config, """
                role: edge
                upstream: {url: 'http://%s:%d'%s}
                listeners: {bind: %s, port: %d}
                standby: {file: %s}
                metrics: {port: %d}
                """.formatted(
                        hosts.first().address(),
                        primary.listenerPort,
                        more,
                        hosts.second().address(),
                        edge.listenerPort,
                        tone,
                        edge.metricsPort));
    }

    private void encodeTone() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi"));
        command.addAll(List.of("-i", TONE, "-ac", "2", tone.toString()));
        assertThat(Station.run(command).exitCode()).isZero();
    }

    @AfterEach
    void close() throws Exception {
        listeners.forEach(Listener::close);
        for (Station station : new Station[] {edge, primary}) {
            if (station != null) {
                station.close();
            }
        }
        hosts.close();
    }

    @Test
    void listenersStayWhenThePrimaryIsKilledAndWhenItHangs() throws Exception {
        try (Ear ear = new Ear(stream, hosts.second().prefix())) {
            hears(ear, Heard.PROGRAMME, BACK_WITHIN);

            primary.daemon().destroyForcibly().waitFor();
            hears(ear, Heard.TONE, STANDBY_WITHIN);
            assertAway();
            primary.goOnAir(hosts.first().prefix());
            hears(ear, Heard.PROGRAMME, BACK_WITHIN);

            Station.signal("STOP", primary.daemon().pid());
            hears(ear, Heard.TONE, STANDBY_WITHIN);
            await().atMost(BACK_WITHIN).until(() -> metric(reconnects("stalled")) >= 1);
            Station.signal("CONT", primary.daemon().pid());
            hears(ear, Heard.PROGRAMME, BACK_WITHIN);
        }

        assertBack();
        assertThat(metric(reconnects("closed"))).isPositive();
        assertThat(metric(reconnects("connect"))).isPositive();
        assertSurvivals(2);
        assertEverybodyStayed(2);
    }

    @Test
    void listenersStayWhenTheLineBetweenTheHostsIsCut() throws Exception {
        assumeTrue(hosts.areApart(), "network namespaces are not allowed here");
        try (Ear ear = new Ear(stream, hosts.second().prefix())) {
            hears(ear, Heard.PROGRAMME, BACK_WITHIN);

            hosts.cutLine();
            hears(ear, Heard.TONE, STANDBY_WITHIN);
            await("an attempt that fails")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> metric(reconnects("stalled")) >= 1 && metric(reconnects("connect")) >= 1);
            assertAway();
            hosts.mendLine();
            hears(ear, Heard.PROGRAMME, BACK_WITHIN);
        }

        assertBack();
        assertSurvivals(1);
        assertEverybodyStayed(1);
    }

    @Test
    void aDrillCutsThePrimaryOffAndNothingIsOfferedThatAnEdgeCannotHave() throws Exception {
        assertThat(edge.relayctl("drill", "--list").output())
                .contains("primary-gone", "kill-decoder", "probe-target-gone")
                .doesNotContain("icecast", "liquidsoap", "silence", "dead-channel", "stop-stream");

        Process drill = new ProcessBuilder(edge.relayctlCommand(
                        "drill",
                        "primary-gone",
                        "--for",
                        "8s",
                        "--settle",
                        "1s",
                        "--force",
                        "--prometheus",
                        "none",
                        "--alertmanager",
                        "none"))
                .inheritIO()
                .start();
        try (Ear ear = new Ear(stream, hosts.second().prefix())) {
            hears(ear, Heard.TONE, STANDBY_WITHIN.plusSeconds(5));
            assertThat(edge.relayctl("status").output()).contains("DRILL primary-gone", "cut off by a drill");
            hears(ear, Heard.PROGRAMME, BACK_WITHIN);
        }
        assertThat(drill.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertBack();
        assertSurvivals(1);
        assertEverybodyStayed(1);
    }

    @Test
    void anEdgeHasMetricsAlertsAndMemoryLimitsOfItsOwn() throws Exception {
        Path exposition = Files.writeString(directory.resolve("edge.prom"), metrics());
        CommandResult lint = Station.run(List.of("sh", "-c", "promtool check metrics < " + exposition));
        assertThat(lint.output()).isEmpty();
        assertThat(lint.exitCode()).isZero();
        assertThat(exposition)
                .content()
                .doesNotContain("icecast_listeners", "child=\"icecast\"", "child=\"liquidsoap\"");

        assertThat(edge.status().get("children"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .hasSize(1);
        await().atMost(BACK_WITHIN)
                .until(() -> "up".equals(edge.child("decoder").get("state")));
        assertThat(edge.child("decoder")).containsEntry("memory_limit_bytes", DECODER_LIMIT);
        assertThat(metric("relay_child_restarts_total{cause=\"spawn\",child=\"decoder\"}"))
                .isZero();
        assertThat(metric("relay_child_memory_limit_bytes{child=\"decoder\"}")).isEqualTo(DECODER_LIMIT);

        Path monitoring = directory.resolve("monitoring");
        CommandResult rendered =
                edge.relayctl("monitoring", "render", monitoring.toString(), "--config", edge.config.toString());
        assertThat(rendered.exitCode()).as(rendered.output()).isZero();
        for (String file : List.of("config prometheus.yml", "rules rules/relay.yml")) {
            CommandResult checked =
                    Station.run(List.of("sh", "-c", "cd '" + monitoring + "' && promtool check " + file));
            assertThat(checked.exitCode()).as(checked.output()).isZero();
        }
        assertThat(monitoring.resolve("rules/relay.yml"))
                .content()
                .contains("UpstreamDown", "UpstreamMisconfigured", "UpstreamLagging", "EdgeWithoutStandby");
        assertThat(monitoring.resolve("prometheus.yml")).content().contains("127.0.0.1:" + edge.metricsPort);
    }

    @Test
    void theSecretOfTheFrontsIsChangedWithoutAGap() throws Exception {
        Path old = Files.writeString(directory.resolve("old-secret"), "the-secret-that-goes\n");
        Path next = Files.writeString(directory.resolve("next-secret"), "the-secret-that-comes\n");
        double bridged = metric(BRIDGED);
        fetchWith(old);
        primary.edit("  # front_secret: .*\n(  # A second one)", "  front_secret: {file: " + old + "}\n$1");
        reload(primary);
        assertThat(answerTo("the-secret-that-comes")).isEqualTo("403");

        primary.edit("  # front_secret_next: .*", "  front_secret_next: {file: " + next + "}");
        reload(primary);
        fetchWith(next);
        assertThat(answerTo("the-secret-that-goes")).isEqualTo("200");

        primary.edit("  front_secret: .*", "  front_secret: {file: " + next + "}");
        primary.edit("  front_secret_next: .*", "");
        reload(primary);
        assertThat(answerTo("the-secret-that-goes")).isEqualTo("403");

        assertBack();
        assertThat(metric(reconnects("forbidden"))).isZero();
        assertThat(metric(BRIDGED)).as("seconds of standby").isEqualTo(bridged);
        assertEverybodyStayed(2);
    }

    /** The edge has a new connection to its primary, for which it had to show this secret. */
    private void fetchWith(Path secret) throws Exception {
        int before = connections();
        configureEdge(", front_secret: {file: " + secret + "}");
        reload(edge);
        await("fetched with " + secret.getFileName()).atMost(BACK_WITHIN).until(() -> connections() > before);
    }

    private int connections() {
        return edge.output().split(": fetched from ", -1).length - 1;
    }

    private static void reload(Station station) throws IOException, InterruptedException {
        CommandResult reload = station.relayctl("reload");
        assertThat(reload.exitCode()).as(reload.output()).isZero();
    }

    /** The status that a front elsewhere gets from the primary. */
    private String answerTo(String secret) throws IOException, InterruptedException {
        List<String> curl = new ArrayList<>(List.of("curl", "-s", "-m", "2", "-o", "/dev/null", "-w", "%{http_code}"));
        curl.addAll(List.of("-H", "X-Relay-Front: " + secret, "-H", "X-Forwarded-For: 203.0.113.9"));
        curl.add("http://" + hosts.first().address() + ":" + primary.listenerPort + "/live");
        return Station.run(hosts.second().command(curl)).output();
    }

    private void assertAway() throws IOException, InterruptedException {
        assertThat(edge.status().get("on_air")).isEqualTo(false);
        assertThat(upstream()).containsEntry("connected", false);
        assertThat(upstream().get("problem").toString()).contains(hosts.first().address());
        assertThat(metric("relay_upstream_connected{mount=\"/live\"}")).isZero();
        double lag = metric(LAG);
        assertThat(lag).isPositive();
        assertThat(edge.relayctl("status").output())
                .containsPattern("/live +standby")
                .containsPattern("/live +away +[0-9]")
                .contains("the primary at " + hosts.first().address());
        await("it grows").atMost(STANDBY_WITHIN).until(() -> metric(LAG) > lag);
    }

    private void assertBack() throws IOException, InterruptedException {
        assertThat(isConnected()).isTrue();
        assertThat(metric("relay_upstream_connected{mount=\"/live\"}")).isEqualTo(1);
        assertThat(metric(LAG)).isBetween(0.0, 5.0);
        assertThat(edge.relayctl("status").output()).containsPattern("/live +connected +[0-9]");
    }

    /** @param outages how often the standby played meanwhile */
    private void assertSurvivals(int outages) throws IOException, InterruptedException {
        assertThat(metric("relay_listener_survivals_total{cause=\"source\"}"))
                .isGreaterThanOrEqualTo(outages * LISTENERS);
    }

    /** @param connections to the primary that were made meanwhile */
    private void assertEverybodyStayed(int connections) throws IOException, InterruptedException {
        for (Listener listener : listeners) {
            assertThat(listener.isConnected()).isTrue();
            listener.close();
            // A frame may refer to bytes before each splice, and before the place at which a listener comes in.
            assertThat(complaints(listener.file))
                    .as("what ffmpeg says of the audio")
                    .hasSizeLessThanOrEqualTo(2 * connections + 1);
        }
    }

    private void hears(Ear ear, Heard what, Duration within) {
        await("hears " + what)
                .atMost(within)
                .pollInterval(Duration.ofMillis(100))
                .failFast("the edge ended", () -> !edge.daemon().isAlive())
                .until(ear::heard, what::equals);
    }

    private static String reconnects(String cause) {
        return "relay_upstream_reconnects_total{cause=\"" + cause + "\",mount=\"/live\"}";
    }

    /** Prometheus, too, is on the edge's own host. */
    private double metric(String series) throws IOException, InterruptedException {
        return Station.value(metrics(), series);
    }

    private String metrics() throws IOException, InterruptedException {
        CommandResult metrics = Station.run(
                hosts.second().command(List.of("curl", "-sSf", "http://127.0.0.1:" + edge.metricsPort + "/metrics")));
        assertThat(metrics.exitCode()).as(metrics.output()).isZero();
        return metrics.output();
    }

    private boolean isConnected() throws IOException, InterruptedException {
        return Boolean.TRUE.equals(upstream().get("connected"));
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> upstream() throws IOException, InterruptedException {
        List<Map<String, Object>> mounts =
                (List<Map<String, Object>>) edge.status().get("mounts");
        return (Map<String, Object>) mounts.get(0).get("upstream");
    }

    /** Of decoding all of it. */
    private static List<String> complaints(Path audio) throws IOException, InterruptedException {
        CommandResult decoded = Station.run(
                List.of("ffmpeg", "-nostdin", "-v", "error", "-f", "mp3", "-i", audio.toString(), "-f", "null", "-"));
        assertThat(decoded.exitCode()).as(decoded.output()).isZero();
        return decoded.output().lines().toList();
    }

    /** A process on the edge's host that keeps all it is sent, and never connects again. */
    private final class Listener implements AutoCloseable {
        private final Path file;
        private final Process curl;

        Listener(Path file) throws IOException {
            this.file = file;
            curl = new ProcessBuilder(
                            hosts.second().command(List.of("curl", "-sSfN", "-o", file.toString(), stream.toString())))
                    .inheritIO()
                    .start();
        }

        boolean hearsSomething() {
            return Files.exists(file) && file.toFile().length() > 0;
        }

        boolean isConnected() {
            return curl.isAlive();
        }

        @Override
        public void close() {
            curl.destroy();
            curl.onExit().join();
        }
    }
}
