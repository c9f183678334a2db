package org.relaysupervisor.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.archive.DiskLevel;
import org.relaysupervisor.archive.FeedPosition;
import org.relaysupervisor.archive.GapCause;
import org.relaysupervisor.archive.Segment;
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
    private final Told told = new Told();
    private final Configs configs = new Configs();

    @BeforeEach
    void anyProgramWillDo() {
        configs.programs = new RelayConfig.Programs("icecast2", "liquidsoap", "/bin/true");
    }

    private Recorder recorder() {
        return new Recorder(configs.build(), directory, new Executables("/bin"), loop, told.surroundings());
    }

    private static void write(ProcessSpec spec, String segment, int from, int to) throws IOException {
        Files.write(spec.workingDirectory().resolve(segment), NumberedFrames.frames(from, to));
    }

    private static long bytes(int from, int to) {
        return NumberedFrames.frames(from, to).length;
    }

    /** The proxy has seen ffmpeg's connection. */
    private void connected(ProcessSpec spec, long frame) {
        told.start = Optional.of(new SessionStart(
                spec.workingDirectory().getFileName().toString(), new FeedPosition("a1", frame), loop.now()));
    }

    @Test
    void eachStartHasADirectoryOfItsOwnWithinAMillisecondAndAfterTheClockWasSetBack() throws Exception {
        Recorder recorder = recorder();
        ProcessSpec first = recorder.prepare();
        write(first, "00000.mp3", 0, 10);
        ProcessSpec second = recorder.prepare();
        write(second, "00000.mp3", 0, 20);
        loop.jumpWallClock(Duration.ofMillis(-1));
        Path third = recorder.prepare().workingDirectory();
        assertThat(List.of(first.workingDirectory(), second.workingDirectory(), third))
                .extracting(path -> directory.relativize(path).toString())
                .containsExactly("live/20261122T120000.000Z", "live/20261122T120000.001Z", "live/20261122T115959.999Z");
        assertThat(first.workingDirectory().resolve("00000.mp3")).hasSize(bytes(0, 10));
        assertThat(second.environment()).containsEntry("TZ", "UTC");
    }

    @Test
    void aStartThatRecordedNothingLeavesNothing() throws Exception {
        Recorder recorder = recorder();
        ProcessSpec first = recorder.prepare();
        Files.createFile(first.workingDirectory().resolve("00000.mp3"));
        loop.advance(Duration.ofSeconds(1));
        recorder.prepare();
        assertThat(first.workingDirectory()).doesNotExist();
    }

    @Test
    void bytesAndSegmentsAreCountedOverAllSessions() throws Exception {
        Recorder recorder = recorder();
        ProcessSpec first = recorder.prepare();
        connected(first, 0);
        write(first, "00000.mp3", 0, 100);
        write(first, "00001.mp3", 100, 150);
        recorder.observe();
        RecordingSnapshot snapshot = recorder.snapshot();
        assertThat(snapshot.bytes()).isEqualTo(bytes(0, 150));
        assertThat(snapshot.segments()).isEqualTo(1);
        assertThat(snapshot.current()).contains(first.workingDirectory().resolve("00001.mp3"));
        assertThat(snapshot.active()).isTrue();
        assertThat(snapshot.lastGrowth()).contains(loop.now());

        loop.advance(Duration.ofSeconds(6));
        assertThat(recorder.snapshot().active()).isFalse();

        // Grown between the last look and the end.
        write(first, "00001.mp3", 100, 160);
        ProcessSpec second = recorder.prepare();
        write(second, "00000.mp3", 0, 7);
        recorder.observe();
        assertThat(recorder.snapshot().bytes()).isEqualTo(bytes(0, 160) + bytes(0, 7));
        assertThat(recorder.snapshot().segments()).isEqualTo(2);
    }

    @Test
    void theNextSessionGoesOnWithTheFrameAfterTheLastWholeOne() throws Exception {
        Recorder recorder = recorder();
        ProcessSpec first = recorder.prepare();
        String name = first.workingDirectory().getFileName().toString();
        assertThat(Told.headers(first)).isEqualTo("X-Relay-Session: " + name + "\r\n");
        connected(first, 1_000);
        Path file = first.workingDirectory().resolve("00000.mp3");
        byte[] half = Arrays.copyOf(NumberedFrames.frames(0, 11), (int) bytes(0, 11) - 1);
        Files.write(file, half);
        recorder.observe();
        assertThat(told.segments).isEmpty();

        recorder.ended();
        assertThat(file).hasBinaryContent(NumberedFrames.frames(0, 10));
        assertThat(told.segments).singleElement().satisfies(segment -> {
            assertThat(segment.first()).contains(new FeedPosition("a1", 1_000));
            assertThat(segment.frames()).isEqualTo(10);
            assertThat(segment.interruption()).contains(GapCause.DAEMON);
            assertThat(segment.start()).isEqualTo(loop.now());
        });
        recorder.ended();
        told.whyEnded = GapCause.OPERATOR;
        ProcessSpec second = recorder.prepare();
        assertThat(Told.headers(second))
                .isEqualTo("X-Relay-Session: " + second.workingDirectory().getFileName()
                        + "\r\nX-Relay-After: a1 1010\r\n");
        // Nothing came, and so the place and the reason stay.
        told.whyEnded = GapCause.RECORDER;
        ProcessSpec third = recorder.prepare();
        assertThat(Told.after(third)).contains(new FeedPosition("a1", 1_010));
        connected(third, 1_012);
        write(third, "00000.mp3", 12, 14);
        recorder.ended();
        assertThat(told.segments).hasSize(2);
        assertThat(told.segments.get(1).interruption()).contains(GapCause.OPERATOR);
        assertThat(told.segments.get(1).first()).contains(new FeedPosition("a1", 1_012));
    }

    @Test
    void theFirstSessionOfALifeGoesOnWithTheFrameAfterTheLastOneOfTheEarlierLife() throws Exception {
        Recorder earlier = recorder();
        ProcessSpec last = earlier.prepare();
        connected(last, 1_000);
        write(last, "00000.mp3", 0, 38);
        write(last, "00001.mp3", 38, 50);
        earlier.observe();
        Instant end = loop.now().plus(NumberedFrames.FRAME.multipliedBy(50));
        // The daemon is dead from here on, and the archive has one of the files.
        Files.delete(told.segments.get(0).file());
        loop.advance(Duration.ofSeconds(3));

        LeftSessions left = LeftSessions.in(directory);
        left.recover(segment -> {});
        told.start = Optional.empty();
        told.left = left.next("/live", Duration.ZERO);
        Recorder recorder = recorder();
        assertThat(Told.after(recorder.prepare())).contains(new FeedPosition("a1", 1_050));
        // Nothing came, and so it is asked for again.
        ProcessSpec first = recorder.prepare();
        assertThat(Told.after(first)).contains(new FeedPosition("a1", 1_050));
        SessionFacts facts = SessionFacts.read(first.workingDirectory());
        assertThat(facts.asked()).contains(new FeedPosition("a1", 1_050));
        assertThat(facts.expected()).isCloseTo(end, within(1, ChronoUnit.MILLIS));
        connected(first, 1_050);
        write(first, "00000.mp3", 50, 60);
        assertThat(Told.after(recorder.prepare())).contains(new FeedPosition("a1", 1_060));
        assertThat(told.segments.get(1).first()).contains(new FeedPosition("a1", 1_050));
        assertThat(told.segments.get(1).interruption()).contains(GapCause.DAEMON);
    }

    @Test
    void whatAnEarlierLifeLeftIsNotAskedForAnyMoreOnceThisOneHasAudioOfUnknownPlace() throws Exception {
        told.left = Optional.of(new NextFrame(new FeedPosition("a1", 7), loop.now()));
        Recorder recorder = recorder();
        write(recorder.prepare(), "00000.mp3", 0, 10);
        assertThat(Told.after(recorder.prepare())).isEmpty();
    }

    @Test
    void filesAreTimedByTheirAudioWhateverTheWallClockDoes() throws Exception {
        Recorder recorder = recorder();
        ProcessSpec spec = recorder.prepare();
        connected(spec, 0);
        Instant start = loop.now();
        for (int second = 0; second < 6; second++) {
            write(spec, "%05d.mp3".formatted(second), second * 38, second * 38 + 38);
            loop.advance(NumberedFrames.FRAME.multipliedBy(38));
            loop.jumpWallClock(Duration.ofHours(second % 2 == 0 ? 1 : -2));
            recorder.observe();
        }
        assertThat(told.segments).hasSize(5);
        for (int i = 0; i < 5; i++) {
            assertThat(Duration.between(start, told.segments.get(i).start()))
                    .isCloseTo(NumberedFrames.FRAME.multipliedBy(38L * i), Duration.ofMillis(1));
        }
        assertThat(told.segments)
                .filteredOn(segment -> segment.interruption().isPresent())
                .hasSize(1);
        assertThat(recorder.snapshot().recordedUntil().orElseThrow())
                .isCloseTo(start.plus(NumberedFrames.FRAME.multipliedBy(38 * 6)), within(1, ChronoUnit.MILLIS));
    }

    @Test
    void aSessionOfWhichTheProxyNeverToldIsTimedWhereTheOneBeforeEnded() throws Exception {
        Recorder recorder = recorder();
        ProcessSpec first = recorder.prepare();
        connected(first, 0);
        write(first, "00000.mp3", 0, 38);
        recorder.ended();
        Instant end = recorder.snapshot().recordedUntil().orElseThrow();
        loop.advance(Duration.ofSeconds(3));
        write(recorder.prepare(), "00000.mp3", 38, 76);
        assertThat(recorder.awaitsStart()).isTrue();

        List<Segment> found = new ArrayList<>();
        LeftSessions.in(directory).recover(found::add);
        assertThat(found).hasSize(2);
        assertThat(found.get(1).start()).isEqualTo(end);
        assertThat(found.get(1).first()).isEmpty();
    }

    @Test
    void bytesThatAreNoFrameAreKeptAndNoPlaceIsClaimedFromThereOn() throws Exception {
        Recorder recorder = recorder();
        ProcessSpec spec = recorder.prepare();
        connected(spec, 0);
        write(spec, "00000.mp3", 0, 10);
        Path strange = spec.workingDirectory().resolve("00001.mp3");
        Files.write(strange, NumberedFrames.frames(10, 15));
        Files.write(strange, new byte[50], StandardOpenOption.APPEND);
        Files.write(strange, NumberedFrames.frames(15, 20), StandardOpenOption.APPEND);
        write(spec, "00002.mp3", 20, 30);
        recorder.ended();
        assertThat(told.segments)
                .extracting(segment -> segment.first().isPresent())
                .containsExactly(true, false, false);
        assertThat(told.segments.get(1).content().length()).isEqualTo(bytes(10, 20) + 50);
        assertThat(Told.after(recorder.prepare())).isEmpty();
    }

    @Test
    void aNewConfigurationsRecorderGoesOnWhereTheOldOneEnds() throws Exception {
        Recorder old = recorder();
        ProcessSpec spec = old.prepare();
        connected(spec, 0);
        write(spec, "00000.mp3", 0, 10);
        old.observe();
        Recorder recorder = recorder();
        recorder.takeOver(old);
        assertThat(recorder.snapshot().bytes()).isEqualTo(bytes(0, 10));
        // The old ffmpeg goes on for a moment.
        write(spec, "00000.mp3", 0, 12);
        old.ended();
        recorder.ended();
        assertThat(told.segments).singleElement().extracting(Segment::frames).isEqualTo(12L);
        assertThat(Told.after(recorder.prepare())).contains(new FeedPosition("a1", 12));
        assertThat(recorder.snapshot().bytes()).isEqualTo(bytes(0, 12));
    }

    @Test
    void anEndedSessionsDirectoryGoesOnceTheArchiveHasItsAudio() throws Exception {
        Recorder recorder = recorder();
        ProcessSpec first = recorder.prepare();
        write(first, "00000.mp3", 0, 10);
        recorder.prepare();
        assertThat(first.workingDirectory()).exists();
        Files.delete(told.segments.get(0).file());
        loop.advance(Duration.ofSeconds(1));
        recorder.prepare();
        assertThat(first.workingDirectory()).doesNotExist();
    }

    @Test
    void withLittleRoomThePlaylistIsLeftOutAndWithNoneItWaits() throws Exception {
        configs.recording = new RelayConfig.Recording(
                true,
                "/live",
                Duration.ofMinutes(1),
                Optional.empty(),
                0,
                new RelayConfig.Hls(true, Duration.ofSeconds(6), 10));
        Recorder recorder = recorder();
        String given = recorder.given();
        assertThat(recorder.prepare().argv().toString()).contains("f=hls");
        told.disk = DiskLevel.LOW;
        assertThat(recorder.hasOtherOutputsThanAllowed()).isTrue();
        ProcessSpec low = recorder.prepare();
        assertThat(low.argv().toString()).doesNotContain("f=hls");
        assertThat(recorder.hasOtherOutputsThanAllowed()).isFalse();
        connected(low, 0);
        write(low, "00000.mp3", 0, 3);
        told.disk = DiskLevel.FULL;
        assertThatThrownBy(recorder::prepare)
                .hasMessageStartingWith("no room for recordings in " + directory.resolve("live"))
                .hasMessageContaining("recording.spool");
        told.disk = DiskLevel.AMPLE;
        assertThat(recorder.prepare().argv().toString()).contains("f=hls");
        assertThat(recorder.given()).isEqualTo(given).doesNotContain("X-Relay");
    }

    @Test
    void segmentsForThePublicAreMadeWhileTheDiskIsLowAndTheLastOneIsHandedOn() throws Exception {
        configs.hls = new RelayConfig.PublicHls(true, Duration.ofSeconds(6), 10, Optional.empty());
        told.disk = DiskLevel.LOW;
        Recorder recorder = recorder();
        ProcessSpec spec = recorder.prepare();
        assertThat(spec.argv().toString()).contains("onfail=ignore").contains("segment_format=mpegts");
        assertThat(recorder.hasOtherOutputsThanAllowed()).isFalse();
        connected(spec, 0);
        write(spec, "00000.mp3", 0, 100);
        Path open = directory.resolve("live/public/" + spec.workingDirectory().getFileName() + "-00000.ts");
        Files.writeString(open, "some of it");
        recorder.ended();
        assertThat(told.publicSegments).singleElement().satisfies(segment -> {
            assertThat(segment.file()).isEqualTo(open);
            assertThat(segment.start()).isEqualTo(loop.now());
            assertThat(segment.duration()).isEqualTo(told.segments.get(0).duration());
        });
    }

    @Test
    void withoutAPlaceForHlsItRecordsAllTheSame() throws Exception {
        configs.hls = new RelayConfig.PublicHls(true, Duration.ofSeconds(6), 10, Optional.empty());
        Files.writeString(Files.createDirectories(directory.resolve("live")).resolve("public"), "in the way");
        Recorder recorder = recorder();
        ProcessSpec spec = recorder.prepare();
        connected(spec, 0);
        write(spec, "00000.mp3", 0, 100);
        recorder.ended();
        assertThat(told.segments).hasSize(1);
        assertThat(told.publicSegments).isEmpty();
    }

    @Test
    void itIsReadyOnceThisSessionHasAudio() throws Exception {
        Recorder recorder = recorder();
        write(recorder.prepare(), "00000.mp3", 0, 10);
        recorder.observe();
        recorder.ready(1);
        ProcessSpec second = recorder.prepare();
        assertThatThrownBy(() -> recorder.ready(1)).hasMessage("has not written anything yet");
        write(second, "00000.mp3", 0, 1);
        recorder.observe();
        recorder.ready(1);
    }

    @Test
    void itIsAliveWhileItsFilesGrowOrThereIsNothingToRecord() throws Exception {
        Recorder recorder = recorder();
        ProcessSpec spec = recorder.prepare();
        write(spec, "00000.mp3", 0, 10);
        recorder.observe();
        recorder.ready(1);
        assertThatThrownBy(() -> recorder.alive(1)).hasMessage("runs, but its files do not grow");
        write(spec, "00000.mp3", 0, 11);
        recorder.observe();
        recorder.alive(1);
        told.mountUp = false;
        recorder.alive(1);
    }

    @Test
    void aDirectoryThatCannotBeMadeIsNamedWithWhatToDo() throws Exception {
        Files.createFile(directory.resolve("live"));
        assertThatThrownBy(() -> recorder().prepare())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot write recordings to " + directory.resolve("live"))
                .hasMessageContaining("recording.spool");
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
        List<String> argv = new RecorderCommand(configs.build()).argv(Path.of("ffmpeg"), "s", "", true);
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
        List<String> argv = new RecorderCommand(configs.build()).argv(Path.of("/x/ffmpeg"), "s", "", true);
        assertThat(argv).startsWith("/x/ffmpeg").contains("service_name=" + Configs.NASTY_NAME);
        assertThat(argv.get(argv.size() - 1))
                .contains("segment_time=5400:", "hls_time=2.5:", "onfail=abort", "onfail=ignore", "]%05d.mp3|[");
        assertThat(argv.indexOf("-f")).isLessThan(argv.indexOf("-i"));

        configs.mounts =
                List.of(new Mount("/live", Format.AAC, 96, 48_000, 2, true, RelayConfig.Delivery.FEED, "music"));
        assertThat(new RecorderCommand(configs.build()).argv(Path.of("/x/ffmpeg"), "s", "", true))
                .containsSequence("-f", "aac")
                .last()
                .asString()
                .contains("segment_format=adts", "%05d.aac");
    }

    @Test
    void framesThatCannotBeJoinedAreNotRecorded() {
        configs.mounts =
                List.of(new Mount("/live", Format.OPUS, 96, 48_000, 2, true, RelayConfig.Delivery.FEED, "music"));
        assertThatThrownBy(this::recorder)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("recording.mount must be one in mp3 or aac: /live");
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
