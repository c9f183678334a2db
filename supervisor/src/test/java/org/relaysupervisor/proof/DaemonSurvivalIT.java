package org.relaysupervisor.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.relaysupervisor.process.ImitatedManager;
import org.relaysupervisor.proof.SwarmReport.Kind;
import org.relaysupervisor.station.Station;

/** The daemon is killed, and listeners hear a pause at the most: with somebody who keeps its descriptors, and starts the next one. */
@Isolated("it measures a silence")
@Timeout(300)
class DaemonSurvivalIT {
    private static final int LISTENERS = 30;
    private static final int SAMPLED = 15;
    private static final int DIRECT = 3;
    private static final int KILLS = 3;
    private static final Duration SOON = Duration.ofSeconds(45);

    @Test
    void allGoOnUnderTheNextDaemonAndNobodyWhoComesIsRefused(@TempDir Path directory) throws Exception {
        Station station = Station.prepare(directory);
        station.edit("segment: 1m", "segment: 5s");
        try (ImitatedManager manager = new ImitatedManager(directory.resolve("notify"));
                station) {
            manager.readAlways();
            station.start(manager::start);
            station.awaitOnAir();
            Process dj = station.dj("sine=frequency=1000:sample_rate=44100");
            try {
                await("the DJ is on the air").atMost(SOON).until(() -> plays(station, "live"));
                done(station, "show", "start", "Survival");
                String connected = sourceConnected(station);
                List<Duration> silences = kills(station, manager);
                assertThat(sourceConnected(station))
                        .as("when Icecast's source came")
                        .isEqualTo(connected);
                assertThat(dj.isAlive()).as("the DJ is still connected").isTrue();
                await("the DJ is on the air").atMost(SOON).until(() -> plays(station, "live"));
                System.out.println("kill -9 of the daemon: longest time without a byte for " + LISTENERS
                        + " listeners: " + silences);
            } finally {
                dj.destroyForcibly();
            }
            assertRecordingHasNoGap(station);
        }
    }

    private static boolean plays(Station station, String input) throws IOException, InterruptedException {
        return station.status().toString().contains("source=" + input);
    }

    private static String sourceConnected(Station station) throws IOException {
        return station.metrics()
                .lines()
                .filter(line -> line.startsWith("icecast_stream_start{"))
                .findFirst()
                .orElseThrow();
    }

    private static String done(Station station, String... command) throws IOException, InterruptedException {
        Station.CommandResult result = station.relayctl(command);
        assertThat(result.exitCode()).as(result.output()).isZero();
        return result.output();
    }

    /** The second swarm listens to Icecast itself. */
    private static List<Duration> kills(Station station, ImitatedManager manager) throws Exception {
        List<Duration> silences = new ArrayList<>();
        try (ListenerSwarm swarm = ListenerSwarm.start(
                        SwarmPlan.of(station.listenerPort, "/live", LISTENERS).withSampled(SAMPLED));
                ListenerSwarm direct = ListenerSwarm.start(
                        SwarmPlan.of(station.icecastPort, "/live", DIRECT).withSampled(DIRECT))) {
            swarm.fill(Duration.ofSeconds(30));
            direct.fill(Duration.ofSeconds(30));
            for (int kill = 0; kill < KILLS; kill++) {
                silences.add(silenceOfAKill(station, manager, swarm));
            }
            assertThat(swarm.heard())
                    .hasSize(SAMPLED)
                    .allSatisfy(heard -> assertThat(heard.faults()).isEmpty())
                    .allSatisfy(heard -> assertThat(heard.frames()).hasSizeGreaterThan(200))
                    .anyMatch(Hearing.Heard::icy);
            assertThat(direct.report().closed(Kind.STEADY))
                    .as("connections to Icecast that were closed")
                    .isZero();
            assertThat(direct.heard())
                    .hasSize(DIRECT)
                    .allSatisfy(heard -> assertThat(heard.faults()).isEmpty());
        }
        return silences;
    }

    private static void assertRecordingHasNoGap(Station station) throws Exception {
        done(station, "show", "end");
        await("the recording is in the store; the daemon said:\n" + station.output())
                .atMost(SOON)
                .until(() -> done(station, "recordings").contains("stored"));
        assertThat(done(station, "recordings"))
                .as("nothing is missing")
                .containsPattern("(?m)^stored .* - +live/.*survival");
    }

    private static Duration silenceOfAKill(Station station, ImitatedManager manager, ListenerSwarm swarm)
            throws IOException, InterruptedException {
        await("every connection is kept")
                .until(() -> manager.kept().stream()
                                .filter(name -> name.startsWith("listener-"))
                                .count()
                        >= LISTENERS);
        swarm.report();
        Station.signal("KILL", station.daemon().pid());
        station.daemon().waitFor();
        try (Socket between = new Socket(InetAddress.getLoopbackAddress(), station.listenerPort)) {
            between.setSoTimeout(30_000);
            between.getOutputStream().write("GET /live HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            station.start(manager::start);
            assertThat(new String(between.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.0 200");
            assertThat(between.getInputStream().readNBytes(50_000)).hasSize(50_000);
        }
        await("the source is back")
                .ignoreExceptions()
                .atMost(Duration.ofSeconds(30))
                .until(() -> station.metric("relay_listeners_resumed_total") >= LISTENERS
                        && station.metric("icecast_up") == 1);
        SwarmReport report = swarm.report();
        assertThat(report.closed(Kind.STEADY))
                .as("connections that were closed")
                .isZero();
        assertThat(report.hearing(Kind.STEADY)).isEqualTo(LISTENERS);
        assertThat(station.metric("relay_listeners_resumed_total")).isEqualTo(LISTENERS);
        assertThat(station.metric("relay_listeners_lost_total{cause=\"not_resumed\"}"))
                .isZero();
        return report.longestSilence();
    }
}
