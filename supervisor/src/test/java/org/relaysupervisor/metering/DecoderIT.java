package org.relaysupervisor.metering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.relaysupervisor.audio.Loudness;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Delivery;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.loop.ControlLoop;
import org.relaysupervisor.metering.MeterSnapshot.State;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.ProcessSpec;
import org.relaysupervisor.programs.Configs;

/** Real ffmpegs that decode streams which come in real time. */
@Order(3)
@Execution(ExecutionMode.CONCURRENT)
class DecoderIT {
    private static final Executables EXECUTABLES = new Executables(System.getenv("PATH"));
    /** Voices with vibrato and tremolo and bursts of noise, different on each side. */
    private static final String LIVELY = "aevalsrc='0.25*sin(2*PI*220*t)*(0.6+0.4*sin(2*PI*0.7*t))"
            + "+0.12*sin(2*PI*1320*t+2*sin(2*PI*3*t))*(0.5+0.5*sin(2*PI*0.31*t))"
            + "+0.15*(random(0)-0.5)*gt(sin(2*PI*1.9*t)\\,0.6)"
            + "|0.2*sin(2*PI*221*t)*(0.6+0.4*sin(2*PI*0.9*t))"
            + "+0.12*sin(2*PI*1310*t+2*sin(2*PI*2*t))*(0.5+0.5*sin(2*PI*0.41*t))"
            + "+0.15*(random(1)-0.5)*gt(sin(2*PI*1.9*t)\\,0.6)'";

    private static final List<String> MP3 =
            List.of("-c:a", "libmp3lame", "-b:a", "128k", "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3");

    @TempDir
    Path directory;

    private final ControlLoop clock = new ControlLoop();
    private final List<Process> processes = new ArrayList<>();
    private PacedStation station;
    private Metering metering;
    private RelayConfig config;

    @BeforeEach
    void open() throws IOException {
        station = new PacedStation();
        metering = Metering.open(
                directory,
                clock,
                task -> new Thread(task, "relay-meter"),
                mount -> new Heard(Duration.ZERO, Duration.ZERO, station.splices(mount)));
    }

    @AfterEach
    void close() throws IOException {
        processes.forEach(Process::destroyForcibly);
        processes.forEach(
                process -> process.onExit().orTimeout(10, TimeUnit.SECONDS).join());
        metering.close();
        station.close();
    }

    private static Mount mount(String path, Format format, int channels) {
        return new Mount(path, format, 128, 44_100, channels, path.equals("/live"), Delivery.FEED, "music");
    }

    private void meter(Mount... mounts) {
        Configs configs = new Configs();
        configs.mounts = List.of(mounts);
        configs.listenersPort = station.port();
        configs.metering = new RelayConfig.Metering(
                configs.mounts.stream().map(Mount::path).toList());
        config = configs.build();
        metering.use(config);
    }

    private Process start(Decoder decoder) throws IOException {
        ProcessSpec spec = decoder.prepare();
        ProcessBuilder builder = new ProcessBuilder(spec.argv())
                .directory(spec.workingDirectory().toFile())
                .redirectErrorStream(true)
                .redirectOutput(log(spec.name()).toFile());
        builder.environment().clear();
        builder.environment().putAll(spec.environment());
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private Path log(String name) {
        return directory.resolve(name + ".log");
    }

    private Process startOnly() throws IOException {
        return start(metering.decoders(config, EXECUTABLES).get(0));
    }

    private static ByteArrayOutputStream run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(command.contains("-filter_complex"))
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        process.getInputStream().transferTo(output);
        assertThat(process.waitFor()).as("%s", command).isZero();
        return output;
    }

    private static byte[] programme(int seconds, int rate, int channels, List<String> codec) throws Exception {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i"));
        command.add(LIVELY + ":s=44100:d=" + seconds);
        command.addAll(List.of("-ar", "" + rate, "-ac", "" + channels));
        command.addAll(codec);
        command.add("pipe:1");
        return run(command).toByteArray();
    }

    /** Integrated loudness as ffmpeg's own meter sees it, in two loudspeakers. */
    private double loudness(String name, byte[] stream, int channels) throws Exception {
        Path file = directory.resolve(name);
        Files.write(file, stream);
        String report = run(List.of(
                        "ffmpeg",
                        "-nostdin",
                        "-hide_banner",
                        "-nostats",
                        "-i",
                        file.toString(),
                        "-filter_complex",
                        "ebur128=dualmono=" + (channels == 1),
                        "-f",
                        "null",
                        "-"))
                .toString(StandardCharsets.UTF_8);
        Matcher matcher =
                Pattern.compile("I: +(-[0-9.]+) LUFS").matcher(report.substring(report.lastIndexOf("Summary:")));
        assertThat(matcher.find()).as(report).isTrue();
        return Double.parseDouble(matcher.group(1));
    }

    private MeterSnapshot live() {
        return metering.snapshot().get("/live");
    }

    private static ConditionFactory await(int seconds) {
        return Awaitility.await().pollInterval(Duration.ofMillis(20)).atMost(Duration.ofSeconds(seconds));
    }

    private void awaitState(State state, int seconds) {
        await(seconds).untilAsserted(() -> {
            MeterSnapshot now = live();
            assertThat(now.state())
                    .as("%s, log %s", now, Files.readString(log("decoder")))
                    .isEqualTo(state);
        });
    }

    @Test
    void everyCodecIsAsLoudAsFfmpegSaysAndMonoAsLoudAsInTwoLoudspeakers() throws Exception {
        int seconds = 20;
        Map<String, byte[]> streams = new HashMap<>();
        streams.put("/live", programme(seconds, 44_100, 2, MP3));
        streams.put("/mono", programme(seconds, 44_100, 1, MP3));
        streams.put("/aac", programme(seconds, 44_100, 2, List.of("-c:a", "aac", "-b:a", "128k", "-f", "adts")));
        streams.put("/opus", programme(seconds, 48_000, 2, List.of("-c:a", "libopus", "-b:a", "96k", "-f", "ogg")));
        streams.forEach((path, bytes) -> station.serve(path, bytes, seconds));
        meter(
                mount("/live", Format.MP3, 2),
                mount("/mono", Format.MP3, 1),
                mount("/aac", Format.AAC, 2),
                mount("/opus", Format.OPUS, 2));
        for (Decoder decoder : metering.decoders(config, EXECUTABLES)) {
            start(decoder);
        }
        Map<String, Loudness> last = new HashMap<>();
        await(seconds + 30).until(() -> {
            metering.snapshot()
                    .forEach((mount, snapshot) -> snapshot.reading()
                            .filter(reading -> !Double.isNaN(reading.integrated()))
                            .ifPresent(reading -> last.put(mount, reading)));
            return last.size() == streams.size()
                    && last.values().stream().allMatch(reading -> reading.programmeFrames() >= (seconds - 1L) * 48_000);
        });
        for (Map.Entry<String, byte[]> stream : streams.entrySet()) {
            String mount = stream.getKey();
            double expected = loudness(mount.substring(1), stream.getValue(), mount.equals("/mono") ? 1 : 2);
            System.out.printf(
                    "%s: %.2f LUFS, ffmpeg says %.1f%n", mount, last.get(mount).integrated(), expected);
            assertThat(last.get(mount).integrated()).as(mount).isCloseTo(expected, within(0.2));
        }
    }

    @Test
    void aStoppedDecoderLeavesNothingStaleAndResynchronises() throws Exception {
        station.serve("/live", programme(60, 44_100, 2, MP3), 60);
        meter(mount("/live", Format.MP3, 2));
        Process decoder = startOnly();
        awaitState(State.MEASURING, 20);
        signal("STOP", decoder);
        awaitState(State.WAITING, 6);
        assertThat(live().reading()).isEmpty();
        assertThat(live().problem().orElseThrow()).contains("decoder");
        assertThat(live().deadAir().values()).noneMatch(kind -> kind.active());
        await(10).until(() -> live().age().orElseThrow().compareTo(Duration.ofSeconds(6)) > 0);
        signal("CONT", decoder);
        awaitState(State.RESYNCHRONISING, 5);
        assertThat(live().reading().orElseThrow().shortTerm()).isNaN();
        awaitState(State.MEASURING, 15);
        assertThat(live().resynchronisations()).isBetween(1L, 2L);
        assertThat(decoder.isAlive()).isTrue();
    }

    private static void signal(String name, Process process) throws Exception {
        run(List.of("kill", "-" + name, Long.toString(process.pid())));
    }

    @Test
    void aKilledDecodersSuccessorGoesOn() throws Exception {
        station.serve("/live", programme(60, 44_100, 2, MP3), 60);
        meter(mount("/live", Format.MP3, 2));
        Process first = startOnly();
        awaitState(State.MEASURING, 20);
        first.destroyForcibly().waitFor();
        Decoder decoder = metering.decoders(config, EXECUTABLES).get(0);
        start(decoder);
        await(10).ignoreExceptions().untilAsserted(() -> decoder.ready(1));
        assertThat(live().state()).isEqualTo(State.RESYNCHRONISING);
        awaitState(State.MEASURING, 15);
        assertThat(live().resynchronisations()).isEqualTo(1);
    }

    @Test
    void aBrokenStreamIsOpenedAgainByTheSameDecoder() throws Exception {
        station.serve("/live", programme(60, 44_100, 2, MP3), 60);
        meter(mount("/live", Format.MP3, 2));
        Process decoder = startOnly();
        awaitState(State.MEASURING, 20);
        Duration before = live().measured();
        station.breakConnections();
        awaitState(State.RESYNCHRONISING, 10);
        awaitState(State.MEASURING, 15);
        assertThat(live().measured()).isGreaterThan(before.plusSeconds(3));
        assertThat(decoder.isAlive()).isTrue();
    }

    @Test
    void anotherSampleRateAndAnotherNumberOfChannelsAreTakenWithoutAWord() throws Exception {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.write(programme(6, 48_000, 2, MP3));
        stream.write(programme(6, 44_100, 1, MP3));
        stream.write(programme(6, 32_000, 2, MP3));
        station.serve("/live", stream.toByteArray(), 18);
        meter(mount("/live", Format.MP3, 2));
        Process decoder = startOnly();
        await(40).until(() -> live().measured().compareTo(Duration.ofMillis(17_700)) > 0);
        assertThat(live().measured()).isLessThan(Duration.ofMillis(18_400));
        assertThat(live().state()).isEqualTo(State.MEASURING);
        assertThat(live().reading().orElseThrow().momentary()).isBetween(-25.0, -10.0);
        assertThat(decoder.isAlive()).isTrue();
        assertThat(log("decoder")).isEmptyFile();
    }
}
