package org.relaysupervisor.frames;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdtsFramesTest {
    private static final int LC = 1;
    private static final int AT_44_KHZ = 4;
    private static final int AT_22_KHZ = 7;

    private static Cut cut(byte[]... parts) {
        return Cut.of("audio/aac", Cut.join(parts));
    }

    /** @param rate and {@code channels} as the header has them; with the header {@code length} bytes long */
    private static byte[] frame(int profile, int rate, int channels, int length, int blocks, boolean isProtected) {
        byte[] frame = new byte[length];
        Arrays.fill(frame, (byte) length);
        frame[0] = (byte) 0xff;
        frame[1] = (byte) (isProtected ? 0xf0 : 0xf1);
        frame[2] = (byte) (profile << 6 | rate << 2 | channels >> 2);
        frame[3] = (byte) (channels << 6 | length >> 11);
        frame[4] = (byte) (length >> 3);
        frame[5] = (byte) (length << 5 | 0x1f);
        frame[6] = (byte) (0xfc | (blocks - 1));
        return frame;
    }

    /** Of all lengths, as AAC is. */
    private static byte[] frames(int rate, int channels, int count) {
        byte[][] frames = new byte[count][];
        for (int i = 0; i < count; i++) {
            frames[i] = frame(LC, rate, channels, 100 + 37 * i % 700, 1, false);
        }
        return Cut.join(frames);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 4, 2, 300, 1, false, 1024, 'AAC LC, 44100 Hz, 2 channels'",
        "1, 3, 1, 8191, 1, false, 1024, 'AAC LC, 48000 Hz, 1 channel'",
        "1, 3, 1, 8, 1, false, 1024, 'AAC LC, 48000 Hz, 1 channel'",
        "1, 3, 1, 10, 1, true, 1024, 'AAC LC, 48000 Hz, 1 channel'",
        "1, 7, 2, 300, 2, true, 2048, 'AAC LC, 22050 Hz, 2 channels'",
        "0, 0, 7, 900, 4, true, 4096, 'AAC Main, 96000 Hz, 8 channels'",
        "3, 12, 6, 900, 4, false, 4096, 'AAC LTP, 7350 Hz, 6 channels'",
    })
    void aHeaderSaysLengthSamplesAndFormat(
            int profile,
            int rate,
            int channels,
            int length,
            int blocks,
            boolean isProtected,
            int samples,
            String format) {
        byte[] frame = frame(profile, rate, channels, length, blocks, isProtected);
        Cut cut = cut(frame, frame, frame, new byte[7]);

        assertThat(cut.frames()).hasSize(3).allSatisfy(each -> {
            assertThat(each.bytes()).isEqualTo(frame);
            assertThat(each.samples()).isEqualTo(samples);
            assertThat(each.format()).hasToString(format);
            assertThat(each.kind()).isEqualTo(Frame.Kind.AUDIO);
        });
    }

    @Test
    void aLengthThatIsTooShortForTheHeaderOrARateThatDoesNotExistIsNoFrame() {
        AdtsSyntax syntax = new AdtsSyntax();
        assertThat(List.of(
                        frame(LC, AT_44_KHZ, 2, 7, 1, false),
                        frame(LC, AT_44_KHZ, 2, 9, 1, true),
                        frame(LC, AT_44_KHZ, 2, 15, 4, true),
                        frame(LC, 13, 2, 300, 1, false),
                        frame(LC, 15, 2, 300, 1, false)))
                .allSatisfy(frame -> assertThat(syntax.length(header(frame))).isZero());
        byte[] mpegLayerIii = frame(LC, AT_44_KHZ, 2, 300, 1, false);
        mpegLayerIii[1] = (byte) 0xfb;
        assertThat(syntax.length(header(mpegLayerIii))).isZero();
    }

    @Test
    void everyHeaderHasALengthAndADurationOrIsNone() {
        AdtsSyntax syntax = new AdtsSyntax();
        for (int fields = 0; fields < 1 << 12; fields++) {
            for (int length : new int[] {0, 7, 8, 9, 15, 16, 8191}) {
                boolean isProtected = (fields & 1) == 0;
                int blocks = 1 + (fields >> 1 & 3);
                int profile = fields >> 3 & 3;
                long header =
                        header(frame(profile, fields >> 5 & 15, fields >> 9, Math.max(length, 7), blocks, isProtected));
                if (syntax.length(header) > 0) {
                    assertThat(syntax.length(header)).isEqualTo(length).isGreaterThan(isProtected ? 7 + 2 * blocks : 7);
                    assertThat(syntax.samples(header)).isEqualTo(1024 * blocks);
                    assertThat(syntax.format(header).sampleRate()).isBetween(7350, 96_000);
                    assertThat(syntax.format(header).channels()).isBetween(1, 8);
                }
            }
        }
    }

    private static long header(byte[] frame) {
        Window window = new Window(100);
        window.fill(frame, 0, 7);
        return window.number(0, 7);
    }

    @Test
    void onceInSyncAFrameIsHandedOnWithItsLastByteHoweverShort() {
        byte[] stream = new byte[0];
        List<Integer> ends = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            stream = Cut.join(stream, frame(LC, AT_44_KHZ, 1, 8 + i % 3, 1, false));
            ends.add(stream.length);
        }
        FrameParser parser = Cut.parser("audio/aac");
        List<Integer> positions = new ArrayList<>();
        for (int i = 0; i < stream.length; i++) {
            int read = i + 1;
            parser.accept(stream, i, 1, frame -> positions.add(read));
        }
        assertThat(positions.subList(2, 8)).isEqualTo(ends.subList(2, 8));
    }

    @Test
    void garbageIsSkippedAndCounted() {
        byte[] garbage = new byte[5000];
        new Random(1).nextBytes(garbage);
        for (int i = 3; i < 4900; i += 97) {
            System.arraycopy(frames(AT_44_KHZ, 2, 1), 0, garbage, i, 4);
        }
        byte[] before = frames(AT_44_KHZ, 2, 20);
        byte[] after = frames(AT_44_KHZ, 2, 10);
        Cut cut = cut(garbage, before, garbage, after);

        assertThat(cut.joined()).isEqualTo(Cut.join(before, after));
        assertThat(cut.garbageBytes()).isEqualTo(2L * garbage.length);
    }

    @Test
    void aChangeOfFormatThatHoldsCostsNothing() {
        byte[] stream = Cut.join(frames(AT_44_KHZ, 2, 5), frames(AT_22_KHZ, 2, 5), frames(AT_22_KHZ, 1, 5));
        Cut cut = Cut.of("audio/aacp", stream);

        assertThat(cut.joined()).isEqualTo(stream);
        assertThat(cut.formats())
                .hasToString(
                        "[AAC LC, 44100 Hz, 2 channels, AAC LC, 22050 Hz, 2 channels, AAC LC, 22050 Hz, 1 channel]");
    }

    @Test
    void anotherCodecInMidStreamIsGarbageUntilItIsOver() {
        byte[] mpeg = new byte[417 * 20];
        for (int i = 0; i < mpeg.length; i += 417) {
            mpeg[i] = (byte) 0xff;
            mpeg[i + 1] = (byte) 0xfb;
            mpeg[i + 2] = (byte) 0x90;
        }
        byte[] before = frames(AT_44_KHZ, 2, 5);
        Cut cut = cut(before, mpeg, before);
        assertThat(cut.joined()).isEqualTo(Cut.join(before, before));
        assertThat(cut.garbageBytes()).isEqualTo(mpeg.length);

        Cut other = Cut.of("audio/mpeg", Cut.join(mpeg, before, mpeg));
        assertThat(other.joined()).isEqualTo(Cut.join(mpeg, mpeg));
        assertThat(other.garbageBytes()).isEqualTo(before.length);
    }

    @Test
    void tagsAreSkipped() {
        byte[] tag = Arrays.copyOf("ID3\4\0\0\0\0\0\12".getBytes(StandardCharsets.US_ASCII), 20);
        byte[] audio = frames(AT_44_KHZ, 2, 5);
        Cut cut = cut(tag, audio, tag, audio);

        assertThat(cut.joined()).isEqualTo(Cut.join(audio, audio));
        assertThat(cut.tagBytes()).isEqualTo(40);
        assertThat(cut.garbageBytes()).isZero();
    }

    @Test
    void itDoesNotMatterInWhichPiecesTheBytesCome() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] noise = new byte[20_000];
        random.nextBytes(noise);
        byte[] stream =
                Cut.join(noise, frames(AT_44_KHZ, 2, 50), noise, frames(AT_22_KHZ, 1, 50), frames(AT_44_KHZ, 2, 3));
        Cut whole = Cut.of("audio/aac", stream);
        for (int longest : new int[] {1, 2, 7, 100, 600, 30_000}) {
            Cut pieces = Cut.inPieces("audio/aac", stream, longest, random);
            assertThat(pieces.described()).as("seed %d", seed).isEqualTo(whole.described());
            assertThat(pieces.garbageBytes()).as("seed %d", seed).isEqualTo(whole.garbageBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"audio/aac", "audio/aacp; x=y", "audio/x-aac", "audio/mp4a-adts"})
    void theseContentTypesAreAdts(String contentType) {
        assertThat(Cut.of(contentType, frames(AT_44_KHZ, 2, 4)).frames()).isNotEmpty();
    }
}
