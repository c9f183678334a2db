package org.relaysupervisor.frames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What real encoders write, against what ffprobe makes of it. */
class FramesIT {
    private static final double SECONDS = 7.3;

    private static final int ID3V1_LENGTH = 128;

    private final long seed = new Random().nextLong();

    @TempDir
    Path directory;

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s", String.join(" ", command)).isZero();
        return output;
    }

    /** Two tones and some noise, so that frames differ in what they have and in size. */
    private Path encoded(String name, String options) throws IOException, InterruptedException {
        Path file = directory.resolve(name);
        String source = "sine=frequency=330:beep_factor=4:sample_rate=44100:duration=" + SECONDS;
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-nostdin", "-v", "error", "-y"));
        command.addAll(List.of("-f", "lavfi", "-i", source, "-metadata", "title=Tones", "-ac", "2"));
        command.addAll(List.of(options.split(" ")));
        command.add(file.toString());
        run(command.toArray(String[]::new));
        return file;
    }

    private static List<String> probed(Path file, String entry) throws IOException, InterruptedException {
        return run("ffprobe", "-v", "error", "-show_entries", entry, "-of", "default=nw=1:nk=1", file.toString())
                .lines()
                .toList();
    }

    private static double probedSeconds(Path file) throws IOException, InterruptedException {
        return probed(file, "packet=duration_time").stream()
                .mapToDouble(Double::parseDouble)
                .sum();
    }

    private void assertSameInPieces(String contentType, byte[] stream, Cut whole) {
        Random random = new Random(seed);
        for (int longest : new int[] {1, 670, 20_000}) {
            Cut pieces = Cut.inPieces(contentType, stream, longest, random);
            assertThat(pieces.described()).as("seed %d", seed).isEqualTo(whole.described());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "cbr.mp3, -c:a libmp3lame -b:a 128k -write_id3v1 1, 'MPEG-1 layer III, 44100 Hz, 2 channels'",
        "joint-320.mp3, -c:a libmp3lame -b:a 320k -joint_stereo 1, 'MPEG-1 layer III, 44100 Hz, 2 channels'",
        "vbr.mp3, -c:a libmp3lame -q:a 4, 'MPEG-1 layer III, 44100 Hz, 2 channels'",
        "bare.mp3, -c:a libmp3lame -q:a 2 -write_xing 0 -id3v2_version 0, 'MPEG-1 layer III, 44100 Hz, 2 channels'",
        "mono.mp3, -c:a libmp3lame -ac 1 -b:a 64k, 'MPEG-1 layer III, 44100 Hz, 1 channel'",
        "48k.mp3, -c:a libmp3lame -ar 48000 -b:a 192k, 'MPEG-1 layer III, 48000 Hz, 2 channels'",
        "32k.mp3, -c:a libmp3lame -ar 32000 -b:a 96k, 'MPEG-1 layer III, 32000 Hz, 2 channels'",
        "22k.mp3, -c:a libmp3lame -ar 22050 -b:a 48k, 'MPEG-2 layer III, 22050 Hz, 2 channels'",
        "8k.mp3, -c:a libmp3lame -ar 8000 -ac 1 -b:a 16k, 'MPEG-2.5 layer III, 8000 Hz, 1 channel'",
        "ii.mp2, -c:a libtwolame -b:a 192k, 'MPEG-1 layer II, 44100 Hz, 2 channels'",
        "protected.mp2, -c:a libtwolame -error_protection 1 -b:a 192k, 'MPEG-1 layer II, 44100 Hz, 2 channels'",
    })
    void mpegAudioHasTheFramesThatFfprobeSees(String name, String options, String format) throws Exception {
        Path file = encoded(name, options);
        Cut cut = assertFramesAreProbedPackets("audio/mpeg", file, format);

        byte[] stream = Files.readAllBytes(file);
        boolean hasId3v1 = options.contains("id3v1");
        int end = stream.length - (hasId3v1 ? ID3V1_LENGTH : 0);
        int front = (int) cut.tagBytes() - (hasId3v1 ? ID3V1_LENGTH : 0);
        assertThat(cut.joined()).isEqualTo(Arrays.copyOfRange(stream, front, end));
        assertThat(front > 0).isEqualTo(name.endsWith("mp3") && !name.equals("bare.mp3"));
    }

    private Cut assertFramesAreProbedPackets(String contentType, Path file, String format) throws Exception {
        byte[] stream = Files.readAllBytes(file);
        Cut cut = Cut.of(contentType, stream);
        List<Integer> lengths =
                cut.frames().stream().map(frame -> frame.bytes().length).toList();
        List<Integer> probed =
                probed(file, "packet=size").stream().map(Integer::valueOf).toList();

        assertThat(lengths).isEqualTo(probed);
        assertThat(cut.nanos() / 1e9).isCloseTo(probedSeconds(file), within(0.002));
        assertThat(cut.garbageBytes()).isZero();
        assertThat(cut.formats()).hasToString("[" + format + "]");
        assertSameInPieces(contentType, stream, cut);
        return cut;
    }

    @ParameterizedTest
    @CsvSource({
        "stereo.aac, -b:a 128k, 'AAC LC, 44100 Hz, 2 channels'",
        "mono.aac, -ac 1 -ar 22050 -b:a 32k, 'AAC LC, 22050 Hz, 1 channel'",
        "48k.aac, -ar 48000 -b:a 256k, 'AAC LC, 48000 Hz, 2 channels'",
    })
    void adtsHasTheFramesThatFfprobeSees(String name, String options, String format) throws Exception {
        Path file = encoded(name, "-c:a aac -f adts " + options);
        Cut cut = assertFramesAreProbedPackets("audio/aac", file, format);
        assertThat(cut.joined()).isEqualTo(Files.readAllBytes(file));
    }

    @ParameterizedTest
    @CsvSource({
        "stereo.opus, -c:a libopus -b:a 96k, 2, 'Opus, 48000 Hz, 2 channels'",
        "long.opus, -c:a libopus -ac 1 -frame_duration 60, 2, 'Opus, 48000 Hz, 1 channel'",
        "vorbis.ogg, -c:a libvorbis -q:a 5, 2, 'Vorbis, 44100 Hz, 2 channels'",
        "paged.ogg, -c:a libvorbis -page_duration 40000, 2, 'Vorbis, 44100 Hz, 2 channels'",
        "flac.ogg, -c:a flac, 2, 'FLAC, 44100 Hz, 2 channels'",
        "speex.ogg, -c:a libspeex -ar 16000 -ac 1, 2, 'Speex, 16000 Hz, 1 channel'",
    })
    void oggLastsAsLongAsWhatWasEncoded(String name, String options, int headerPages, String format) throws Exception {
        byte[] stream = Files.readAllBytes(encoded(name, options));
        Cut cut = Cut.of("application/ogg", stream);

        assertThat(cut.joined()).isEqualTo(stream);
        assertThat(cut.garbageBytes()).isZero();
        assertThat(cut.nanos() / 1e9).isCloseTo(SECONDS, within(0.03));
        assertThat(cut.formats()).hasToString("[" + format + "]");
        assertThat(cut.frames().get(0).kind()).isEqualTo(Frame.Kind.FIRST_HEADER);
        assertThat(cut.frames().stream().filter(frame -> frame.kind() != Frame.Kind.AUDIO))
                .hasSize(headerPages);
        assertSameInPieces("application/ogg", stream, cut);
    }

    @Test
    void chainedOggLastsAsLongAsItsLinks() throws Exception {
        byte[] opus = Files.readAllBytes(encoded("a.opus", "-c:a libopus"));
        byte[] vorbis = Files.readAllBytes(encoded("b.ogg", "-c:a libvorbis"));
        byte[] stream = Cut.join(opus, vorbis, opus);
        Cut cut = Cut.of("application/ogg", stream);

        assertThat(cut.joined()).isEqualTo(stream);
        assertThat(cut.nanos() / 1e9).isCloseTo(3 * SECONDS, within(0.03));
        assertThat(cut.formats()).hasSize(3);
        assertThat(cut.frames().stream().filter(frame -> frame.kind() == Frame.Kind.FIRST_HEADER))
                .hasSize(3);
    }

    @Test
    void aPlayerThatJoinsAfterTheHeadersDecodesTheRest() throws Exception {
        List<Frame> frames = Cut.of(
                        "audio/ogg", Files.readAllBytes(encoded("c.ogg", "-c:a libvorbis -page_duration 40000")))
                .frames();
        List<byte[]> joined = new ArrayList<>();
        for (int i = 0; i < frames.size(); i++) {
            if (frames.get(i).kind() != Frame.Kind.AUDIO || i >= frames.size() / 2) {
                joined.add(frames.get(i).bytes());
            }
        }
        Path file = directory.resolve("joined.ogg");
        Files.write(file, Cut.join(joined.toArray(byte[][]::new)));
        run("ffmpeg", "-nostdin", "-v", "error", "-xerror", "-i", file.toString(), "-f", "null", "-");
    }

    @Test
    void filesOfOtherFormatsOneAfterTheOtherLoseNothing() throws Exception {
        byte[] one = Files.readAllBytes(encoded("1.mp3", "-c:a libmp3lame -q:a 4 -write_id3v1 1"));
        byte[] two = Files.readAllBytes(encoded("2.mp3", "-c:a libmp3lame -ar 48000 -b:a 192k"));
        byte[] three =
                Files.readAllBytes(encoded("3.mp3", "-c:a libmp3lame -ar 22050 -ac 1 -b:a 32k -id3v2_version 0"));
        Cut cut = Cut.of("audio/mpeg", Cut.join(one, two, three, one));
        byte[] each = Cut.join(
                Cut.of("audio/mpeg", one).joined(),
                Cut.of("audio/mpeg", two).joined(),
                Cut.of("audio/mpeg", three).joined(),
                Cut.of("audio/mpeg", one).joined());

        assertThat(cut.joined()).isEqualTo(each);
        assertThat(cut.garbageBytes()).isZero();
        assertThat(cut.formats()).hasSize(4);
    }

    @Test
    void aHoleInAStreamCostsTheFramesThatItTouchesAndOneMore() throws Exception {
        Cut whole = Cut.of("audio/mpeg", Files.readAllBytes(encoded("4.mp3", "-c:a libmp3lame -b:a 128k")));
        byte[] stream = whole.joined();
        Random random = new Random(seed);
        // Where the first header has been confirmed: before that more is lost, as is right.
        int inSync = 4 * 418;
        for (int i = 0; i < 100; i++) {
            int start = inSync + random.nextInt(stream.length - 6000 - inSync);
            int end = start + 1 + random.nextInt(1500);
            byte[] holed = Cut.join(Arrays.copyOf(stream, start), Arrays.copyOfRange(stream, end, stream.length));
            List<String> lost = new ArrayList<>(whole.described());
            lost.removeAll(Cut.of("audio/mpeg", holed).described());
            assertThat(lost)
                    .as("seed %d, hole from %d to %d", seed, start, end)
                    .hasSizeLessThanOrEqualTo(touched(whole, start, end) + 1);
        }
    }

    private static int touched(Cut cut, int start, int end) {
        int touched = 0;
        int position = 0;
        for (Frame frame : cut.frames()) {
            boolean apart = position >= end || position + frame.bytes().length <= start;
            touched += apart ? 0 : 1;
            position += frame.bytes().length;
        }
        return touched;
    }
}
