package org.relaysupervisor.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.ProcessSpec;
import org.relaysupervisor.programs.Configs;

class RecorderTest {
    @TempDir
    Path directory;

    private final ManualLoop loop = new ManualLoop();
    private final AtomicBoolean mountUp = new AtomicBoolean(true);
    private final Configs configs = new Configs();

    @BeforeEach
    void anyProgramWillDo() {
        configs.programs = new RelayConfig.Programs("icecast2", "liquidsoap", "/bin/true");
    }

    private Recorder recorder() {
        return new Recorder(configs.build(), directory, new Executables("/bin"), loop, mountUp::get);
    }

    private static void write(ProcessSpec spec, String segment, int bytes) throws IOException {
        Files.write(spec.workingDirectory().resolve(segment), new byte[bytes]);
    }

    @Test
    void eachStartHasADirectoryOfItsOwnWithinAMillisecondAndAfterTheClockWasSetBack() throws Exception {
        Recorder recorder = recorder();
        ProcessSpec first = recorder.prepare();
        write(first, "00000.mp3", 10);
        ProcessSpec second = recorder.prepare();
        write(second, "00000.mp3", 20);
        loop.jumpWallClock(Duration.ofMillis(-1));
        Path third = recorder.prepare().workingDirectory();
        assertThat(List.of(first.workingDirectory(), second.workingDirectory(), third))
                .extracting(path -> directory.relativize(path).toString())
                .containsExactly("live/20261122T120000.000Z", "live/20261122T120000.001Z", "live/20261122T115959.999Z");
        assertThat(first.workingDirectory().resolve("00000.mp3")).hasSize(10);
        assertThat(second.environment()).containsEntry("TZ", "UTC");
    }

    @Test
    void aStartThatRecordedNothingLeavesNothing() throws Exception {
        Recorder recorder = recorder();
        ProcessSpec first = recorder.prepare();
        write(first, "00000.mp3", 0);
        write(first, "segments.csv", 0);
        loop.advance(Duration.ofSeconds(1));
        recorder.prepare();
        assertThat(first.workingDirectory()).doesNotExist();
    }

    @Test
    void bytesAndSegmentsAreCountedOverAllSessions() throws Exception {
        Recorder recorder = recorder();
        ProcessSpec first = recorder.prepare();
        write(first, "00000.mp3", 100);
        write(first, "00001.mp3", 50);
        recorder.observe();
        RecordingSnapshot snapshot = recorder.snapshot();
        assertThat(snapshot.bytes()).isEqualTo(150);
        assertThat(snapshot.segments()).isEqualTo(1);
        assertThat(snapshot.current()).contains(first.workingDirectory().resolve("00001.mp3"));
        assertThat(snapshot.active()).isTrue();
        assertThat(snapshot.lastGrowth()).contains(loop.now());

        loop.advance(Duration.ofSeconds(6));
        assertThat(recorder.snapshot().active()).isFalse();

        // Grown between the last look and the end.
        write(first, "00001.mp3", 60);
        ProcessSpec second = recorder.prepare();
        write(second, "00000.mp3", 7);
        recorder.observe();
        assertThat(recorder.snapshot().bytes()).isEqualTo(167);
        assertThat(recorder.snapshot().segments()).isEqualTo(2);
    }

    @Test
    void itIsReadyOnceThisSessionHasAudio() throws Exception {
        Recorder recorder = recorder();
        write(recorder.prepare(), "00000.mp3", 10);
        recorder.observe();
        recorder.ready(1);
        ProcessSpec second = recorder.prepare();
        assertThatThrownBy(() -> recorder.ready(1)).hasMessage("has not written anything yet");
        write(second, "00000.mp3", 1);
        recorder.observe();
        recorder.ready(1);
    }

    @Test
    void itIsAliveWhileItsFilesGrowOrThereIsNothingToRecord() throws Exception {
        Recorder recorder = recorder();
        ProcessSpec spec = recorder.prepare();
        write(spec, "00000.mp3", 10);
        recorder.observe();
        recorder.ready(1);
        assertThatThrownBy(() -> recorder.alive(1)).hasMessage("runs, but its files do not grow");
        write(spec, "00000.mp3", 11);
        recorder.observe();
        recorder.alive(1);
        mountUp.set(false);
        recorder.alive(1);
    }

    @Test
    void aDirectoryThatCannotBeMadeIsNamedWithWhatToDo() throws Exception {
        Files.createFile(directory.resolve("live"));
        assertThatThrownBy(() -> recorder().prepare())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot write recordings to " + directory.resolve("live"))
                .hasMessageContaining("store.directory");
    }

    @Test
    void aMissingFfmpegIsNamedWithWhatToDo() {
        configs.programs = new RelayConfig.Programs("icecast2", "liquidsoap", "no-ffmpeg");
        assertThatThrownBy(() -> recorder().prepare())
                .hasMessage(
                        "no-ffmpeg was not found in PATH: apt install ffmpeg, or set programs.ffmpeg in relay.yaml");
    }

    private String url(String bind) throws Exception {
        configs.listenersBind = InetAddress.getByName(bind);
        List<String> argv = new RecorderCommand(configs.build()).argv(Path.of("ffmpeg"));
        return argv.get(argv.indexOf("-i") + 1);
    }

    @Test
    void theListenerRouteIsReachedWhereverItIsBound() throws Exception {
        assertThat(url("127.0.0.1")).isEqualTo("http://127.0.0.1:8000/live");
        assertThat(url("0.0.0.0")).isEqualTo("http://127.0.0.1:8000/live");
        assertThat(url("::")).isEqualTo("http://[::1]:8000/live");
        assertThat(url("192.0.2.7")).isEqualTo("http://192.0.2.7:8000/live");
        assertThat(url("2001:db8::7")).isEqualTo("http://[2001:db8:0:0:0:0:0:7]:8000/live");
    }

    @Test
    void theStationsNameIsOneArgumentAndTheFormatsHaveTheirOwnOptions() {
        configs.station = Configs.NASTY_NAME;
        configs.recording = new RelayConfig.Recording(
                true,
                "/live",
                Duration.ofMinutes(90),
                Optional.empty(),
                0,
                new RelayConfig.Hls(true, Duration.ofMillis(2_500), 10));
        List<String> argv = new RecorderCommand(configs.build()).argv(Path.of("/x/ffmpeg"));
        assertThat(argv).startsWith("/x/ffmpeg").contains("service_name=" + Configs.NASTY_NAME);
        assertThat(argv.get(argv.size() - 1))
                .contains("segment_time=5400:", "hls_time=2.5:", "onfail=abort", "onfail=ignore", "]%05d.mp3|[");
        assertThat(argv.indexOf("-f")).isLessThan(argv.indexOf("-i"));

        configs.mounts =
                List.of(new Mount("/live", Format.OPUS, 96, 48_000, 2, true, RelayConfig.Delivery.FEED, "music"));
        assertThat(new RecorderCommand(configs.build()).argv(Path.of("/x/ffmpeg")))
                .containsSequence("-f", "ogg")
                .last()
                .asString()
                .contains("%05d.opus");
    }

    @Test
    void hlsSegmentsOfEarlierRunsAreDeletedUnlessPlayersMayStillAskForThem() throws Exception {
        configs.recording = new RelayConfig.Recording(
                true,
                "/live",
                Duration.ofHours(1),
                Optional.empty(),
                0,
                new RelayConfig.Hls(true, Duration.ofSeconds(6), 10));
        Path hls = Files.createDirectories(directory.resolve("live/hls"));
        Files.createFile(hls.resolve("1.ts"));
        Files.createFile(hls.resolve("2.ts"));
        Files.writeString(hls.resolve("live.m3u8"), "#EXTM3U\n2.ts\n");
        recorder().prepare();
        assertThat(hls.resolve("1.ts")).doesNotExist();
        assertThat(hls.resolve("2.ts")).exists();
    }
}
