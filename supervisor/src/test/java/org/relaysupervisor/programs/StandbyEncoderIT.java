package org.relaysupervisor.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.config.RelayConfig.Delivery;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.process.ChildRecords;
import org.relaysupervisor.process.LinuxProcesses;
import org.relaysupervisor.process.ProcFs;
import org.relaysupervisor.process.ShortRun;

/** The real ffmpeg. */
@Timeout(120)
class StandbyEncoderIT {
    private static final double SECONDS = 7.3;

    @TempDir
    private Path directory;

    private final AtomicReference<String> lastLine = new AtomicReference<>();
    private LinuxProcesses processes;
    private Path standby;

    @BeforeEach
    void open() throws Exception {
        ProcFs procFs = new ProcFs(Path.of("/proc"));
        processes = new LinuxProcesses(
                directory, (child, stream, line) -> lastLine.set(line), procFs, new ChildRecords(directory, procFs));
        standby = directory.resolve("standby.wav");
        run("sox", "-n", "-r", "48000", "-c", "2", standby.toString(), "synth", Double.toString(SECONDS), "pinknoise");
    }

    @AfterEach
    void close() throws IOException {
        processes.close();
    }

    @Test
    void mp3FramesNeedNoEarlierBytes() throws Exception {
        byte[] audio = encode(new Mount("/live", Format.MP3, 128, 44_100, 2, true, Delivery.FEED, "music"));

        assertThat(probe("mp3", audio)).containsExactly("mp3", "44100", "2");
        int frames = frames(audio, at -> {
            assertThat(audio[at + 1] & 0xFF).as("MPEG-1 layer III, no CRC").isEqualTo(0xFB);
            // Nine bits after the header: how far back in earlier frames the audio of this one begins.
            int reservoir = (audio[at + 4] & 0xFF) << 1 | (audio[at + 5] & 0xFF) >> 7;
            assertThat(reservoir).as("bytes of earlier frames").isZero();
            int padding = audio[at + 2] >> 1 & 1;
            return 144 * 128_000 / 44_100 + padding;
        });
        assertThat(frames * 1152 / 44_100.0).isCloseTo(SECONDS, within(0.1));
        assertThat(decodedSeconds()).isCloseTo(SECONDS, within(0.1));
    }

    @Test
    void aacIsWholeAdtsFrames() throws Exception {
        byte[] audio = encode(new Mount("/live", Format.AAC, 64, 48_000, 1, true, Delivery.FEED, "music"));

        assertThat(probe("aac", audio)).containsExactly("aac", "48000", "1");
        int frames = frames(
                audio, at -> (audio[at + 3] & 3) << 11 | (audio[at + 4] & 0xFF) << 3 | (audio[at + 5] & 0xFF) >> 5);
        assertThat(frames * 1024 / 48_000.0).isCloseTo(SECONDS, within(0.1));
        assertThat(decodedSeconds()).isCloseTo(SECONDS, within(0.1));
    }

    /**
     * Counts the frames, of which nothing but frames may be there.
     *
     * @param length of the frame at an offset, in bytes
     */
    private static int frames(byte[] audio, IntUnaryOperator length) {
        int frames = 0;
        int at = 0;
        for (; at < audio.length; frames++) {
            assertThat(audio[at]).as("begin of frame %s", frames).isEqualTo((byte) 0xFF);
            at += length.applyAsInt(at);
        }
        assertThat(at).as("end of frame %s", frames).isEqualTo(audio.length);
        return frames;
    }

    @Test
    void opusComesInShortPages() throws Exception {
        byte[] audio = encode(new Mount("/live", Format.OPUS, 96, 48_000, 2, true, Delivery.FEED, "music"));

        assertThat(probe("ogg", audio)).containsExactly("opus", "48000", "2");
        long granule = 0;
        int pages = 0;
        for (int at = 0; at < audio.length; pages++) {
            assertThat(new String(audio, at, 4, StandardCharsets.US_ASCII)).isEqualTo("OggS");
            long end = ByteBuffer.wrap(audio).order(ByteOrder.LITTLE_ENDIAN).getLong(at + 6);
            assertThat((end - granule) / 48_000.0)
                    .as("seconds of page %s", pages)
                    .isLessThanOrEqualTo(0.2);
            granule = end;
            int segments = audio[at + 26] & 0xFF;
            int length = 27 + segments;
            for (int segment = 0; segment < segments; segment++) {
                length += audio[at + 27 + segment] & 0xFF;
            }
            at += length;
        }
        assertThat(pages).isGreaterThan((int) (SECONDS / 0.2));
        assertThat(decodedSeconds()).isCloseTo(SECONDS, within(0.1));
    }

    @Test
    void whatIsNoAudioIsRefusedWithFfmpegsReason() throws Exception {
        Files.writeString(standby, "this is not music\n".repeat(100));
        Mount mount = Configs.LIVE;

        assertThatThrownBy(() -> encode(mount))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Invalid data found")
                .hasMessageContaining("set standby.file");
        assertThat(directory.resolve("cache")).isEmptyDirectory();
    }

    private byte[] encode(Mount mount) throws Exception {
        Configs configs = new Configs();
        configs.mounts = List.of(mount);
        StandbyEncoder encoder = new StandbyEncoder(
                configs.build(),
                standby,
                directory.resolve("cache"),
                RealPrograms.EXECUTABLES,
                processes,
                () -> Optional.ofNullable(lastLine.get()));
        byte[] audio = encoder.encode(mount);
        assertThat(encoder.cached(mount).orElseThrow()).isEqualTo(audio);
        return audio;
    }

    /** Codec, sample rate and channels. */
    private List<String> probe(String format, byte[] audio) throws IOException {
        Path file = Files.write(directory.resolve("audio"), audio);
        return List.of(run(
                        "ffprobe",
                        "-v",
                        "error",
                        "-f",
                        format,
                        "-show_entries",
                        "stream=codec_name,sample_rate,channels",
                        "-of",
                        "csv=p=0",
                        file.toString())
                .strip()
                .split(","));
    }

    private double decodedSeconds() throws IOException {
        Path raw = directory.resolve("decoded");
        String complaints = run(
                "ffmpeg",
                "-v",
                "error",
                "-y",
                "-i",
                directory.resolve("audio").toString(),
                "-ac",
                "1",
                "-ar",
                "48000",
                "-f",
                "s16le",
                raw.toString());
        assertThat(complaints).isEmpty();
        return Files.size(raw) / (2 * 48_000.0);
    }

    private static String run(String... argv) throws IOException {
        ShortRun run = ShortRun.of(
                List.of(argv), Map.of("PATH", RealPrograms.EXECUTABLES.searchPath()), Duration.ofSeconds(60));
        assertThat(run.code()).as(run.output()).isZero();
        return run.output();
    }
}
