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

class MpegFramesTest {
    /** MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes. */
    private static final int STEREO = 0xfffb_9000;

    private static final int JOINT_STEREO = 0xfffb_9040;
    private static final int MONO = 0xfffb_90c0;
    private static final int AT_48_KHZ = 0xfffb_9400;
    private static final int LAYER_II = 0xfffd_8000;
    private static final int MPEG_2 = 0xfff3_8000;

    private static Cut cut(byte[]... parts) {
        return Cut.of("audio/mpeg", Cut.join(parts));
    }

    /** Frames that differ in what they carry. */
    private static byte[] frames(int header, int count) {
        byte[][] frames = new byte[count][];
        for (int i = 0; i < count; i++) {
            frames[i] = frame(header, i);
        }
        return Cut.join(frames);
    }

    private static byte[] frame(int header, int content) {
        byte[] frame = new byte[new MpegSyntax().length(header & 0xffff_ffffL)];
        Arrays.fill(frame, (byte) (content % 100));
        for (int i = 0; i < 4; i++) {
            frame[i] = (byte) (header >>> (24 - 8 * i));
        }
        return frame;
    }

    private static byte[] with(byte[] frame, int position, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, frame, position, bytes.length);
        return frame;
    }

    private static byte[] id3v2(int size) {
        byte[] tag = new byte[10 + size];
        with(tag, 0, "ID3\4");
        for (int i = 0; i < 4; i++) {
            tag[6 + i] = (byte) ((size >>> (21 - 7 * i)) & 0x7f);
        }
        return tag;
    }

    private static byte[] id3v1() {
        return with(new byte[128], 0, "TAG");
    }

    @ParameterizedTest
    @CsvSource({
        "fffb9000, 417, 1152, 'MPEG-1 layer III, 44100 Hz, 2 channels'",
        "fffb9200, 418, 1152, 'MPEG-1 layer III, 44100 Hz, 2 channels'",
        "fffa90c0, 417, 1152, 'MPEG-1 layer III, 44100 Hz, 1 channel'",
        "fffb9480, 384, 1152, 'MPEG-1 layer III, 48000 Hz, 2 channels'",
        "fffbe800, 1440, 1152, 'MPEG-1 layer III, 32000 Hz, 2 channels'",
        "fff38000, 208, 576, 'MPEG-2 layer III, 22050 Hz, 2 channels'",
        "ffe388c0, 576, 576, 'MPEG-2.5 layer III, 8000 Hz, 1 channel'",
        "fffdea00, 1729, 1152, 'MPEG-1 layer II, 32000 Hz, 2 channels'",
        "ffe5ea00, 2881, 1152, 'MPEG-2.5 layer II, 8000 Hz, 2 channels'",
        "ffffea00, 676, 384, 'MPEG-1 layer I, 32000 Hz, 2 channels'",
        "fff71200, 72, 384, 'MPEG-2 layer I, 22050 Hz, 2 channels'",
    })
    void aHeaderSaysLengthSamplesAndFormat(String header, int length, int samples, String format) {
        byte[] stream = frames(Integer.parseUnsignedInt(header, 16), 4);
        Cut cut = Cut.of("audio/mpeg", stream);

        assertThat(cut.frames()).hasSize(4).allSatisfy(frame -> {
            assertThat(frame.bytes()).hasSize(length);
            assertThat(frame.samples()).isEqualTo(samples);
            assertThat(frame.format()).hasToString(format);
            assertThat(frame.kind()).isEqualTo(Frame.Kind.AUDIO);
        });
        assertThat(cut.joined()).isEqualTo(stream);
    }

    @Test
    void everyHeaderHasALengthAndADurationOrIsNone() {
        MpegSyntax syntax = new MpegSyntax();
        int longest = 0;
        for (long header = 0xffe0_0000L; header <= 0xffff_ffffL; header += 0x40) {
            int length = syntax.length(header);
            longest = Math.max(longest, length);
            if (length > 0) {
                assertThat(length).isGreaterThan(syntax.headerLength());
                assertThat(syntax.samples(header)).isIn(384, 576, 1152);
                assertThat(syntax.format(header).sampleRate()).isBetween(8000, 48_000);
                assertThat(syntax.format(header).channels()).isIn(1, 2);
            }
        }
        assertThat(longest).isEqualTo(syntax.longestFrame());
    }

    @ParameterizedTest
    @ValueSource(strings = {"fffb0000", "fffbf000", "fffb9c00", "fff99000", "ffeb9000", "ff7b9000"})
    void whatTheStandardReservesAndTheFreeFormatAreNoHeaders(String header) {
        assertThat(new MpegSyntax().length(Long.parseLong(header, 16))).isZero();
    }

    @Test
    void theFirstFrameWaitsForTwoHeadersMoreAndThenEachIsHandedOnWithItsLastByte() {
        byte[] stream = frames(STEREO, 6);
        FrameParser parser = Cut.parser("audio/mpeg");
        List<Integer> positions = new ArrayList<>();
        for (int i = 0; i < stream.length; i++) {
            int read = i + 1;
            parser.accept(stream, i, 1, frame -> positions.add(read));
        }
        int length = 417;
        int confirmed = 2 * length + 4;
        assertThat(positions).containsExactly(confirmed, confirmed, 3 * length, 4 * length, 5 * length, 6 * length);
    }

    @Test
    void garbageIsSkippedAndCountedWhereverItStands() {
        byte[] garbage = "not audio\u00ff\u00fb".repeat(50).getBytes(StandardCharsets.ISO_8859_1);
        byte[] before = frames(STEREO, 5);
        byte[] after = frames(STEREO, 7);
        Cut cut = cut(garbage, before, garbage, after);

        assertThat(cut.joined()).isEqualTo(Cut.join(before, after));
        assertThat(cut.garbageBytes()).isEqualTo(2L * garbage.length);
        assertThat(cut.formats()).hasSize(1);
    }

    @Test
    void oneOrTwoHeadersThatAgreeAreNotEnough() {
        byte[] falseSync = Cut.join(frame(STEREO, 0), frame(STEREO, 1), new byte[500]);
        byte[] audio = frames(MONO, 4);
        Cut cut = cut(falseSync, audio);

        assertThat(cut.joined()).isEqualTo(audio);
        assertThat(cut.garbageBytes()).isEqualTo(falseSync.length);
    }

    @Test
    void aFrameThatWasCutOffCostsTheNextOneAtMost() {
        byte[] before = frames(STEREO, 5);
        byte[] cutOff = Arrays.copyOf(frame(STEREO, 50), 200);
        byte[] after = frames(STEREO, 6);
        Cut cut = cut(before, cutOff, after);

        byte[] swallowed = Arrays.copyOf(after, 417 - 200);
        assertThat(cut.joined())
                .isEqualTo(Cut.join(before, cutOff, swallowed, Arrays.copyOfRange(after, 417, after.length)));
        assertThat(cut.garbageBytes()).isEqualTo(200);
    }

    @Test
    void aChangeOfFormatThatHoldsCostsNothing() {
        byte[] stream = Cut.join(
                frames(STEREO, 5),
                frames(AT_48_KHZ, 5),
                frames(MONO, 5),
                frames(LAYER_II, 5),
                frames(MPEG_2, 5),
                frames(STEREO, 5));
        Cut cut = Cut.of("audio/mpeg", stream);

        assertThat(cut.joined()).isEqualTo(stream);
        assertThat(cut.garbageBytes()).isZero();
        assertThat(cut.formats())
                .hasToString("[MPEG-1 layer III, 44100 Hz, 2 channels, MPEG-1 layer III, 48000 Hz, 2 channels,"
                        + " MPEG-1 layer III, 44100 Hz, 1 channel, MPEG-1 layer II, 44100 Hz, 2 channels,"
                        + " MPEG-2 layer III, 22050 Hz, 2 channels, MPEG-1 layer III, 44100 Hz, 2 channels]");
    }

    @Test
    void aChangeOfFormatThatDoesNotHoldIsGarbage() {
        Cut cut = cut(frames(STEREO, 5), frame(AT_48_KHZ, 1), frames(STEREO, 5));

        assertThat(cut.joined()).isEqualTo(Cut.join(frames(STEREO, 5), frames(STEREO, 5)));
        assertThat(cut.garbageBytes()).isEqualTo(384);
    }

    @Test
    void otherBitRatesProtectionAndJointStereoAreNoChangeOfFormat() {
        byte[] stream = Cut.join(
                frames(STEREO, 2),
                frames(JOINT_STEREO, 2),
                frames(0xfffa_9000, 2),
                frames(0xfffb_e200, 2),
                frames(STEREO, 1));
        Cut cut = Cut.of("audio/mpeg", stream);

        assertThat(cut.joined()).isEqualTo(stream);
        assertThat(cut.frames().stream()
                        .map(Frame::format)
                        .map(System::identityHashCode)
                        .distinct())
                .hasSize(1);
    }

    @Test
    void tagsAreSkippedAtTheFrontBetweenAndAtTheEnd() {
        byte[] one = frames(STEREO, 5);
        byte[] two = frames(STEREO, 1);
        byte[] falseFrames = id3v2(3000);
        System.arraycopy(frames(MONO, 5), 0, falseFrames, 100, 5 * 417);
        Cut cut = cut(id3v2(0), falseFrames, one, id3v1(), id3v2(1), two, id3v1());

        assertThat(cut.joined()).isEqualTo(Cut.join(one, two));
        assertThat(cut.tagBytes()).isEqualTo(10 + 3010 + 128 + 11 + 128);
        assertThat(cut.garbageBytes()).isZero();
        assertThat(cut.formats()).hasSize(1);
    }

    @Test
    void aTagOfTenMegabytesIsSkippedWithoutBeingKept() {
        SyncedFrames parser = new SyncedFrames(new MpegSyntax());
        byte[] tag = id3v2(10_000_000);
        byte[] stream = Cut.join(tag, frames(STEREO, 4));
        List<Frame> frames = new ArrayList<>();
        for (int from = 0; from < stream.length; from += 8192) {
            parser.accept(stream, from, Math.min(8192, stream.length - from), frames::add);
        }
        assertThat(frames).hasSize(4);
        assertThat(parser.tagBytes()).isEqualTo(tag.length);
        assertThat(parser.garbageBytes()).isZero();
        assertThat(parser.capacity()).isLessThan(12_000);
    }

    @Test
    void aTagWithAFooterIsLongerByIt() {
        byte[] tag = Arrays.copyOf(id3v2(20), 40);
        tag[5] = 0x10;
        assertThat(cut(tag, frames(STEREO, 3)).tagBytes()).isEqualTo(40);
    }

    @Test
    void whatOnlyLooksLikeATagIsGarbage() {
        byte[] badSize = id3v2(0);
        badSize[8] = (byte) 0x80;
        byte[] badVersion = id3v2(0);
        badVersion[3] = 9;
        Cut cut = cut(badSize, badVersion, frames(STEREO, 3));

        assertThat(cut.frames()).hasSize(3);
        assertThat(cut.garbageBytes()).isEqualTo(20);
        assertThat(cut.tagBytes()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "fffb9000, 36, Xing",
        "fffb9000, 36, Info",
        "fffb90c0, 21, Info",
        "fff38000, 21, Xing",
        "fff380c0, 13, Xing",
        "fffa9000, 36, Info",
        "fffa9000, 38, Info",
        "fffb9000, 36, VBRI",
        "fff380c0, 36, VBRI",
    })
    void theTableOfAVariableBitRateIsATag(String header, int position, String name) {
        int bits = Integer.parseUnsignedInt(header, 16);
        byte[] table = with(frame(bits, 0), position, name);
        byte[] audio = frames(bits, 4);
        Cut cut = cut(table, audio, table, audio);

        assertThat(cut.joined()).isEqualTo(Cut.join(audio, audio));
        assertThat(cut.tagBytes()).isEqualTo(2L * table.length);
        assertThat(cut.garbageBytes()).isZero();
    }

    @Test
    void itDoesNotMatterInWhichPiecesTheBytesCome() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] noise = new byte[3000];
        random.nextBytes(noise);
        byte[] stream = Cut.join(
                noise,
                id3v2(5000),
                frames(STEREO, 20),
                id3v1(),
                frames(AT_48_KHZ, 9),
                noise,
                id3v2(3),
                frames(MPEG_2, 30));
        Cut whole = Cut.of("audio/mpeg", stream);
        for (int longest : new int[] {1, 2, 7, 100, 600, 5000}) {
            Cut pieces = Cut.inPieces("audio/mpeg", stream, longest, random);
            assertThat(pieces.described()).as("seed %d", seed).isEqualTo(whole.described());
            assertThat(pieces.garbageBytes()).as("seed %d", seed).isEqualTo(whole.garbageBytes());
            assertThat(pieces.tagBytes()).as("seed %d", seed).isEqualTo(whole.tagBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"audio/mpeg", "AUDIO/MPEG; rate=44100", " audio/mp3 ;x", "audio/mpeg3", "audio/x-mpeg"})
    void theseContentTypesAreMpegAudio(String contentType) {
        assertThat(Cut.of(contentType, frames(STEREO, 3)).frames()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ";", "audio/flac", "audio/mpegurl", "video/mpeg", "text/html"})
    void theseContentTypesAreNotUnderstood(String contentType) {
        assertThat(FrameParser.of(contentType)).isEmpty();
    }
}
