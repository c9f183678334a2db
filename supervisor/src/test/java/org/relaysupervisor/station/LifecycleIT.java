package org.relaysupervisor.station;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Starts, stops and everything that can be wrong at a start, each with its one clear error. */
@Order(9)
@Execution(ExecutionMode.CONCURRENT)
class LifecycleIT {
    @TempDir
    Path directory;

    @Test
    void interruptStopsEveryChildAndLeavesNothingBehind() throws Exception {
        try (Station station = Station.onAir(directory)) {
            assertThat(station.processes()).hasSizeGreaterThanOrEqualTo(3);
            Station.signal("INT", station.daemon().pid());
            assertThat(station.daemon().waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(station.daemon().exitValue()).isZero();
            assertThat(station.processes()).isEmpty();
            assertThat(station.relayctl("status").exitCode()).isEqualTo(3);
        }
    }

    @Test
    void aSecondTerminateKillsWhatDoesNotStop() throws Exception {
        try (Station station = Station.onAir(directory)) {
            Station.signal("STOP", station.pid("liquidsoap"));
            Station.signal("TERM", station.daemon().pid());
            await().until(() -> station.output().contains("stopping"));
            Station.signal("TERM", station.daemon().pid());
            assertThat(station.daemon().waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(station.processes()).isEmpty();
        }
    }

    @Test
    void whatAKilledDaemonLeftGoesOnUnderTheNextOne() throws Exception {
        try (Station station = Station.onAir(directory)) {
            long icecast = station.pid("icecast");
            long liquidsoap = station.pid("liquidsoap");
            killed(station);
            station.start();
            station.awaitOnAir();
            assertThat(station.pid("icecast")).isEqualTo(icecast);
            assertThat(station.pid("liquidsoap")).isEqualTo(liquidsoap);
            assertThat(station.child("liquidsoap").get("adopted")).isEqualTo(true);
            assertThat(station.child("icecast").get("restarts").toString()).doesNotContain("exit=1");
            await("the recorder records again")
                    .until(() -> "up".equals(station.child("recorder").get("state")));

            // What was taken over is watched, and restarted, like any other.
            Station.signal("KILL", liquidsoap);
            await("liquidsoap is started again")
                    .until(() -> "up".equals(station.child("liquidsoap").get("state"))
                            && station.pid("liquidsoap") != liquidsoap);
            assertThat(station.child("liquidsoap").get("adopted")).isEqualTo(false);
        }
    }

    @Test
    void whatAKilledDaemonLeftIsEndedWhenItWasGivenSomethingElse() throws Exception {
        try (Station station = Station.onAir(directory)) {
            List<Long> left = List.of(station.pid("icecast"), station.pid("liquidsoap"));
            killed(station);
            station.edit("burst: ", "burst: 1");
            station.start();
            station.awaitOnAir();
            assertThat(Station.alive(left.get(0))).isFalse();
            assertThat(station.pid("liquidsoap")).isEqualTo(left.get(1));
        }
    }

    /** The recorder and the decoder end by themselves, with their connection to the daemon. */
    private void killed(Station station) throws Exception {
        List<Long> left = List.of(station.pid("icecast"), station.pid("liquidsoap"));
        Station.signal("KILL", station.daemon().pid());
        station.daemon().waitFor();
        assertThat(left).allMatch(Station::alive);
        Files.delete(directory.resolve("daemon.log"));
    }

    @Test
    void aSecondDaemonOnTheSameStateSaysSoAndExits() throws Exception {
        try (Station station = Station.onAir(directory)) {
            Station.CommandResult second = daemonThatFails(station);
            assertThat(second.output()).contains("another relay-supervisor", station.state.toString());
            assertThat(station.daemon().isAlive()).isTrue();
        }
    }

    @Test
    void aStateDirectoryOfANewerVersionIsLeftAlone() throws Exception {
        Station station = Station.prepare(directory);
        Files.createDirectories(station.state);
        Files.writeString(station.state.resolve("version"), "9999\n");
        assertThat(daemonThatFails(station).output()).contains("newer");
        assertThat(Files.readString(station.state.resolve("version"))).isEqualTo("9999\n");
    }

    @Test
    void anUnwritableStateDirectoryIsNamed() throws Exception {
        Station station = Station.prepare(directory);
        Files.createDirectory(
                station.state, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-x------")));
        assertThat(daemonThatFails(station).output()).contains(station.state.toString());
    }

    @Test
    void everyProblemOfTheConfigIsReportedAtOnceWithItsPlace() throws Exception {
        Station station = Station.prepare(directory);
        station.edit("bitrate: 128", "bitrat: 128");
        station.edit("limit: 300", "limit: many");
        Station.CommandResult result = daemonThatFails(station);
        assertThat(result.output())
                .containsPattern("relay.yaml:\\d+:\\d+: .*bitrate")
                .containsPattern("relay.yaml:\\d+:\\d+: .*limit");
        Station.CommandResult check = Station.run(
                List.of(Station.checkout().resolve("bin/relayctl").toString(), "check", station.config.toString()));
        assertThat(check.exitCode()).isEqualTo(1);
        assertThat(check.output()).containsPattern("relay.yaml:\\d+:\\d+: .*bitrate");
    }

    @Test
    void theShippedConfigPassesTheCheck() throws Exception {
        Station station = Station.prepare(directory);
        Station.CommandResult check = Station.run(
                List.of(Station.checkout().resolve("bin/relayctl").toString(), "check", station.config.toString()));
        assertThat(check.exitCode()).as(check.output()).isZero();
    }

    @Test
    void aTakenListenerPortIsNamedAtTheStart() throws Exception {
        Station station = Station.prepare(directory);
        try (ServerSocket other = new ServerSocket(station.listenerPort, 1, InetAddress.getLoopbackAddress())) {
            assertThat(daemonThatFails(station).output())
                    .contains("listeners.port " + other.getLocalPort())
                    .contains("taken");
        }
    }

    @Test
    void aTakenIcecastPortIsSaidInStatusAndTheStationComesUpWhenItIsFree() throws Exception {
        Station station = Station.prepare(directory);
        try (station) {
            try (ServerSocket other = new ServerSocket(station.icecastPort, 1, InetAddress.getLoopbackAddress())) {
                station.start();
                await("the port named in status; the daemon said:\n" + station.output())
                        .atMost(Duration.ofSeconds(30))
                        .ignoreExceptions()
                        .until(() -> station.child("icecast").toString().contains("port " + other.getLocalPort()));
            }
            station.awaitOnAir();
        }
    }

    @Test
    void aMissingProgramIsNamedWithWhatToInstallAndFoundOnceItIsThere() throws Exception {
        Station station = Station.prepare(directory);
        Path program = directory.resolve("my-ffmpeg");
        station.edit("ffmpeg: ffmpeg", "ffmpeg: " + program);
        try (station) {
            station.start();
            await("the missing program named; the daemon said:\n" + station.output())
                    .atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> station.child("recorder").toString().contains(program.toString()));
            Files.createSymbolicLink(program, Path.of("/usr/bin/ffmpeg"));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> "up".equals(station.child("recorder").get("state")));
        }
    }

    @Test
    void aReloadRestartsOnlyWhatChangedAndABrokenFileChangesNothing() throws Exception {
        try (Station station = Station.onAir(directory)) {
            long icecast = station.pid("icecast");
            long liquidsoap = station.pid("liquidsoap");
            long recorder = station.pid("recorder");

            station.edit("threshold: -?[0-9.]+", "threshold: loud");
            Station.CommandResult broken = station.relayctl("reload");
            assertThat(broken.exitCode()).isEqualTo(1);
            assertThat(broken.output()).containsPattern("relay.yaml:\\d+:\\d+:");
            assertThat(station.metric("relay_config_last_reload_successful")).isZero();

            station.edit("threshold: loud", "threshold: -47");
            Station.CommandResult reload = station.relayctl("reload");
            assertThat(reload.exitCode()).as(reload.output()).isZero();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> "up".equals(station.child("liquidsoap").get("state"))
                            && station.pid("liquidsoap") != liquidsoap);
            assertThat(station.pid("icecast")).isEqualTo(icecast);
            assertThat(station.pid("recorder")).isEqualTo(recorder);
            assertThat(station.metric("relay_config_last_reload_successful")).isEqualTo(1);
            assertThat(station.metric("relay_config_generation")).isEqualTo(2);
        }
    }

    @Test
    void aReloadTakesTheRecorderAwayAndBringsItBack() throws Exception {
        try (Station station = Station.onAir(directory)) {
            await().atMost(Duration.ofSeconds(30)).until(() -> station.metric("relay_recording_bytes_total") > 0);
            long liquidsoap = station.pid("liquidsoap");
            long recorder = station.pid("recorder");
            station.edit("(?m)^  enabled: true", "  enabled: false");
            assertThat(station.relayctl("reload").output()).contains("stopped: recorder");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> !station.status().get("children").toString().contains("recorder"));
            assertThat(Station.alive(recorder)).isFalse();

            station.edit("(?m)^  enabled: false", "  enabled: true");
            assertThat(station.relayctl("reload").output()).contains("started: recorder");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> "up".equals(station.child("recorder").get("state")));
            assertThat(station.pid("liquidsoap")).isEqualTo(liquidsoap);
        }
    }

    @Test
    void hangUpReloads() throws Exception {
        try (Station station = Station.onAir(directory)) {
            station.edit("limit: 300", "limit: 250");
            Station.signal("HUP", station.daemon().pid());
            await().atMost(Duration.ofSeconds(20)).until(() -> station.metric("relay_config_generation") == 2);
        }
    }

    /** Runs a second daemon on this station's files, which must exit with 1. */
    private static Station.CommandResult daemonThatFails(Station station) throws IOException, InterruptedException {
        Station.CommandResult result = Station.run(List.of(
                Station.checkout().resolve("bin/relay-supervisor").toString(),
                "--config",
                station.config.toString(),
                "--state",
                station.state.toString()));
        assertThat(result.exitCode()).as(result.output()).isEqualTo(1);
        return result;
    }
}
