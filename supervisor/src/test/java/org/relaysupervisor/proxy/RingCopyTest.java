package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.frames.AudioFormat;
import org.relaysupervisor.frames.Frame;
import org.relaysupervisor.frames.FrameParser;
import org.relaysupervisor.frames.OggPages;

/** What is kept of a feed's ring, as the next daemon reads it. */
class RingCopyTest {
    private static final String MP3 = "audio/mpeg";
    private static final String OGG = "application/ogg";
    private static final AudioFormat FORMAT = new AudioFormat("test", 44_100, 2);

    private final ByteBuffer memory = ByteBuffer.allocate(RingCopy.BYTES);

    /** Of a daemon whose event loop's clock began so long after the machine's. */
    private RingCopy copy(long clockNanos) {
        return new RingCopy(memory, clockNanos);
    }

    private FrameRing ring() {
        return new FrameRing(FeedLimits.DEFAULTS, Optional.of(copy(0)));
    }

    private static Frame mp3(int number) {
        return new Frame(Mp3.frame(number), Frame.Kind.AUDIO, 1152, FORMAT);
    }

    private static byte[] joined(List<Frame> frames) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        frames.forEach(frame -> bytes.writeBytes(frame.bytes()));
        return bytes.toByteArray();
    }

    @Test
    void theNextDaemonReadsTheNewestFramesHoweverOftenTheyWentRound() {
        RingCopy copy = copy(0);
        copy.begin(MP3);
        for (int i = 0; i < 4_000; i++) {
            copy.append(Mp3.frame(i), i);
            if (i % 250 == 249) {
                RingCopy read = copy(0);
                List<Integer> numbers = Mp3.numbers(joined(read.newest(MP3)));
                assertThat(numbers).as("the last of the frames up to %s", i).endsWith(i);
                assertThat(numbers).hasSize(Math.min(i + 1, 384 * 1024 / Mp3.LENGTH));
                assertThat(read.head()).isEqualTo((i + 1L) * Mp3.LENGTH);
                assertThat(read.frames()).isEqualTo(i + 1L);
            }
        }
    }

    @Test
    void whatCannotBeToldIntoFramesToTheEndIsNotRead() {
        RingCopy copy = copy(0);
        copy.begin(MP3);
        for (int i = 0; i < 10; i++) {
            copy.append(Mp3.frame(i), 0);
        }
        copy.append(new byte[100], 0);
        copy.append(Mp3.frame(11), 0);
        assertThat(copy.newest(MP3)).isEmpty();
        assertThat(copy.newest("audio/unheard-of")).isEmpty();
        assertThat(copy.frames()).isEqualTo(12);
    }

    @Test
    void aFrameThatIsTooLargeIsCountedAndNothingBeforeItsEndIsKept() {
        RingCopy copy = copy(0);
        copy.append(Mp3.frame(0), 0);
        copy.append(new byte[1 << 20], 0);
        copy.append(Mp3.frame(1), 0);

        assertThat(copy.head()).isEqualTo(2 * Mp3.LENGTH + (1 << 20));
        assertThat(Mp3.numbers(joined(copy.newest(MP3)))).containsExactly(1);
    }

    @Test
    void onlyAStreamThatWasOnAndOfTheSameTypeGoesOn() {
        RingCopy copy = copy(0);
        assertThat(copy.wasOn(MP3)).isFalse();
        copy.begin(MP3);
        assertThat(copy(0).wasOn(MP3)).isTrue();
        assertThat(copy(0).wasOn("audio/aac")).isFalse();
        copy.end();
        assertThat(copy(0).wasOn(MP3)).isFalse();
    }

    @Test
    void itsNameIsTheFirstThatItIsGivenAndTheTitleTheNewest() {
        assertThat(copy(0).name("00000000000000ab")).isEqualTo("00000000000000ab");
        assertThat(copy(0).name("00000000000000cd")).isEqualTo("00000000000000ab");
        copy(0).title("one".getBytes(StandardCharsets.US_ASCII));
        copy(0).title("two".getBytes(StandardCharsets.US_ASCII));
        assertThat(copy(0).title()).asString(StandardCharsets.US_ASCII).isEqualTo("two");
        copy(0).title(new byte[5_000]);
        assertThat(copy(0).title()).isEmpty();
    }

    @Test
    void theNextRingHasTheSamePositionsNumbersAndTimesAndGoesOn() {
        FrameRing before = ring();
        before.begin(MP3);
        for (int i = 0; i < 2_000; i++) {
            before.append(mp3(i), i * Mp3.FRAME.toNanos());
        }
        long head = before.head();
        FrameRing after = ring();
        assertThat(after.head()).isEqualTo(head);
        assertThat(after.resume(MP3, Long.MAX_VALUE)).isTrue();
        assertThat(after.head()).isEqualTo(head);
        assertThat(after.framesBefore(after.tail())).isEqualTo(after.tail() / Mp3.LENGTH);
        assertThat(after.heldNanos()).isGreaterThan(Duration.ofSeconds(20).toNanos());
        long middle = head - 100L * Mp3.LENGTH;
        assertThat(after.playedNanos(middle)).isEqualTo(before.playedNanos(middle));
        assertThat(after.positionOf(1_900)).isEqualTo(before.positionOf(1_900));

        after.append(mp3(2_000), 2_000 * Mp3.FRAME.toNanos());
        assertThat(Mp3.numbers(after.newest(50 * Mp3.LENGTH))).startsWith(1_951).endsWith(2_000);
        before.clear();
        after.clear();
    }

    @Test
    void timesAreThoseOfOneClockWhateverEachDaemonCountsFrom() {
        copy(1_000).append(Mp3.frame(0), 50);
        assertThat(copy(900).newestNanos()).isEqualTo(150);
    }

    @Test
    void aRingInWhichNothingCanBeToldGoesOnFromItsPosition() {
        copy(0).begin("audio/unheard-of");
        copy(0).append(new byte[100], 0);
        FrameRing after = ring();
        assertThat(after.resume("audio/unheard-of", 0)).isTrue();
        assertThat(after.tail()).isEqualTo(after.head()).isEqualTo(100);
        assertThat(after.framesBefore(100)).isEqualTo(1);
        assertThat(after.resume(MP3, 0)).isFalse();
    }

    /** The header pages have long left the ring, and are needed to tell any page. */
    @Test
    void oggGoesOnWithTheHeadersThatItBeganWith() {
        List<Frame> pages = new ArrayList<>();
        byte[] stream = OggPages.opus(7, 2, 600);
        FrameParser.of(OGG).orElseThrow().accept(stream, 0, stream.length, pages::add);
        FrameRing before = ring();
        before.begin(OGG);
        for (int i = 0; i < pages.size() - 1; i++) {
            before.append(pages.get(i), i);
        }
        FrameRing after = ring();
        assertThat(after.resume(OGG, pages.size())).isTrue();
        assertThat(after.tail()).isPositive().isLessThan(after.head());
        assertThat(after.newestHeaders()).isNotEmpty().isEqualTo(before.newestHeaders());
        FrameRing.Start start = after.startBehind(10_000);
        assertThat(start.preamble()).isEqualTo(before.newestHeaders());
        after.append(pages.get(pages.size() - 1), pages.size());
        byte[] newest = after.newest(10_000);
        byte[] audio = Arrays.copyOfRange(newest, start.preamble().length, newest.length);
        assertThat(audio).isEqualTo(Arrays.copyOfRange(stream, stream.length - audio.length, stream.length));
        before.clear();
        after.clear();
    }
}
