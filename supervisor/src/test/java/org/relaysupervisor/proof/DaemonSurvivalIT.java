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

/** The daemon is killed, and listeners hear a pause: with somebody who keeps its descriptors, and starts the next one. */
@Isolated("it measures a silence")
@Timeout(240)
class DaemonSurvivalIT {
    private static final int LISTENERS = 30;
    private static final int SAMPLED = 15;
    private static final int KILLS = 3;

    @Test
    void listenersGoOnUnderTheNextDaemonAndNobodyWhoComesIsRefused(@TempDir Path directory) throws Exception {
        Station station = Station.prepare(directory);
        try (ImitatedManager manager = new ImitatedManager(directory.resolve("notify"));
                station) {
            manager.readAlways();
            station.start(manager::start);
            station.awaitOnAir();
            List<Duration> silences = new ArrayList<>();
            try (ListenerSwarm swarm = ListenerSwarm.start(
                    SwarmPlan.of(station.listenerPort, "/live", LISTENERS).withSampled(SAMPLED))) {
                swarm.fill(Duration.ofSeconds(30));
                for (int kill = 0; kill < KILLS; kill++) {
                    silences.add(silenceOfAKill(station, manager, swarm));
                }
                assertThat(swarm.heard())
                        .hasSize(SAMPLED)
                        .allSatisfy(heard -> assertThat(heard.faults()).isEmpty())
                        .allSatisfy(heard -> assertThat(heard.frames()).hasSizeGreaterThan(200))
                        .anyMatch(Hearing.Heard::icy);
            }
            System.out.println(
                    "kill -9 of the daemon: longest time without a byte for " + LISTENERS + " listeners: " + silences);
        }
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
