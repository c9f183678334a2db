package org.relaysupervisor.station;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.station.Station.CommandResult;

/**
 * What the daemon says of what its listeners hear, with a DJ at one end of the real programs and the metrics at the other. The DJ's
 * silence is not cut off, so that it is heard.
 */
@Order(2)
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(120)
class MeteringIT {
    /** Of the profile that is given to the mount. */
    private static final Duration HOLD = Duration.ofSeconds(2);

    /** Through Liquidsoap's buffer, both encoders and the decoder, on a computer that has other things to do. */
    private static final Duration LATENCY = Duration.ofSeconds(8);

    /**
     * High voices, for 3 s loud and for 2 s below the gate: without the weighting it would be 3 LU quieter, without the gate 2 LU. From
     * one window of five seconds to the next it is the same.
     */
    private static final String LEFT =
            "(0.08*sin(2*PI*3200*t+2*sin(2*PI*3*t))+0.06*sin(2*PI*4100*t)+0.04*(random(0)-0.5))"
                    + "*(0.06+0.94*lt(mod(t,5),3))";

    private static final String RIGHT =
            "(0.07*sin(2*PI*3300*t+2*sin(2*PI*2*t))+0.06*sin(2*PI*4300*t)+0.04*(random(1)-0.5))"
                    + "*(0.06+0.94*lt(mod(t,5),3))";
    private static final String NOT_FROM_5_TO_11 = "*(1-between(t,5,11))";

    private Path directory;
    private Station station;
    private Metered live;
    private Process dj;

    @BeforeAll
    void goOnAir(@TempDir Path own) throws IOException {
        directory = own;
        station = Station.prepare(directory);
        station.edit("(?m)^  after: 5s$", "  after: 10m");
        station.edit("(?m)^    profile: music$", "    profile: quick");
        station.edit("(?m)^  # An extra mount in opus.*$", "  - path: /second\n    bitrate: 64\n$0");
        station.edit(
                "(?m)^  # For spoken word and classical music.*$",
                "  - name: quick\n    digital_silence: 2s\n    dead_channel: 2s\n$0");
        station.start();
        live = new Metered(station, "/live");
        station.awaitOnAir();
        live.awaitMeasuring();
    }

    @AfterEach
    void leave() throws Exception {
        if (dj != null) {
            dj.destroyForcibly().waitFor();
            live.await("standby", LATENCY, () -> live.plays("standby"));
        }
    }

    @AfterAll
    void goOffAir() {
        station.close();
    }

    private void onAir(String left, String right) throws IOException {
        dj = station.dj("aevalsrc='" + left + "|" + right + "':s=44100");
        live.await("the DJ on the air", LATENCY, () -> live.plays("live"));
    }

    private CommandResult relayctl(String... arguments) throws Exception {
        CommandResult result = station.relayctl(arguments);
        assertThat(result.exitCode()).as(result.output()).isZero();
        return result;
    }

    @Test
    void isAsLoudAsFfmpegSaysOfWhatAListenerRecorded() throws Exception {
        onAir(LEFT, RIGHT);
        // What was before it has passed the decoder.
        await().during(Duration.ofSeconds(3)).atMost(LATENCY).until(() -> live.plays("live"));
        try (Tape tape = new Tape(station.listenUrl())) {
            double before = live.value("relay_meter_measured_seconds_total");
            relayctl("show", "start", "Recorded");
            int from = tape.position();
            live.await(
                    "20 s measured",
                    Duration.ofSeconds(40),
                    () -> live.value("relay_meter_measured_seconds_total") > before + 20);
            double integrated = live.value("relay_loudness_integrated_lufs");
            int to = tape.position();
            double measured = ((Number) live.status().get("programme_seconds")).doubleValue();
            assertThat((to - from) / 16_000.0).as("seconds recorded").isCloseTo(measured, within(1.5));

            Path recorded = Files.write(directory.resolve("recorded.mp3"), tape.between(from, to));
            String report = ffmpegSays(recorded);
            double expected = found("I: +(-[0-9.]+) LUFS", report.substring(report.lastIndexOf("Summary:")));
            // The mean of the samples' squares as LUFS, in two channels and without weighting and gate.
            double plain = found("mean_volume: (-[0-9.]+) dB", report) + 3.01 - 0.69;
            System.out.printf("%.2f LUFS, ffmpeg says %.1f; a plain mean %.1f%n", integrated, expected, plain);
            assertThat(plain).as("this programme would tell").isLessThan(expected - 3);
            assertThat(integrated).isCloseTo(expected, within(0.2));
        } finally {
            relayctl("show", "end");
        }
    }

    private static String ffmpegSays(Path recorded) throws Exception {
        CommandResult result = Station.run(List.of(
                "ffmpeg",
                "-nostdin",
                "-hide_banner",
                "-nostats",
                "-f",
                "mp3",
                "-i",
                recorded.toString(),
                "-filter_complex",
                "ebur128,volumedetect",
                "-f",
                "null",
                "-"));
        assertThat(result.exitCode()).as(result.output()).isZero();
        return result.output();
    }

    private static double found(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return Double.parseDouble(matcher.group(1));
    }

    @Test
    void aDjWhoseProgrammeIsDigitalSilenceIsTold() throws Exception {
        onAir(LEFT + NOT_FROM_5_TO_11, RIGHT + NOT_FROM_5_TO_11);
        assertThat(live.deadAir("digital_silence")).isFalse();
        live.await("silence", Duration.ofSeconds(5).plus(HOLD).plus(LATENCY), () -> live.deadAir("digital_silence"));
        assertThat(live.deadAirSeconds("digital_silence")).isGreaterThanOrEqualTo(HOLD.toMillis() / 1e3);
        assertThat(live.value("relay_loudness_momentary_lufs")).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(live.plays("live")).as("not replaced by the standby").isTrue();
        live.await("sound again", Duration.ofSeconds(6).plus(LATENCY), () -> !live.deadAir("digital_silence"));
        assertThat(live.value("relay_loudness_momentary_lufs")).isFinite();
    }

    @Test
    void aDjWithOneDeadChannelIsTold() throws Exception {
        onAir(LEFT, RIGHT + NOT_FROM_5_TO_11);
        assertThat(live.deadAir("dead_channel")).isFalse();
        live.await("one channel", Duration.ofSeconds(5).plus(HOLD).plus(LATENCY), () -> live.deadAir("dead_channel"));
        assertThat(live.deadAir("digital_silence")).isFalse();
        assertThat(relayctl("status").output()).contains("right");
        live.await("both again", Duration.ofSeconds(6).plus(LATENCY), () -> !live.deadAir("dead_channel"));
    }

    @Test
    void standbyIsToldUntilADjComesAndWhenTheDjLeaves() throws Exception {
        live.await("standby", LATENCY, () -> live.deadAir("standby"));
        assertThat(live.plays("standby")).isTrue();
        onAir(LEFT, RIGHT);
        live.await("no standby", LATENCY, () -> !live.deadAir("standby"));
        assertThat(live.plays("standby")).isFalse();
        dj.destroyForcibly();
        live.await("standby", LATENCY, () -> live.deadAir("standby"));
        assertThat(live.plays("standby")).isTrue();
        assertThat(live.plays("live")).isFalse();
    }

    @Test
    void aSilenceThatIsAnnouncedIsToldOnlyWhenTheShowHasEnded() throws Exception {
        String untilThen = "*lt(t,5)";
        onAir(LEFT + untilThen, RIGHT + untilThen);
        relayctl("show", "start", "A minute's silence", "--expect", "digital_silence");
        assertThat(relayctl("show", "status").output()).contains("A minute's silence", "digital silence");
        assertThat(station.metric("relay_show_scheduled")).isEqualTo(1);
        live.await(
                "silence",
                LATENCY.plusSeconds(5),
                () -> live.value("relay_loudness_momentary_lufs") == Double.NEGATIVE_INFINITY);
        await("nothing told")
                .during(HOLD.multipliedBy(2))
                .atMost(HOLD.multipliedBy(3))
                .until(() -> !live.deadAir("digital_silence"));
        long asked = System.nanoTime();
        relayctl("show", "end");
        live.await("told", HOLD.plusSeconds(2), () -> live.deadAir("digital_silence"));
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isGreaterThan(HOLD);
        assertThat(station.metric("relay_show_scheduled")).isZero();
    }

    @Test
    void aReloadMakesAndEndsDecodersAndLeavesAllOthersAlone() throws Exception {
        Metered second = new Metered(station, "/second");
        Map<String, Long> others = pids("icecast", "liquidsoap", "recorder");
        long decoder = station.pid("decoder");
        assertThat(second.status()).isNull();

        station.edit("mounts: \\[/live]", "mounts: [/live, /second]");
        relayctl("reload");
        second.awaitMeasuring();
        Map<String, Long> decoders = pids("decoder", "decoder-second");
        assertThat(decoders).containsEntry("decoder", decoder);
        assertThat(live.state("measuring")).as("not interrupted").isTrue();

        station.edit("(?m)^    profile: quick$", "    profile: music");
        relayctl("reload");
        live.await("judged as music", HOLD, () -> "music".equals(live.status().get("profile")));
        assertThat(pids("decoder", "decoder-second")).isEqualTo(decoders);

        station.edit("(?s)(\\nmetering:.*?enabled: )true", "$1false");
        relayctl("reload");
        live.await("no decoder", LATENCY, () -> decoders.values().stream().noneMatch(Station::alive));
        assertThat(live.status()).isNull();
        assertThat(station.metrics()).doesNotContain("relay_dead_air{");
        assertThat(station.status().get("children").toString()).doesNotContain("decoder");

        station.edit("(?s)(\\nmetering:.*?enabled: )false", "$1true");
        station.edit("mounts: \\[/live, /second]", "mounts: [/live]");
        station.edit("(?m)^    profile: music$", "    profile: quick");
        relayctl("reload");
        live.awaitMeasuring();
        assertThat(second.status()).isNull();
        assertThat(station.pid("decoder")).isNotEqualTo(decoder);
        assertThat(pids("icecast", "liquidsoap", "recorder")).isEqualTo(others);
    }

    private Map<String, Long> pids(String... children) throws Exception {
        Map<String, Long> pids = new TreeMap<>();
        for (String child : children) {
            pids.put(child, station.pid(child));
        }
        return pids;
    }

    @Test
    void watchShowsTheMountsLevels() throws Exception {
        Path shown = directory.resolve("shown");
        String watch = "stty rows 24 cols 80; exec %s --socket %s watch --interval 0.2"
                .formatted(Station.checkout().resolve("bin/relayctl"), station.state.resolve("control.sock"));
        ProcessBuilder script = new ProcessBuilder("script", "-qfec", watch, "/dev/null")
                .redirectErrorStream(true)
                .redirectOutput(shown.toFile());
        script.environment().putAll(Map.of("TERM", "xterm", "NO_COLOR", "1", "LC_ALL", "C.UTF-8"));
        Process terminal = script.start();
        try {
            live.await("a frame with levels", Duration.ofSeconds(10), () -> {
                String frame = Files.readString(shown);
                return List.of("M", "S", "I").stream()
                        .allMatch(bar -> Pattern.compile(" " + bar + " +-\\d+\\.\\d LUFS ")
                                .matcher(frame)
                                .find());
            });
            assertThat(Files.readString(shown)).contains("/live", "dBTP", "DEAD AIR: standby", "decoder");
            terminal.getOutputStream().write('q');
            terminal.getOutputStream().flush();
            assertThat(terminal.waitFor()).isZero();
        } finally {
            terminal.destroyForcibly();
        }
    }
}
