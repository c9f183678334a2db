package org.relaysupervisor.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.monitoring.Rules.Rule;
import org.relaysupervisor.station.Station;

/**
 * The real daemon, Prometheus, Alertmanager and Blackbox with the files that {@code relayctl monitoring render} writes, thirty times as
 * fast. One station for all tests: the first ones look at it while it is well, the last one stops it.
 */
@Order(6)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MonitoringIT {
    private static final CompressedTime TIME = new CompressedTime(30);

    /**
     * What a healthy station, one without HLS, a primary, or this machine, does not show: these are looked for in the README's tables, which
     * have all that there are.
     */
    private static final Set<String> AT_TIMES = Set.of(
            "relay_child_memory_pressure_ratio",
            "relay_child_seconds_to_oom",
            "relay_recording_seconds_until_full",
            "relay_hls_playlist_timestamp_seconds",
            "relay_upstream_connected",
            "relay_upstream_lag_seconds",
            "relay_upstream_reconnects_total");

    /** What only a station behind a front has; {@link FrontIT} finds it. */
    static final Pattern OF_A_FRONT =
            Pattern.compile("\\b(relay_(here|origin|hls)\\b|relay:origin_audible|probe_http_)");

    private static final String DATASOURCE = "relay";

    @TempDir
    private static Path directory;

    private final Path checkout = Path.of(System.getProperty("relay.checkout")).normalize();
    private MonitoredStation monitored;
    private Station station;
    private Inbox inbox;
    private MonitoringStack stack;

    @BeforeAll
    void start() throws Exception {
        monitored = MonitoredStation.onAir(directory);
        station = monitored.station;
        inbox = new Inbox();
        stack = new MonitoringStack(
                monitored.rendered, Files.createDirectory(directory.resolve("stack")), TIME, inbox.address());
        stack.start();
    }

    @AfterAll
    void stop() {
        for (AutoCloseable each : Arrays.asList(stack, inbox, monitored)) {
            try {
                if (each != null) {
                    each.close();
                }
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    @Order(1)
    void everySocketIsOnLoopback() throws Exception {
        List<ProcessHandle> owners = new ArrayList<>();
        stack.running().values().forEach(process -> owners.add(process.toHandle()));
        owners.add(station.daemon().toHandle());
        station.daemon().toHandle().descendants().forEach(owners::add);
        Set<String> sockets = new TreeSet<>();
        for (ProcessHandle owner : owners) {
            List<String> own = socketsOf(owner.pid());
            boolean isServer = stack.running().values().stream().anyMatch(process -> process.pid() == owner.pid());
            assertThat(own).as("sockets of %s", owner.info().command()).hasSizeGreaterThanOrEqualTo(isServer ? 1 : 0);
            sockets.addAll(own);
        }
        assertThat(sockets)
                .hasSizeGreaterThanOrEqualTo(7)
                .allSatisfy(socket -> assertThat(socket)
                        .matches("(127\\.0\\.[01]\\.\\d+|\\[::1]|\\[::ffff:127\\.0\\.[01]\\.\\d+]):\\d+"));
    }

    private static List<String> socketsOf(long pid) throws IOException, InterruptedException {
        Process ss = new ProcessBuilder("ss", "-Htulnp").start();
        String text = new String(ss.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(ss.waitFor()).isZero();
        return text.lines()
                .filter(line ->
                        Pattern.compile("\\bpid=" + pid + ",").matcher(line).find())
                .map(line -> line.trim().split("\\s+")[4])
                .toList();
    }

    @Test
    @Order(2)
    void everyMetricAndLabelThatARuleOrAPanelNamesExists() throws Exception {
        List<String> expressions = new ArrayList<>();
        Rules.in(checkout.resolve("monitoring/rules")).stream()
                .map(Rule::expression)
                .forEach(expressions::add);
        dashboards().forEach(dashboard -> expressions.addAll(expressions(dashboard)));
        String all = Files.readString(checkout.resolve("README.md"));

        Set<String> witnesses = new TreeSet<>();
        for (String expression : expressions) {
            for (Selector selector : Selector.in(expression)) {
                if (AT_TIMES.contains(selector.metric())) {
                    assertThat(all).contains("\n| `" + selector.metric() + "` | ");
                } else if (!selector.metric().equals("ALERTS")) {
                    selector.witnesses().stream()
                            .filter(witness -> !OF_A_FRONT.matcher(witness).find())
                            .forEach(witnesses::add);
                }
            }
        }
        assertThat(witnesses).hasSizeGreaterThan(100);
        List<String> missing = new ArrayList<>(witnesses);
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> {
                    for (String witness : List.copyOf(missing)) {
                        if (!stack.query(witness).isEmpty()) {
                            missing.remove(witness);
                        }
                    }
                    assertThat(missing).isEmpty();
                });
    }

    @Test
    @Order(3)
    void everyPanelShowsSomething() throws Exception {
        List<String> empty = new ArrayList<>();
        int panels = 0;
        for (Map<?, ?> dashboard : dashboards()) {
            assertThat(uid(dashboard.get("annotations"))).containsOnly(DATASOURCE);
            for (Object panel : (List<?>) dashboard.get("panels")) {
                for (Object target : (List<?>) Rules.map(panel).get("targets")) {
                    String expression = expression(target);
                    boolean instant = Boolean.TRUE.equals(Rules.map(target).get("instant"));
                    List<Map<?, ?>> rows = instant ? stack.query(expression) : stack.queryRange(expression);
                    boolean atTimes =
                            Selector.in(expression).stream().anyMatch(selector -> AT_TIMES.contains(selector.metric()));
                    boolean ofAFront = OF_A_FRONT.matcher(expression).find() && !expression.contains("relay_stream");
                    if (rows.isEmpty() && !atTimes && !ofAFront) {
                        empty.add(dashboard.get("title") + " / "
                                + Rules.map(panel).get("title") + ": " + expression);
                    }
                    panels++;
                }
            }
        }
        assertThat(panels).isGreaterThan(50);
        assertThat(empty).isEmpty();
    }

    private static List<String> uid(Object annotations) {
        return ((List<?>) Rules.map(annotations).get("list"))
                .stream()
                        .map(each -> (String)
                                Rules.map(Rules.map(each).get("datasource")).get("uid"))
                        .toList();
    }

    /**
     * In thirty times the speed: stopped for a minute and a half, Prometheus restarted meanwhile, then on the air again and watched
     * for another quarter of an hour and more.
     */
    @Test
    @Order(4)
    void stoppingTheStreamGivesOneNotificationAndOneResolveAndNothingElse() throws Exception {
        assertThat(stack.fired()).as("alerts on a healthy station").isEmpty();
        assertThat(inbox.notifications()).isEmpty();

        assertThat(station.relayctl("stop", "icecast").exitCode()).isZero();
        await("told that the stream is down")
                .atMost(Duration.ofSeconds(40))
                .until(() -> !inbox.notifications().isEmpty());
        stack.stopPrometheus();
        stack.startPrometheus();
        // Longer than group_interval: a resolve, or a second notification, would have been sent.
        TimeUnit.SECONDS.sleep(13);
        assertThat(inbox.notifications()).extracting(Object::toString).containsExactly("firing [StreamDown]");

        assertThat(station.relayctl("start", "icecast").exitCode()).isZero();
        await("told that the stream is back")
                .atMost(Duration.ofSeconds(60))
                .until(() -> inbox.notifications().size() > 1);
        TimeUnit.SECONDS.sleep(25);

        assertThat(inbox.notifications())
                .extracting(Object::toString)
                .containsExactly("firing [StreamDown]", "resolved [StreamDown]");
        assertThat(inbox.notifications().get(0).annotations().get("summary"))
                .isEqualTo("Relay Radio: nobody can listen to /live at http://127.0.0.1:" + station.listenerPort
                        + "/live");
        assertThat(stack.fired()).containsExactly("StreamDown");
    }

    private List<Map<?, ?>> dashboards() throws IOException {
        List<Map<?, ?>> dashboards = new ArrayList<>();
        try (Stream<Path> files = Files.list(monitored.rendered.resolve("grafana/dashboards"))) {
            for (Path file : files.sorted().toList()) {
                dashboards.add(JSON.std.mapFrom(Files.readString(file)));
            }
        }
        assertThat(dashboards).hasSize(5);
        return dashboards;
    }

    /** What the panels and annotations of a dashboard ask for, with a station of any name. */
    static List<String> panels(Path dashboard) throws IOException {
        return expressions(JSON.std.mapFrom(Files.readString(dashboard))).stream()
                .map(expression -> expression.replace("Relay Radio", ".*"))
                .toList();
    }

    private static List<String> expressions(Map<?, ?> dashboard) {
        List<String> expressions = new ArrayList<>();
        for (Object panel : (List<?>) dashboard.get("panels")) {
            ((List<?>) Rules.map(panel).get("targets")).forEach(target -> expressions.add(expression(target)));
        }
        for (Object annotation :
                (List<?>) Rules.map(dashboard.get("annotations")).get("list")) {
            expressions.add(expression(annotation));
        }
        return expressions;
    }

    /** With what Grafana would put in the place of its variables. */
    private static String expression(Object target) {
        return ((String) Rules.map(target).get("expr"))
                .replace("$station", "Relay Radio")
                .replace("$__rate_interval", "4s");
    }
}
