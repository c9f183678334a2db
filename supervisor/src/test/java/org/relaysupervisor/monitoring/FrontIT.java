package org.relaysupervisor.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.monitoring.Rules.Rule;
import org.relaysupervisor.process.TestDisk;
import org.relaysupervisor.station.Ear;
import org.relaysupervisor.station.Ear.Heard;
import org.relaysupervisor.station.Station;

/**
 * All of it at once: two daemons, a primary and its edge, the Worker before both, and Prometheus, Alertmanager and Blackbox with the files that
 * {@code relayctl monitoring render} writes for the edge, thirty times as fast. The primary goes, with all it started.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class FrontIT {
    private static final CompressedTime TIME = new CompressedTime(30);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration AUDIBLE_AGAIN_WITHIN = Duration.ofSeconds(5);

    private static final int LISTENERS = 50;
    private static final int HEARD_BEFORE = 80_000;

    /** To the edge and back, the edge's own two, and where a listener comes in. */
    private static final int SPLICES = 5;

    /**
     * Of the edge, which an ear can tell from what the primary plays. It never stays the same and never comes back: a steady tone, or one
     * that is played over and over, is dead air.
     */
    private static final String TONE =
            "aevalsrc=sin(2*PI*1000*t)*(0.3+0.2*sin(2.3*t+3*sin(0.7*t))):sample_rate=44100:duration=120";

    private static final String NIGHTS = "      mute_time_intervals: [quiet-hours]\n";

    @TempDir
    private static Path directory;

    private Station primary;
    private Station edge;
    private Worker worker;
    private TestDisk disk;
    private Inbox inbox;
    private MonitoringStack stack;
    private Path rendered;

    @BeforeAll
    void start() throws Exception {
        Path hls = Files.createDirectory(directory.resolve("hls"));
        String published = "hls: {enabled: true, segment: 2s, directory: " + hls + "}\n";
        primary = Station.prepare(Files.createDirectory(directory.resolve("primary")));
        primary.edit("(?ms)^hls:$.*?(?=^metrics:$)", published + "\n");
        primary.goOnAir();
        // What others write to this machine's disk would have an alert of its own.
        disk = TestDisk.roomy(directory);
        edge = Station.prepare(Files.createDirectory(directory.resolve("edge")));
        String config = published
                + """
                role: edge
                station: {name: Watch}
                upstream: {url: 'http://127.0.0.1:%d'}
                standby: {file: %s}
                recording: {enabled: true, spool: %s, reserve: 0KiB}
                metrics: {port: %d}
                """.formatted(primary.listenerPort, tone(), disk.path().resolve("spool"), edge.metricsPort);
        Files.writeString(edge.config, config + "listeners: {port: " + edge.listenerPort + "}\n");
        edge.goOnAir();
        worker = Worker.before(
                hls, directory.resolve("worker.log"), "primary=" + mountOf(primary), "edge=" + mountOf(edge));
        await("the playlist").atMost(SOON).until(() -> Files.exists(hls.resolve("live.m3u8")) && isStandbyReady());
        rendered = render(config);
        inbox = new Inbox();
        stack = new MonitoringStack(rendered, Files.createDirectory(directory.resolve("stack")), TIME, inbox.address());
        stack.start();
    }

    private static String mountOf(Station station) {
        return "http://127.0.0.1:" + station.listenerPort + "/live";
    }

    private boolean isStandbyReady() throws IOException {
        return edge.output().contains("the standby programme was encoded")
                && edge.metric("relay_upstream_connected{mount=\"/live\"}") == 1;
    }

    private static Path tone() throws IOException, InterruptedException {
        Path tone = directory.resolve("tone.wav");
        succeed(Station.run(List.of(
                "ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", TONE, "-ac", "2", tone.toString())));
        return tone;
    }

    /** For the edge's Prometheus, which listens at the front, asks it about the primary, and is beside an origin itself. */
    private Path render(String config) throws IOException, InterruptedException {
        Path watched = directory.resolve("watched.yaml");
        String front = worker.at("/").toString().replaceAll("/$", "");
        Files.writeString(
                watched,
                config
                        + """
                listeners: {port: %d, public_url: '%s'}
                front:
                  hls: %s
                  origins: [{name: edge}, {name: primary, url: '%s'}]
                """.formatted(
                                        edge.listenerPort,
                                        front,
                                        worker.at("/hls/live.m3u8"),
                                        worker.at("/health/origin/primary")));
        Path files = directory.resolve("rendered");
        succeed(edge.relayctl("monitoring", "render", files.toString(), "--config", watched.toString()));
        // Warnings are not told at night, and this is looked at when it may be night.
        Path alertmanager = files.resolve("alertmanager.yml");
        String text = Files.readString(alertmanager);
        assertThat(text).contains(NIGHTS);
        Files.writeString(alertmanager, text.replace(NIGHTS, ""));
        return files;
    }

    private static void succeed(Station.CommandResult result) {
        assertThat(result.exitCode()).as(result.output()).isZero();
    }

    @AfterAll
    void stop() throws Exception {
        for (AutoCloseable each : Arrays.asList(stack, inbox, worker, edge, primary, disk)) {
            if (each != null) {
                each.close();
            }
        }
    }

    /** Within the first of the monitoring's hours, of which it takes stock for the first time when it is over. */
    @Test
    @Order(1)
    void nobodyIsClosedWhenThePrimaryGoesAndOneIsToldOfAnOriginOnly() throws Exception {
        assertThat(stack.fired()).as("alerts while all is well").isEmpty();
        List<PublicListener> listeners = listen();
        try (Ear ear = new Ear(worker.at("/live"))) {
            hears(ear, Heard.PROGRAMME);

            Origin.of(primary).kill();
            TimeUnit.SECONDS.sleep(10);
            assertNobodyNoticed(listeners);
            hears(ear, Heard.TONE);

            await("told of the origin")
                    .atMost(SOON)
                    .until(() -> !inbox.notifications().isEmpty());
            // Longer than it would take StreamDown, and what an edge tells of its primary.
            TimeUnit.SECONDS.sleep(25);
            assertThat(inbox.notifications()).extracting(Object::toString).containsExactly("firing [OriginDown]");
            assertThat(inbox.notifications().get(0).annotations().get("summary").toString())
                    .contains("at fault is the origin primary", "the public hears /live from another one");

            primary.start();
            hears(ear, Heard.PROGRAMME);
            await("told that it is back")
                    .atMost(SOON)
                    .until(() -> inbox.notifications().size() > 1);
            TimeUnit.SECONDS.sleep(15);
            assertNobodyNoticed(listeners);
        } finally {
            for (PublicListener each : listeners) {
                each.close();
            }
        }
        assertThat(inbox.notifications())
                .extracting(Object::toString)
                .containsExactly("firing [OriginDown]", "resolved [OriginDown]");
        assertThat(stack.fired()).containsExactly("OriginDown");
        for (PublicListener each : listeners) {
            assertSoundsWhole(each.heard());
        }
    }

    private List<PublicListener> listen() throws IOException {
        List<PublicListener> listeners = new ArrayList<>();
        for (int i = 0; i < LISTENERS; i++) {
            listeners.add(new PublicListener(worker.at("/live")));
        }
        await("all hear")
                .atMost(SOON)
                .until(() -> listeners.stream().allMatch(each -> each.heard().length > HEARD_BEFORE));
        listeners.forEach(PublicListener::longestGap);
        return listeners;
    }

    /** Since the last look. */
    private static void assertNobodyNoticed(List<PublicListener> listeners) {
        assertThat(listeners).allMatch(PublicListener::isConnected);
        Duration longest = listeners.stream()
                .map(PublicListener::longestGap)
                .max(Duration::compareTo)
                .orElseThrow();
        System.out.printf(
                "%d listeners: the longest time without a byte was %d ms%n", listeners.size(), longest.toMillis());
        assertThat(longest).isLessThan(AUDIBLE_AGAIN_WITHIN);
    }

    /** From the first byte to the last it decodes, and there is no half second of silence. */
    private void assertSoundsWhole(byte[] audio) throws IOException, InterruptedException {
        Path file = Files.write(directory.resolve("heard.mp3"), audio);
        Station.CommandResult decoded = Station.run(List.of(
                "ffmpeg",
                "-nostdin",
                "-hide_banner",
                "-nostats",
                "-f",
                "mp3",
                "-i",
                file.toString(),
                "-af",
                "silencedetect=noise=-50dB:duration=0.5",
                "-f",
                "null",
                "-"));
        succeed(decoded);
        assertThat(decoded.output()).doesNotContain("silence_start");
        assertThat(decoded.output().lines().filter(line -> line.contains("rror") || line.contains("nvalid")))
                .as("what ffmpeg finds broken: where frames refer to bytes before a splice")
                .hasSizeLessThanOrEqualTo(SPLICES);
    }

    private void hears(Ear ear, Heard what) {
        await("hears " + what + "; the edge said:\n" + edge.output())
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(100))
                .until(ear::heard, what::equals);
    }

    @Test
    @Order(2)
    void everyMetricAndLabelOfAFrontThatARuleOrAPanelNamesExists() throws Exception {
        List<String> expressions = new ArrayList<>();
        Rules.in(rendered.resolve("rules")).stream().map(Rule::expression).forEach(expressions::add);
        List<String> panels = new ArrayList<>(MonitoringIT.panels(rendered.resolve("grafana/dashboards/edge.json")));
        expressions.addAll(panels);
        TreeSet<String> witnesses = new TreeSet<>();
        expressions.forEach(expression -> Selector.in(expression).stream()
                .flatMap(selector -> selector.witnesses().stream())
                .filter(witness -> MonitoringIT.OF_A_FRONT.matcher(witness).find())
                .forEach(witnesses::add));

        assertThat(witnesses).hasSizeGreaterThanOrEqualTo(8);
        for (String witness : witnesses) {
            // An alert's own series is there only while it is told.
            assertThat(stack.query("last_over_time(" + witness + "[1h])"))
                    .as(witness)
                    .isNotEmpty();
        }
        panels.removeIf(panel -> !MonitoringIT.OF_A_FRONT.matcher(panel).find());
        assertThat(panels).hasSizeGreaterThanOrEqualTo(4);
        for (String panel : panels) {
            assertThat(stack.queryRange(panel)).as(panel).isNotEmpty();
        }
    }

    /** No connection is closed, and none answers: as if the network were cut. Last, since the monitoring's clock takes these seconds for minutes. */
    @Test
    @Order(3)
    void thePublicHearsAgainSoonWhenThePrimaryIsCutOff() throws Exception {
        Origin cutOff = Origin.of(primary);
        try (PublicListener listener = new PublicListener(worker.at("/live"))) {
            await("hears").atMost(SOON).until(() -> listener.heard().length > HEARD_BEFORE);
            listener.longestGap();

            cutOff.freeze();
            assertANewListenerIsServed();
            TimeUnit.SECONDS.sleep(10);

            Duration gap = listener.longestGap();
            System.out.printf("cut off: the longest time without a byte was %d ms%n", gap.toMillis());
            assertThat(gap).isLessThan(AUDIBLE_AGAIN_WITHIN);
            assertThat(listener.isConnected()).isTrue();
        } finally {
            cutOff.kill();
        }
    }

    private void assertANewListenerIsServed() throws IOException {
        long begun = System.nanoTime();
        try (PublicListener late = new PublicListener(worker.at("/live"))) {
            await("a listener who comes now hears something").atMost(SOON).until(() -> late.heard().length > 0);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(AUDIBLE_AGAIN_WITHIN);
        }
    }

    /** What a host runs: a daemon and all it started. */
    private record Origin(List<ProcessHandle> processes) {
        static Origin of(Station station) {
            ProcessHandle daemon = station.daemon().toHandle();
            return new Origin(
                    Stream.concat(Stream.of(daemon), daemon.descendants()).toList());
        }

        /** Nothing moves. */
        void freeze() throws IOException, InterruptedException {
            String pids = processes.stream()
                    .map(process -> Long.toString(process.pid()))
                    .collect(Collectors.joining(" "));
            // Without regard to one that has just ended by itself.
            Station.run(List.of("sh", "-c", "kill -STOP " + pids));
        }

        void kill() {
            processes.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
