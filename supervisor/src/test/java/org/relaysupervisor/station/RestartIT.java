package org.relaysupervisor.station;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each child killed, stopped by SIGSTOP, and restarted by the operator: back UP, with the cause told and counted. */
@TestInstance(Lifecycle.PER_CLASS)
class RestartIT {
    private static final Duration BACK_WITHIN = Duration.ofSeconds(45);

    private Station station;

    @BeforeAll
    void goOnAir(@TempDir Path directory) throws IOException {
        station = Station.onAir(directory);
    }

    @AfterAll
    void goOffAir() {
        station.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"icecast", "liquidsoap", "recorder"})
    void aKilledChildComesBack(String child) throws Exception {
        awaitAllUp();
        double before = restarts(child, "signal");
        long pid = station.pid(child);
        Station.signal("KILL", pid);
        awaitRestarted(child, pid);
        assertThat(restarts(child, "signal")).isEqualTo(before + 1);
        assertThat(station.child(child).get("last_exit").toString()).contains("SIGKILL");
        awaitAllUp();
    }

    @ParameterizedTest
    @ValueSource(strings = {"icecast", "liquidsoap", "recorder"})
    void aHungChildIsKilledAndComesBack(String child) throws Exception {
        awaitAllUp();
        double before = restarts(child, "hang");
        long pid = station.pid(child);
        Station.signal("STOP", pid);
        awaitRestarted(child, pid);
        assertThat(restarts(child, "hang")).isEqualTo(before + 1);
        assertThat(Station.alive(pid)).isFalse();
        awaitAllUp();
    }

    @Test
    void theOperatorStopsAndStartsAChild() throws Exception {
        awaitAllUp();
        long pid = station.pid("recorder");
        assertThat(station.relayctl("stop", "recorder").exitCode()).isZero();
        assertThat(Station.alive(pid)).isFalse();
        assertThat(station.child("recorder").get("state")).isEqualTo("stopped");
        assertThat(station.relayctl("start", "recorder").exitCode()).isZero();
        awaitAllUp();
    }

    @Test
    void theOperatorsRestartIsNotAFailure() throws Exception {
        awaitAllUp();
        long pid = station.pid("recorder");
        double before = restarts("recorder", "operator");
        assertThat(station.relayctl("restart", "recorder").exitCode()).isZero();
        awaitRestarted("recorder", pid);
        assertThat(restarts("recorder", "operator")).isEqualTo(before + 1);
    }

    /** Outside a unit that delegates, the daemon looks itself. */
    @Test
    void aChildThatOutgrowsItsLimitIsRestarted() throws Exception {
        awaitAllUp();
        assertThat(station.metric("relay_memory_enforcement{mode=\"cgroup\"}")).isZero();
        long pid = station.pid("liquidsoap");
        double before = restarts("liquidsoap", "rss");
        station.edit("liquidsoap: 400MiB", "liquidsoap: 64MiB");
        assertThat(station.relayctl("reload").exitCode()).isZero();
        await("Liquidsoap is restarted; the daemon said:\n" + station.output())
                .atMost(BACK_WITHIN)
                .until(() -> restarts("liquidsoap", "rss") > before);
        assertThat(Station.alive(pid)).isFalse();
        station.edit("liquidsoap: 64MiB", "liquidsoap: 400MiB");
        assertThat(station.relayctl("reload").exitCode()).isZero();
        awaitAllUp();
    }

    private double restarts(String child, String cause) throws IOException {
        return station.metric("relay_child_restarts_total{cause=\"" + cause + "\",child=\"" + child + "\"}");
    }

    private void awaitAllUp() {
        await("every child up; the daemon said:\n" + station.output())
                .atMost(BACK_WITHIN)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    for (String child : new String[] {"icecast", "liquidsoap", "recorder"}) {
                        if (!"up".equals(station.child(child).get("state"))) {
                            return false;
                        }
                    }
                    return true;
                });
    }

    private void awaitRestarted(String child, long oldPid) {
        await(child + " has a new process and is up; the daemon said:\n" + station.output())
                .atMost(BACK_WITHIN)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    var now = station.child(child);
                    return "up".equals(now.get("state")) && ((Number) now.get("pid")).longValue() != oldPid;
                });
    }
}
