package org.relaysupervisor.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.config.RelayConfig.Delivery;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.Exit;
import org.relaysupervisor.process.ProcessSpec;
import org.relaysupervisor.process.Processes;

class StandbyEncoderTest {
    private static final Mount AAC = new Mount("/aac", Format.AAC, 96, 48_000, 2, false, Delivery.FEED, "music");
    private static final Mount OPUS = new Mount("/opus", Format.OPUS, 64, 16_000, 1, false, Delivery.FEED, "music");
    private static final Mount BY_ICECAST =
            new Mount("/ice", Format.MP3, 64, 44_100, 1, false, Delivery.ICECAST, "music");

    @TempDir
    private Path directory;

    private final Configs configs = new Configs();
    private final List<Processes.Signal> signals = new ArrayList<>();
    private Function<ProcessSpec, Exit> ffmpeg = spec -> writes("audio", spec);
    private Path standby;
    private Path cache;
    private Executables executables;

    @BeforeEach
    void install() throws IOException {
        standby = Files.writeString(directory.resolve("standby.ogg"), "music");
        cache = directory.resolve("cache");
        for (String program : List.of("nice", "ffmpeg")) {
            assertThat(Files.writeString(directory.resolve(program), "")
                            .toFile()
                            .setExecutable(true))
                    .isTrue();
        }
        executables = new Executables(directory.toString());
        configs.mounts = List.of(Configs.LIVE, AAC, OPUS, BY_ICECAST);
    }

    @Test
    void encodesMp3WithoutReservoirAndTags() throws IOException {
        assertThat(argv(Configs.LIVE))
                .startsWith(directory + "/nice", "-n", "10", directory + "/ffmpeg", "-nostdin")
                .containsSequence("-threads", "1", "-i", standby.toString(), "-map", "0:a:0")
                .containsSequence("-t", "300")
                .containsSequence("-ac", "2", "-b:a", "128k", "-ar", "44100", "-c:a", "libmp3lame")
                .containsSequence("-reservoir", "0", "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3")
                .endsWith("-y", directory + "/out");
    }

    @Test
    void encodesAacAndOpusInTheirFrames() throws IOException {
        assertThat(argv(AAC)).containsSequence("-ac", "2", "-b:a", "96k", "-ar", "48000", "-c:a", "aac", "-f", "adts");
        assertThat(argv(OPUS))
                .containsSequence("-ac", "1", "-b:a", "64k", "-ar", "48000", "-c:a", "libopus")
                .containsSequence("-page_duration", "200000", "-f", "ogg");
    }

    @Test
    void theMountsShareABoundedMemory() throws IOException {
        assertThat(argv(Configs.LIVE)).containsSequence("-fs", Integer.toString((8 << 20) / 3));

        configs.mounts = List.of(Configs.LIVE);

        assertThat(argv(Configs.LIVE)).containsSequence("-fs", Integer.toString(8 << 20));
    }

    @Test
    void mountsThatIcecastServesNeedNone() {
        assertThat(encoder().mounts()).containsExactly(Configs.LIVE, AAC, OPUS);
    }

    @Test
    void whatWasEncodedIsKept() throws Exception {
        assertThat(encoder().cached(Configs.LIVE)).isEmpty();

        assertThat(encoder().encode(Configs.LIVE)).asString().isEqualTo("audio");

        ffmpeg = spec -> {
            throw new AssertionError("encoded a second time");
        };
        assertThat(encoder().cached(Configs.LIVE).orElseThrow()).asString().isEqualTo("audio");
        assertThat(files()).singleElement().asString().matches("128k-44100hz-2ch-[0-9a-f]{16}\\.mp3");
    }

    @Test
    void anotherFileOrFormatIsEncodedAnew() throws Exception {
        Path first = encoder().file(Configs.LIVE);

        assertThat(encoder().file(Configs.LIVE)).isEqualTo(first);
        assertThat(encoder().file(AAC)).isNotEqualTo(first);
        Files.setLastModifiedTime(standby, FileTime.fromMillis(1));
        Path touched = encoder().file(Configs.LIVE);
        assertThat(touched).isNotEqualTo(first);
        Files.writeString(standby, "longer music");
        Files.setLastModifiedTime(standby, FileTime.fromMillis(1));
        assertThat(encoder().file(Configs.LIVE)).isNotEqualTo(touched).isNotEqualTo(first);
    }

    @Test
    void whatIsOfNoUseAnyMoreIsDeleted() throws Exception {
        encoder().encode(Configs.LIVE);
        encoder().encode(AAC);
        Files.writeString(cache.resolve("128k-44100hz-2ch-0123456789abcdef.mp3.part"), "half");
        configs.mounts = List.of(AAC);

        encoder().deleteOthers();
        encoder().encode(AAC);
        encoder().deleteOthers();

        assertThat(files()).containsExactly(encoder().file(AAC).getFileName());
    }

    @Test
    void deletingBeforeAnythingWasEncodedIsHarmless() throws Exception {
        encoder().deleteOthers();

        assertThat(cache).doesNotExist();
    }

    @Test
    void anEncoderThatFailsLeavesNothingAndSaysWhatToDo() throws Exception {
        ffmpeg = spec -> {
            writes("half", spec);
            return new Exit.Code(1);
        };

        assertThatThrownBy(() -> encoder().encode(Configs.LIVE))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "ffmpeg could not encode " + standby + " (exit 1: Invalid data): set standby.file in relay.yaml"
                                + " to an audio file that ffmpeg can read, and see that there is room in " + cache);
        assertThat(files()).isEmpty();
    }

    @Test
    void silenceOfNoLengthIsRefused() throws Exception {
        ffmpeg = spec -> writes("", spec);

        assertThatThrownBy(() -> encoder().encode(Configs.LIVE)).hasMessageContaining("has no sound");
        assertThat(files()).isEmpty();
    }

    @Test
    void aStandbyProgrammeThatIsNotThereIsSaidPlainly() throws Exception {
        Files.delete(standby);

        assertThatThrownBy(() -> encoder().cached(Configs.LIVE))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(standby + ", the standby programme, cannot be read");
    }

    @Test
    void withoutFfmpegItSaysHowToGetIt() throws Exception {
        Files.delete(directory.resolve("ffmpeg"));

        assertThatThrownBy(() -> encoder().encode(Configs.LIVE)).hasMessageContaining("apt install ffmpeg");
    }

    @Test
    void aCacheThatCannotBeMadeIsSaidPlainly() throws Exception {
        Files.writeString(cache, "in the way");

        assertThatThrownBy(() -> encoder().encode(Configs.LIVE))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot write to " + cache);
    }

    @Test
    void whoeverIsInterruptedEndsTheEncoder() {
        ffmpeg = spec -> {
            Thread.currentThread().interrupt();
            return null;
        };

        assertThatThrownBy(() -> encoder().encode(Configs.LIVE)).isInstanceOf(InterruptedException.class);
        assertThat(signals).containsExactly(Processes.Signal.KILL);
    }

    private StandbyEncoder encoder() {
        Processes processes = (spec, onExit) -> {
            Exit exit = ffmpeg.apply(spec);
            if (exit != null) {
                onExit.accept(exit);
            }
            return new Processes.Child() {
                @Override
                public long pid() {
                    return 1;
                }

                @Override
                public void signal(Processes.Signal signal) {
                    signals.add(signal);
                }
            };
        };
        return new StandbyEncoder(
                configs.build(), standby, cache, executables, processes, () -> Optional.of("Invalid data"));
    }

    private List<String> argv(Mount mount) throws IOException {
        return encoder().spec(mount, directory.resolve("out")).argv();
    }

    private static Exit writes(String audio, ProcessSpec spec) {
        try {
            Files.writeString(Path.of(spec.argv().get(spec.argv().size() - 1)), audio);
            return new Exit.Code(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.map(Path::getFileName).toList();
        }
    }
}
