package org.relaysupervisor.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.relaysupervisor.archive.FeedPosition;
import org.relaysupervisor.archive.Segment;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.frames.FrameParser;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.process.ProcessSpec;
import org.relaysupervisor.programs.Configs;
import org.relaysupervisor.programs.RealPrograms;

/**
 * What the whole design stands on: ffmpeg writes exactly the bytes that it was sent, from the first frame to the last, so that frames in its
 * files are frames of the feed.
 */
class ByteIdentityIT {
    private static final int RATE = 44_100;
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final ManualLoop loop = new ManualLoop();
    private final Configs configs = new Configs();
    private final Told told = new Told();
    private final Random random = new Random();
    private RealPrograms programs;
    private Path spool;
    private Recorder recorder;

    @BeforeEach
    void prepare() throws Exception {
        programs = new RealPrograms(directory);
        spool = Files.createDirectory(directory.resolve("spool"));
        RealPrograms.handOver(directory);
    }

    @AfterEach
    void stop() {
        programs.close();
    }

    private void recordFrom(MountServer server, Format format, Duration segment) {
        configs.listenersPort = server.port();
        configs.mounts = List.of(new Mount("/live", format, 128, 44_100, 2, true, RelayConfig.Delivery.FEED, "music"));
        configs.recording = new RelayConfig.Recording(
                true, "/live", segment, Optional.empty(), 0, new RelayConfig.Hls(false, Duration.ofSeconds(6), 10));
        recorder = new Recorder(configs.build(), spool, RealPrograms.EXECUTABLES, loop, told.surroundings());
    }

    private Process start(long frame) throws Exception {
        ProcessSpec spec = recorder.prepare();
        RealPrograms.handOver(spool);
        told.start = Optional.of(new SessionStart(
                spec.workingDirectory().getFileName().toString(), new FeedPosition("a1", frame), loop.now()));
        return programs.start(spec);
    }

    private byte[] recorded() throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Segment segment : told.segments) {
            all.writeBytes(Files.readAllBytes(segment.file()));
        }
        return all.toByteArray();
    }

    private static List<byte[]> frames(byte[] audio, Format format) {
        List<byte[]> frames = new ArrayList<>();
        FrameParser parser = FrameParser.of(format.contentType()).orElseThrow();
        parser.accept(audio, 0, audio.length, frame -> frames.add(frame.bytes()));
        parser.end(frame -> frames.add(frame.bytes()));
        return frames;
    }

    private byte[] encoded(Format format, String options) throws Exception {
        Path file = directory.resolve("audio." + format.extension());
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i"));
        command.addAll(List.of("anoisesrc=d=12:a=0.3:seed=1,tremolo=f=0.5"));
        command.addAll(List.of(options.split(" ")));
        if (format == Format.MP3) {
            command.addAll(List.of("-write_xing", "0", "-id3v2_version", "0"));
        }
        command.addAll(List.of("-f", format.muxer(), file.toString()));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
        return Files.readAllBytes(file);
    }

    @ParameterizedTest
    @CsvSource({
        "MP3, -c:a libmp3lame -b:a 128k -ar 44100 -ac 2",
        "MP3, -c:a libmp3lame -q:a 4 -ar 44100 -ac 2",
        "MP3, -c:a libmp3lame -b:a 128k -ar 48000 -ac 2",
        "MP3, -c:a libmp3lame -b:a 64k -ar 44100 -ac 1",
        "MP3, -c:a libmp3lame -b:a 32k -ar 22050 -ac 1",
        "AAC, -c:a aac -b:a 96k -ar 44100 -ac 2",
        "AAC, -c:a aac -b:a 128k -ar 48000 -ac 1"
    })
    void whatIsSentFromAnyFrameOnIsWhatIsWritten(Format format, String options) throws Exception {
        List<byte[]> frames = frames(encoded(format, options), format);
        assertThat(frames).hasSizeGreaterThan(200);
        for (int from : new int[] {0, 1 + random.nextInt(frames.size() - 150)}) {
            isCopied(frames.subList(from, frames.size()), format);
        }
    }

    @Test
    void framesFullOfWhatLooksLikeHeadersAndTagsAreWrittenAsTheyAre() throws Exception {
        List<byte[]> frames = new ArrayList<>();
        for (int number = 0; number < 400; number++) {
            byte[] frame = new byte[417];
            random.nextBytes(frame);
            for (int at = random.nextInt(60) + 10; at < 400; at += 60) {
                byte[] disguise = random.nextBoolean() ? new byte[] {-1, -5, -112, 0} : new byte[] {'I', 'D', '3', 4};
                System.arraycopy(disguise, 0, frame, at, 4);
            }
            System.arraycopy(new byte[] {-1, -5, -112, 0}, 0, frame, 0, 4);
            frames.add(frame);
        }
        isCopied(frames, Format.MP3);
    }

    @Test
    void aFewFramesAreWrittenToo() throws Exception {
        for (int count : new int[] {2, 3, 5}) {
            List<byte[]> frames = new ArrayList<>();
            for (int number = 0; number < count; number++) {
                frames.add(NumberedFrames.frame(number));
            }
            isCopied(frames, Format.MP3);
        }
    }

    /** At once or in small pieces, with half a frame at the end. */
    private void isCopied(List<byte[]> frames, Format format) throws Exception {
        told.segments.clear();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        frames.forEach(all::writeBytes);
        byte[] sent = all.toByteArray();
        int half = frames.get(frames.size() - 1).length / 2;
        boolean atOnce = random.nextBoolean();
        MountServer.Programme programme = (head, listener) -> {
            for (int at = 0; at < sent.length - half; ) {
                int length = Math.min(sent.length - half - at, atOnce ? sent.length : 1 + random.nextInt(3_000));
                listener.write(sent, at, length);
                at += length;
                Thread.sleep(atOnce ? 0 : 5);
            }
        };
        try (MountServer server = new MountServer(programme)) {
            recordFrom(server, format, Duration.ofSeconds(1));
            Process ffmpeg = start(7);
            Awaitility.await().atMost(SOON).until(() -> {
                recorder.observe();
                return !ffmpeg.isAlive();
            });
            recorder.ended();
            int whole = sent.length - frames.get(frames.size() - 1).length;
            assertThat(recorded()).isEqualTo(Arrays.copyOf(sent, whole));
            long next = 7;
            for (Segment segment : told.segments) {
                assertThat(segment.first()).contains(new FeedPosition("a1", next));
                next += segment.frames();
            }
            assertThat(next).isEqualTo(7 + frames.size() - 1);
            assertThat(ffmpeg.waitFor(1, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** The server is the ring: it has all frames ever played, and sends what is asked for, first at once and then as they are played. */
    @Test
    void killingFfmpegLosesLessThanASecondOfWhatItWasSentAndTheNextOneFetchesThat() throws Exception {
        AtomicInteger sent = new AtomicInteger();
        long begun = System.nanoTime();
        MountServer.Programme live = (head, listener) -> {
            int next = head.lines()
                    .filter(line -> line.startsWith("X-Relay-After: a1 "))
                    .mapToInt(line -> Integer.parseInt(line.substring(18)))
                    .findFirst()
                    .orElse(0);
            while (true) {
                long played = 400 + (System.nanoTime() - begun) / NumberedFrames.FRAME.toNanos();
                for (; next < played; next++) {
                    listener.write(NumberedFrames.frame(next));
                    sent.accumulateAndGet(next + 1, Math::max);
                }
                Thread.sleep(20);
            }
        };
        try (MountServer server = new MountServer(live)) {
            recordFrom(server, Format.MP3, Duration.ofSeconds(2));
            long frame = 0;
            List<Long> lost = new ArrayList<>();
            for (int kill = 0; kill < 6; kill++) {
                Process ffmpeg = start(frame);
                int target = sent.get() + 100 + random.nextInt(60);
                Awaitility.await().atMost(SOON).until(() -> {
                    recorder.observe();
                    return sent.get() > target;
                });
                ffmpeg.destroyForcibly();
                int atKill = sent.get();
                ffmpeg.waitFor();
                recorder.ended();
                frame = told.segments.stream().mapToLong(Segment::frames).sum();
                lost.add((atKill - frame) * 1_152 * 1_000 / RATE);
            }
            System.out.println("kill -9 of ffmpeg: not on the disk, in ms of audio: " + lost);
            assertThat(lost).allSatisfy(milliseconds -> assertThat(milliseconds).isLessThan(1_000));
            List<Integer> numbers = NumberedFrames.numbers(recorded());
            for (int number = 0; number < numbers.size(); number++) {
                assertThat(numbers.get(number)).isEqualTo(number);
            }
            assertThat(server.heads).hasSize(6).last().asString().contains("X-Relay-After: a1 ");
        }
    }
}
