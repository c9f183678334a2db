package org.relaysupervisor.station;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.station.Station.CommandResult;

/** The real station, really broken and repaired. What alerts make of it is for the tests of the monitoring. */
@Order(1)
@Timeout(300)
class DrillIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String RECORDER = "recorder";

    @TempDir
    static Path directory;

    private static Station station;

    @BeforeAll
    static void goOnAir() throws Exception {
        station = Station.prepare(directory);
        station.edit("segment: 1m", "segment: 2s");
        station.edit("maximum_delay: 30s", "maximum_delay: 1s");
        station.edit("failed_delay: 30s", "failed_delay: 1s");
        station.goOnAir();
    }

    @AfterAll
    static void close() {
        station.close();
    }

    @AfterEach
    void leavesNothingBroken() {
        awaitNoDrill();
        await("every child is up")
                .atMost(SOON)
                .until(() -> children().stream().allMatch(child -> "up".equals(child.get("state"))));
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> children() throws IOException, InterruptedException {
        return (List<Map<String, Object>>) station.status().get("children");
    }

    private static void awaitNoDrill() {
        await("no drill is on; the daemon said:\n" + station.output())
                .atMost(SOON)
                .until(() -> station.status().get("drill") == null);
    }

    private static Process drill(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Station.checkout().resolve("bin/relayctl").toString(),
                "--socket",
                station.state.resolve("control.sock").toString(),
                "drill"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--prometheus", "none", "--alertmanager", "none"));
        if (!command.contains("--settle")) {
            command.addAll(List.of("--settle", "1s"));
        }
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("drill.txt").toFile())
                .start();
    }

    private static void awaitDrill(String name) {
        await(name + " is on; relayctl said:\n" + said())
                .atMost(SOON)
                .until(() -> station.metric("relay_drill_active{drill=\"" + name + "\"}") == 1);
    }

    private static String said() {
        try {
            return Files.readString(directory.resolve("drill.txt"));
        } catch (IOException e) {
            return "nothing";
        }
    }

    private static int ended(Process drill) throws InterruptedException {
        assertThat(drill.waitFor(60, TimeUnit.SECONDS))
                .as("relayctl ended; it said:\n%s", said())
                .isTrue();
        return drill.exitValue();
    }

    private static List<String> found(String expression, String text) {
        return Pattern.compile(expression, Pattern.MULTILINE)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private static double restarts(String child, String cause) throws IOException {
        return station.metric("relay_child_restarts_total{cause=\"" + cause + "\",child=\"" + child + "\"}");
    }

    private static char processState(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        return stat.charAt(stat.lastIndexOf(')') + 2);
    }

    private static int answer() throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) station.listenUrl().toURL().openConnection();
        connection.setConnectTimeout(2_000);
        connection.setReadTimeout(5_000);
        try {
            return connection.getResponseCode();
        } finally {
            connection.disconnect();
        }
    }

    @Test
    void theStreamStopsAndComesBack() throws Exception {
        Process drill = drill("stop-stream", "--for", "8s");
        awaitDrill("stop-stream");
        await("the mount is gone").atMost(SOON).until(() -> answer() != 200);
        assertThat(station.relayctl("status").output()).contains("DRILL stop-stream");
        assertThat(ended(drill)).as(said()).isZero();
        assertThat(said()).contains("drill stop-stream is repaired", "SCORECARD stop-stream", "result: good");
        await("the mount is back").atMost(SOON).until(() -> answer() == 200);
    }

    @Test
    void aKilledChildIsCountedAsADrillsAndIsBack() throws Exception {
        double before = restarts("icecast", "drill");
        double signals = restarts("icecast", "signal");
        long pid = station.pid("icecast");
        assertThat(ended(drill("kill-icecast", "--for", "5s"))).as(said()).isZero();
        assertThat(restarts("icecast", "drill")).isEqualTo(before + 1);
        assertThat(restarts("icecast", "signal")).isEqualTo(signals);
        assertThat(station.pid("icecast")).isNotEqualTo(pid);
    }

    @Test
    void aReplacementThatFailsIsGivenUpAndTheOldOnePlaysOn() throws Exception {
        String failures = "relay_replacements_total{child=\"liquidsoap\",outcome=\"failed\"}";
        double before = station.metric(failures);
        long pid = station.pid("liquidsoap");
        try (Tape tape = new Tape(station.listenUrl())) {
            Process drill = drill("fail-replacement", "--for", "8s", "--most-listeners", "1");
            awaitDrill("fail-replacement");
            await("another one stands still")
                    .atMost(SOON)
                    .until(() ->
                            station.child("liquidsoap").get("note").toString().contains("is being tried"));
            assertThat(ended(drill)).as(said()).isZero();
            await("it is given up").atMost(SOON).until(() -> station.metric(failures) == before + 1);
            assertThat(station.output())
                    .contains("liquidsoap was not replaced, and the old one plays on: the drill is over");
            int then = tape.position();
            await("the listener hears on").atMost(SOON).until(() -> tape.position() > then + 64_000);
        }
        assertThat(station.pid("liquidsoap")).isEqualTo(pid);
    }

    @Test
    void aStalledRecorderStandsStillAndRecordsAgain() throws Exception {
        long pid = station.pid(RECORDER);
        Process drill = drill("stall-recorder", "--for", "12s");
        awaitDrill("stall-recorder");
        await("it stands still").atMost(SOON).until(() -> processState(pid) == 'T');
        assertThat(ended(drill)).as(said()).isZero();
        double bytes = station.metric("relay_recording_bytes_total");
        await("it records again").atMost(SOON).until(() -> station.metric("relay_recording_bytes_total") > bytes);
    }

    @Test
    void theStoreRefusesAndTakesAgain() throws Exception {
        Path store = station.state.resolve("recordings");
        await("something is stored").atMost(SOON).until(() -> Files.isDirectory(store));
        double before = uploadFailures();
        Process drill = drill("upload-refused", "--for", "15s");
        awaitDrill("upload-refused");
        await("uploads fail").atMost(SOON).until(() -> uploadFailures() > before);
        assertThat(ended(drill)).as(said()).isZero();
        double stored = station.metric("relay_uploaded_bytes_total");
        await("uploads go on").atMost(SOON).until(() -> station.metric("relay_uploaded_bytes_total") > stored);
    }

    private static double uploadFailures() throws IOException {
        return station.metrics()
                .lines()
                .filter(line -> line.startsWith("r2_upload_failures_total{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .sum();
    }

    @Test
    void theListenersPortRefusesAndAcceptsAgain() throws Exception {
        Process drill = drill("probe-target-gone", "--for", "5s");
        awaitDrill("probe-target-gone");
        await("nobody can connect").atMost(SOON).until(DrillIT::isRefused);
        assertThat(station.metric("relay_on_air{mount=\"/live\"}")).isEqualTo(1);
        assertThat(ended(drill)).as(said()).isZero();
        assertThat(answer()).isEqualTo(200);
    }

    private static boolean isRefused() throws IOException {
        try {
            answer();
            return false;
        } catch (ConnectException e) {
            return true;
        }
    }

    @Test
    void silenceAndADeadChannelAreReallyPlayed() throws Exception {
        await("the meter measures")
                .atMost(SOON)
                .until(() -> station.metric("relay_loudness_momentary_lufs{mount=\"/live\"}") > -50);
        Process silence = drill("silence", "--for", "20s");
        await("silence is heard")
                .atMost(SOON)
                .until(() -> station.metric("relay_dead_air_seconds{kind=\"digital_silence\",mount=\"/live\"}") > 1
                        || station.metric("relay_dead_air_seconds{kind=\"near_silence\",mount=\"/live\"}") > 1);
        assertThat(ended(silence)).as(said()).isZero();
        await("the programme is heard again")
                .atMost(SOON)
                .until(() -> station.metric("relay_loudness_momentary_lufs{mount=\"/live\"}") > -50);

        Process dead = drill("dead-channel", "--for", "20s");
        await("a dead channel is heard")
                .atMost(SOON)
                .until(() -> station.metric("relay_dead_air_seconds{kind=\"dead_channel\",mount=\"/live\"}") > 1);
        assertThat(ended(dead)).as(said()).isZero();
    }

    @Test
    void anInterruptRepairsAtOnce() throws Exception {
        Process drill = drill("stall-recorder", "--for", "5m");
        awaitDrill("stall-recorder");
        Station.signal("INT", drill.pid());
        assertThat(ended(drill)).isEqualTo(1);
        assertThat(said()).contains("drill stall-recorder is repaired", "it was interrupted");
        assertThat(station.status().get("drill")).isNull();
    }

    @Test
    void aKilledRelayctlIsMissedAndTheDaemonRepairs() throws Exception {
        long pid = station.pid(RECORDER);
        Process drill = drill("stall-recorder", "--for", "5m");
        awaitDrill("stall-recorder");
        drill.destroyForcibly();
        assertThat(drill.waitFor(10, TimeUnit.SECONDS)).isTrue();
        awaitNoDrill();
        assertThat(station.output()).contains("because nobody has renewed it for 10 s");
        await("the recorder goes on").atMost(SOON).until(() -> {
            long now = station.pid(RECORDER);
            return processState(now) != 'T' || now != pid;
        });
    }

    @Test
    void isRefusedDuringAShowAndWithListeners() throws Exception {
        assertThat(station.relayctl("show", "start", "Jazz").exitCode()).isZero();
        try {
            assertThat(ended(drill("kill-icecast", "--for", "5s"))).isEqualTo(1);
            assertThat(said()).contains("the show Jazz is on", "--force");
        } finally {
            assertThat(station.relayctl("show", "end").exitCode()).isZero();
        }
        HttpURLConnection listener =
                (HttpURLConnection) station.listenUrl().toURL().openConnection();
        try {
            assertThat(listener.getResponseCode()).isEqualTo(200);
            await().atMost(SOON).until(() -> station.metric("relay_listeners{mount=\"/live\"}") == 1);
            assertThat(ended(drill("kill-icecast", "--for", "5s"))).isEqualTo(1);
            assertThat(said()).contains("1 people listen, and at most 0 may");
        } finally {
            listener.disconnect();
        }
        await().atMost(SOON).until(() -> station.metric("relay_listeners{mount=\"/live\"}") == 0);
    }

    @Test
    void whatCannotBeHadHereIsRefusedAndSaidInTheList() throws Exception {
        CommandResult list = station.relayctl("drill", "--list");
        assertThat(list.exitCode()).as(list.output()).isZero();
        assertThat(list.output())
                .contains("stop-stream", "kill-decoder", "disk-full")
                .contains(
                        "kill-daemon: not now: no service manager",
                        "stall-daemon: not now: no service manager",
                        "oom-daemon: not now: no service manager");
        assertThat(ended(drill("kill-daemon", "--for", "5s"))).isEqualTo(1);
        assertThat(said()).contains("nobody would start it again");
        assertThat(ended(drill("flood", "--for", "5s"))).isEqualTo(1);
        assertThat(said()).contains("there is no drill flood");
        CommandResult elsewhere = station.relayctl("drill", "silence", "--prometheus", "http://10.0.0.1:9090");
        assertThat(elsewhere.exitCode()).isEqualTo(2);
        assertThat(elsewhere.output()).contains("an address of this machine");
    }

    /** What can't be had in this test's station is known: it has no cgroups, no service manager, and its spool is on the machine's disk. */
    @Test
    @Timeout(900)
    void allAreHadInTheListsOrderRepairedAndScored() throws Exception {
        await("something is stored").atMost(SOON).until(() -> Files.isDirectory(station.state.resolve("recordings")));
        List<String> list = new ArrayList<>(
                found("^(\\S+) ", station.relayctl("drill", "--list").output().split("\n\n")[0]));
        list.remove("DRILL");
        Process all = drill("--all", "--for", "3s", "--settle", "60s");
        assertThat(all.waitFor(10, TimeUnit.MINUTES)).as(said()).isTrue();
        assertThat(said()).contains("\nALL DRILLS\n");

        List<String> missing = found("^  (\\S+): not had: ", said());
        assertThat(missing)
                .as(said())
                .allMatch(name -> name.startsWith("oom-")
                        || List.of("disk-full", "kill-daemon", "stall-daemon").contains(name));
        list.removeAll(missing);
        assertThat(list).hasSizeGreaterThan(12).startsWith("stop-stream");
        assertThat(found("^SCORECARD (\\S+)$", said())).isEqualTo(list);
        assertThat(found("drill (\\S+) is repaired$", said())).isEqualTo(list);
        assertThat(found("^  (\\S+): good$", said())).isEqualTo(list);
        assertThat(all.exitValue()).as(said()).isZero();
    }

    @Test
    void theNextDaemonRepairsWhatAKilledOneLeft() throws Exception {
        Path store = station.state.resolve("recordings");
        await("something is stored").atMost(SOON).until(() -> Files.isDirectory(store));
        Process drill = drill("upload-refused", "--for", "5m");
        awaitDrill("upload-refused");
        await("it can't be entered").atMost(SOON).until(() -> !Files.isExecutable(store));
        station.daemon().destroyForcibly();
        assertThat(station.daemon().waitFor(10, TimeUnit.SECONDS)).isTrue();
        drill.destroyForcibly();
        station.start();
        await("it is open again")
                .atMost(SOON)
                .until(() -> Files.isExecutable(store) && !Files.exists(station.state.resolve("drill")));
        assertThat(station.output()).contains("the daemon ended during the drill upload-refused");
    }
}
