package org.relaysupervisor.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.archive.FeedPosition;
import org.relaysupervisor.archive.Segment;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.process.ProcessSpec;
import org.relaysupervisor.process.TestDisk;
import org.relaysupervisor.programs.Configs;
import org.relaysupervisor.programs.IcecastProgram;
import org.relaysupervisor.programs.RealPrograms;

/** ffmpeg as the recorder runs it, on a real Icecast. */
class RecorderIT {
    @TempDir
    Path directory;

    private final ManualLoop loop = new ManualLoop();
    private final Configs configs = new Configs();
    private final Told told = new Told();
    private RealPrograms programs;
    private Path recordings;
    private Process source;
    private Recorder recorder;

    @BeforeEach
    void startAMount() throws Exception {
        programs = new RealPrograms(directory);
        recordings = Files.createDirectory(directory.resolve("recordings"));
        configs.station = Configs.NASTY_NAME;
        configs.icecastPort = RealPrograms.freePort();
        configs.listenersPort = configs.icecastPort;
        IcecastProgram icecast = new IcecastProgram(
                configs.build(),
                new Secret("source"),
                new Secret("admin"),
                directory.resolve("run"),
                RealPrograms.EXECUTABLES,
                (pid, port) -> true);
        RealPrograms.handOver(directory);
        programs.start(icecast.prepare());
        Awaitility.await().ignoreExceptions().untilAsserted(icecast::stats);
        source = source();
        Awaitility.await().until(() -> icecast.stats().sources().size() == 1);
    }

    private Process source() throws IOException {
        return programs.start(
                "source",
                List.of(
                        "ffmpeg",
                        "-nostdin",
                        "-loglevel",
                        "error",
                        "-re",
                        "-f",
                        "lavfi",
                        "-i",
                        "sine=frequency=997:sample_rate=44100",
                        "-c:a",
                        "libmp3lame",
                        "-b:a",
                        "128k",
                        "-content_type",
                        "audio/mpeg",
                        "-f",
                        "mp3",
                        "icecast://source:source@127.0.0.1:" + configs.icecastPort + "/live"));
    }

    @AfterEach
    void stop() {
        programs.close();
    }

    private ProcessSpec prepare(Duration segment, boolean hls) throws IOException {
        configs.recording = new RelayConfig.Recording(
                true, "/live", segment, Optional.empty(), 0, new RelayConfig.Hls(hls, Duration.ofSeconds(1), 3));
        recorder = new Recorder(configs.build(), recordings, RealPrograms.EXECUTABLES, loop, told.surroundings());
        ProcessSpec spec = recorder.prepare();
        RealPrograms.handOver(recordings);
        told.start = Optional.of(new SessionStart(
                spec.workingDirectory().getFileName().toString(), new FeedPosition("a1", 0), loop.now()));
        return spec;
    }

    private RecordingSnapshot observed() {
        recorder.observe();
        return recorder.snapshot();
    }

    private void awaitReady() {
        Awaitility.await().atMost(Duration.ofSeconds(10)).ignoreExceptions().untilAsserted(() -> {
            recorder.observe();
            recorder.ready(1);
        });
    }

    private static long seconds(Path file) throws Exception {
        Process probe = new ProcessBuilder(
                        "sh", "-c", "exec ffmpeg -v error -i \"$0\" -f s16le -ac 1 -ar 1000 - | wc -c", file.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String bytes = new String(probe.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        return Long.parseLong(bytes.strip()) / 2_000;
    }

    @Test
    void segmentsCloseOnTimeAndJoinIntoTheWholeBesideALiveHlsPlaylist() throws Exception {
        ProcessSpec spec = prepare(Duration.ofSeconds(2), true);
        Process ffmpeg = programs.start(spec);
        awaitReady();
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> observed().segments() >= 4);
        ffmpeg.destroy();
        assertThat(ffmpeg.waitFor(10, TimeUnit.SECONDS)).isTrue();

        recorder.ended();

        Path session = spec.workingDirectory();
        Path whole = directory.resolve("whole.mp3");
        for (Segment segment : told.segments) {
            // Frames from the first byte to the last, and no tag.
            assertThat(Files.readAllBytes(segment.file())[0]).isEqualTo((byte) 0xFF);
            Files.write(
                    whole, Files.readAllBytes(segment.file()), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        assertThat(seconds(whole)).isBetween(Files.size(whole) / 16_000 - 1, Files.size(whole) / 16_000 + 1);
        assertThat(session.resolveSibling("hls").resolve("live.m3u8")).content().contains(".ts");
    }

    @Test
    void audioIsOnTheDiskWithinASecondSoThatKillLosesNoMore() throws Exception {
        Process ffmpeg = programs.start(prepare(Duration.ofHours(1), false));
        awaitReady();
        // Past the burst, audio comes in real time.
        Awaitility.await().until(() -> observed().bytes() > 70_000);
        for (int i = 0; i < 4; i++) {
            long before = observed().bytes();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(1))
                    .until(() -> observed().bytes() > before);
        }
        long bytes = observed().bytes();
        recorder.alive(1);
        ffmpeg.destroyForcibly().waitFor();
        assertThat(observed().bytes()).isGreaterThanOrEqualTo(bytes);
        assertThat(seconds(observed().current().orElseThrow())).isBetween(bytes / 16_000 - 1, bytes / 16_000 + 1);
        recorder.ready(1);
        assertThatThrownBy(() -> recorder.alive(1)).hasMessageContaining("do not grow");
    }

    @Test
    void aFullDiskEndsFfmpegAndThenIsNamed() throws Exception {
        try (TestDisk disk = TestDisk.with("size=12m", directory)) {
            recordings = disk.path();
            RealPrograms.handOver(recordings);
            ProcessSpec spec = prepare(Duration.ofHours(1), true);
            Process ffmpeg = programs.start(spec);
            awaitReady();
            Path filler = recordings.resolve("filler");
            try (var out = Files.newOutputStream(filler)) {
                byte[] block = new byte[64 * 1024];
                assertThatThrownBy(() -> {
                            while (true) {
                                out.write(block);
                            }
                        })
                        .isInstanceOf(IOException.class);
            }
            assertThat(ffmpeg.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(programs.output("recorder")).contains("No space left on device");
            Files.delete(filler);
            RealPrograms.handOver(recordings);
            assertThat(recorder.prepare().workingDirectory()).isNotEqualTo(spec.workingDirectory());
            assertThat(spec.workingDirectory().resolve("00000.mp3")).isNotEmptyFile();
            programs.close();
        }
    }

    @Test
    void theEndOfItsConnectionEndsFfmpegSoThatTheNextOneAsksForWhatComesAfter() throws Exception {
        Process ffmpeg = programs.start(prepare(Duration.ofHours(1), false));
        awaitReady();
        source.destroyForcibly().waitFor();
        assertThat(ffmpeg.waitFor(20, TimeUnit.SECONDS)).isTrue();
        recorder.ended();
        assertThat(told.segments).hasSize(1);
        assertThat(Told.after(recorder.prepare()))
                .contains(new FeedPosition("a1", told.segments.get(0).frames()));
    }
}
