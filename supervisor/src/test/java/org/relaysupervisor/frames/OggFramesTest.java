package org.relaysupervisor.frames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.relaysupervisor.frames.OggPages.CONTINUED;
import static org.relaysupervisor.frames.OggPages.FIRST;
import static org.relaysupervisor.frames.OggPages.opus;
import static org.relaysupervisor.frames.OggPages.opusHead;
import static org.relaysupervisor.frames.OggPages.opusPackets;
import static org.relaysupervisor.frames.OggPages.page;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OggFramesTest {
    private static final byte[] PACKET = new byte[100];

    private static Cut cut(byte[]... parts) {
        return Cut.of("application/ogg", Cut.join(parts));
    }

    private static List<Integer> samples(Cut cut) {
        return cut.frames().stream().map(Frame::samples).toList();
    }

    private static String kinds(Cut cut) {
        StringBuilder kinds = new StringBuilder();
        cut.frames().forEach(frame -> kinds.append(frame.kind().name().charAt(0)));
        return kinds.toString();
    }

    @Test
    void everyPageIsAFrameHandedOnWithItsLastByte() {
        byte[] stream = opus(7, 2, 3);
        FrameParser parser = Cut.parser("audio/ogg");
        List<byte[]> pages = new ArrayList<>();
        int handedOn = 0;
        for (int i = 0; i < stream.length; i++) {
            parser.accept(stream, i, 1, frame -> pages.add(frame.bytes()));
            int length = pages.stream().mapToInt(page -> page.length).sum();
            assertThat(length).isIn(handedOn, i + 1);
            handedOn = length;
        }
        assertThat(pages).hasSize(5);
        assertThat(Cut.join(pages.toArray(byte[][]::new))).isEqualTo(stream);
    }

    @Test
    void opusCounts48KilohertzWithoutItsPreSkip() {
        Cut cut = cut(opus(7, 2, 3));
        assertThat(cut.formats()).hasToString("[Opus, 48000 Hz, 2 channels]");
        assertThat(kinds(cut)).isEqualTo("FHAAA");
        assertThat(samples(cut)).containsExactly(0, 0, 48_000, 48_000, 48_000);
        assertThat(cut.nanos()).isEqualTo(3_000_000_000L);
    }

    @Test
    void vorbisHasThreeHeadersOnAnyNumberOfPages() {
        byte[] head = page(FIRST, 0, 1, OggPages.vorbisHead(1, 44_100));
        byte[] comments = page(0, -1, 1, Collections.nCopies(255, 255), new byte[255 * 255]);
        byte[] setup = page(CONTINUED, 0, 1, List.of(10, 20), new byte[30]);
        Cut cut = cut(head, comments, setup, page(0, 1500, 1, PACKET, PACKET), page(0, 2500, 1, PACKET));

        assertThat(kinds(cut)).isEqualTo("FHHAA");
        assertThat(cut.formats()).hasToString("[Vorbis, 44100 Hz, 1 channel]");
        assertThat(samples(cut)).containsExactly(0, 0, 0, 1500, 1000);
    }

    @Test
    void flacSaysHowManyHeadersItHas() {
        byte[] head = page(FIRST, 0, 1, OggPages.flacHead(3, 2, 96_000));
        byte[] audio = page(0, 4096, 1, PACKET);
        Cut cut = cut(head, page(0, 0, 1, PACKET, PACKET), page(0, 0, 1, PACKET), page(0, 0, 1, PACKET), audio);

        assertThat(kinds(cut)).isEqualTo("FHHAA");
        assertThat(cut.formats()).hasToString("[FLAC, 96000 Hz, 2 channels]");
        assertThat(samples(cut)).containsExactly(0, 0, 0, 0, 4096);
    }

    @Test
    void flacThatDoesNotSayHasHeadersUntilTimeBegins() {
        byte[] head = page(FIRST, 0, 1, OggPages.flacHead(0, 1, 44_100));
        assertThat(kinds(cut(head, page(0, 0, 1, PACKET), page(0, 4096, 1, PACKET), page(0, 0, 1, PACKET))))
                .isEqualTo("FHAA");
    }

    @Test
    void speexHasTwoHeadersAndExtraOnes() {
        byte[] head = page(FIRST, 0, 1, OggPages.speexHead(1, 16_000, 1));
        byte[] header = page(0, 0, 1, PACKET);
        Cut cut = cut(head, header, header, page(0, 640, 1, PACKET), page(0, 9_999_999, 1, PACKET));

        assertThat(kinds(cut)).isEqualTo("FHHAA");
        assertThat(cut.formats()).hasToString("[Speex, 16000 Hz, 1 channel]");
        assertThat(samples(cut)).containsExactly(0, 0, 0, 640, 640);
    }

    @Test
    void anUnknownCodecHasHeadersUntilTimeBeginsAndLastsNothing() {
        byte[] other = page(0, 0, 1, PACKET);
        Cut cut = cut(page(FIRST, 0, 1, PACKET), other, page(0, -1, 1, PACKET), page(0, 5, 1, PACKET), other);

        assertThat(kinds(cut)).isEqualTo("FHHAA");
        assertThat(cut.samples()).isZero();
        assertThat(cut.formats()).hasSize(1);
    }

    @Test
    void aPageOnWhichNoPacketEndsLastsNothing() {
        byte[] part = page(0, -1, 7, List.of(255), new byte[255]);
        byte[] end = page(CONTINUED, 48_000 + 312 + 960, 7, List.of(3), new byte[3]);
        assertThat(samples(cut(opus(7, 2, 1), part, end))).containsExactly(0, 0, 48_000, 0, 960);
    }

    @Test
    void aStreamThatIsJoinedInTheMiddleStartsWithWhatItsFirstPageHas() {
        byte[] headers = opus(7, 2, 0);
        byte[] first = page(0, 1_000_000_000L, 7, opusPackets(25));
        byte[] second = page(0, 1_000_024_000L, 7, opusPackets(25));
        assertThat(samples(cut(headers, first, second))).containsExactly(0, 0, 24_000, 24_000);
    }

    @Test
    void timeThatJumpsForwardsCountsNoMoreThanThePageHasAndBackwardsNothing() {
        byte[] forwards = page(0, Long.MAX_VALUE, 7, opusPackets(10));
        byte[] backwards = page(0, 5000, 7, opusPackets(10));
        byte[] negative = page(0, Long.MIN_VALUE, 7, opusPackets(10));
        byte[] on = page(0, 5960, 7, opusPackets(1));
        assertThat(samples(cut(opus(7, 2, 1), forwards, backwards, negative, on)))
                .containsExactly(0, 0, 48_000, 9600, 0, 0, 960);
    }

    @Test
    void theLengthOfAnOpusPacketIsInItsFirstBytes() {
        byte[] headers = opus(7, 2, 0);
        int[][] firstBytesAndSamples = {
            {0x00, 0, 480},
            {0x19, 0, 5760},
            {0x60, 0, 480},
            {0x6a, 0, 1920},
            {0x80, 0, 120},
            {0xfb, 48, 5760},
            {0xfb, 2, 1920}
        };
        for (int[] each : firstBytesAndSamples) {
            byte[] packet = {(byte) each[0], (byte) each[1]};
            assertThat(samples(cut(headers, page(0, 1_000_000, 7, packet)))).containsExactly(0, 0, each[2]);
        }
        byte[] empty = page(0, 1_000_000, 7, new byte[0]);
        assertThat(samples(cut(headers, empty))).containsExactly(0, 0, 5760);
    }

    @Test
    void aChainedStreamBeginsAnewWithItsOwnHeadersTimeAndFormat() {
        Cut cut = cut(opus(7, 2, 2), opus(8, 2, 1), opus(8, 1, 1));
        assertThat(kinds(cut)).isEqualTo("FHAAFHAFHA");
        assertThat(cut.nanos()).isEqualTo(4_000_000_000L);
        assertThat(cut.formats()).hasToString("[Opus, 48000 Hz, 2 channels, Opus, 48000 Hz, 1 channel]");
        assertThat(cut.frames().subList(0, 7).stream()
                        .map(Frame::format)
                        .map(System::identityHashCode)
                        .distinct())
                .hasSize(1);
    }

    @Test
    void ofInterleavedStreamsTheFirstAudioCountsTheTimeAndAllPagesAreHandedOn() {
        byte[] stream = Cut.join(
                page(FIRST, 0, 1, new byte[64]),
                page(FIRST, 0, 2, opusHead(2, 0)),
                page(FIRST, 0, 3, OggPages.vorbisHead(2, 44_100)),
                page(0, 0, 3, PACKET, PACKET),
                page(0, 0, 2, PACKET),
                page(0, 77, 1, PACKET),
                page(0, 960, 2, opusPackets(1)),
                page(0, 1000, 3, PACKET),
                page(0, 1920, 2, opusPackets(1)));
        Cut cut = cut(stream);

        assertThat(cut.joined()).isEqualTo(stream);
        assertThat(kinds(cut)).isEqualTo("FHHHHAAAA");
        assertThat(cut.samples()).isEqualTo(1920);
        assertThat(cut.frames().get(8).format()).hasToString("Opus, 48000 Hz, 2 channels");
    }

    @Test
    void aStreamThatHasNotBegunIsGarbageAndSoIsTheSeventeenthOfAGroup() {
        byte[] lost = page(0, 5, 99, PACKET);
        byte[] whole = opus(7, 2, 1);
        Cut cut = cut(lost, whole, lost);
        assertThat(cut.joined()).isEqualTo(whole);
        assertThat(cut.garbageBytes()).isEqualTo(2L * lost.length);

        byte[] group = new byte[0];
        for (int serial = 0; serial < 20; serial++) {
            group = Cut.join(group, page(FIRST, 0, serial, opusHead(2, 0)));
        }
        assertThat(cut(group).frames()).hasSize(16);
    }

    @Test
    void pagesWithAWrongBitAreGarbageAndTheOthersAreNot() {
        byte[] head = opus(7, 2, 1);
        byte[] next = page(0, 96_312, 7, opusPackets(50));
        for (int position = 0; position < next.length; position += position < 100 ? 1 : 37) {
            byte[] wrong = next.clone();
            wrong[position] ^= 1;
            Cut cut = cut(head, wrong, next, next, next, next, next, next, next, next, next, next, next, next, next);
            assertThat(cut.frames()).as("position %d", position).hasSize(3 + 13);
            assertThat(cut.garbageBytes()).as("position %d", position).isEqualTo(next.length);
        }
    }

    @Test
    void aPageThatWasCutOffCostsNoOther() {
        byte[] page = page(0, 96_312, 7, opusPackets(50));
        byte[] garbage = "OggS in words, OggOggSS".getBytes(StandardCharsets.US_ASCII);
        Cut cut = cut(opus(7, 2, 1), Arrays.copyOf(page, 3000), page, garbage, page);

        assertThat(cut.frames()).hasSize(5);
        assertThat(cut.garbageBytes()).isEqualTo(3000 + garbage.length);
    }

    @Test
    void whereTooManyPagesOnlyPretendAllThatTheyClaimIsGivenUp() {
        byte[] whole = opus(7, 2, 1);
        byte[] pretended = page(0, 0, 7, Collections.nCopies(255, 250), new byte[250 * 255]);
        pretended[500] ^= 1;
        for (int starts : new int[] {6, 7}) {
            byte[] stream = pretended.clone();
            for (int start = 0; start < starts; start++) {
                byte[] empty = Arrays.copyOf("OggS".getBytes(StandardCharsets.US_ASCII), 27);
                System.arraycopy(empty, 0, stream, 1000 + 27 * start, 27);
                stream[1000 + 27 * start + 22] = 1;
            }
            System.arraycopy(whole, 0, stream, 3000, whole.length);
            Cut cut = cut(stream, whole);

            assertThat(cut.joined()).isEqualTo(starts == 6 ? Cut.join(whole, whole) : whole);
            assertThat(cut.garbageBytes()).isEqualTo(stream.length - (starts == 6 ? whole.length : 0));
        }
    }

    @Test
    void pagesThatOnlyPretendAreNotKept() {
        byte[] pretended = new byte[4_000_000];
        for (int i = 0; i + 27 < pretended.length; i += 27) {
            System.arraycopy("OggS".getBytes(StandardCharsets.US_ASCII), 0, pretended, i, 4);
            pretended[i + 26] = (byte) 255;
        }
        OggFrames parser = new OggFrames();
        parser.accept(pretended, 0, pretended.length, frame -> {});
        assertThat(parser.garbageBytes()).isGreaterThan(pretended.length - OggPage.LONGEST);
        assertThat(parser.capacity()).isLessThanOrEqualTo(2 * OggPage.LONGEST);
    }

    @Test
    void theLongestPageIsWhole() {
        byte[] longest = page(0, 1_000_000, 7, Collections.nCopies(255, 255), new byte[255 * 255]);
        assertThat(longest).hasSize(OggPage.LONGEST);
        assertThat(cut(opus(7, 2, 1), longest, longest).frames()).hasSize(5);
    }

    @Test
    void itDoesNotMatterInWhichPiecesTheBytesCome() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] noise = "OggS\0\0 and what a page has not".repeat(500).getBytes(StandardCharsets.US_ASCII);
        byte[] stream = Cut.join(noise, opus(7, 2, 5), noise, opus(8, 1, 5), noise, noise);
        Cut whole = cut(stream);
        for (int longest : new int[] {1, 2, 7, 100, 600, 5000, 100_000}) {
            Cut pieces = Cut.inPieces("audio/ogg", stream, longest, random);
            assertThat(pieces.described()).as("seed %d", seed).isEqualTo(whole.described());
            assertThat(pieces.garbageBytes()).as("seed %d", seed).isEqualTo(whole.garbageBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/ogg", "audio/ogg; codecs=opus", "audio/opus", "audio/vorbis"})
    void theseContentTypesAreOgg(String contentType) {
        assertThat(Cut.of(contentType, opus(7, 2, 1)).frames()).hasSize(3);
    }
}
