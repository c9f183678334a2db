package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.frames.AudioFormat;
import org.relaysupervisor.frames.Frame;
import org.relaysupervisor.frames.Frame.Kind;

class FrameRingTest {
    private static final AudioFormat FORMAT = new AudioFormat("test", 1000, 1);
    private static final int HOLD_SECONDS = 10;
    private static final int HOLD_BYTES = 400_000;

    private final FrameRing ring = ring(HOLD_BYTES);

    private static FrameRing ring(int holdBytes) {
        return new FrameRing(Duration.ofSeconds(HOLD_SECONDS), holdBytes);
    }

    @Test
    void anEmptyRingHasNothingToReadAndNoMemory() {
        assertThat(ring.head()).isZero();
        assertThat(ring.tail()).isZero();
        assertThat(ring.read(0).isReadable()).isFalse();
        assertThat(ring.startBehind(1000).position()).isZero();
        assertThat(ring.heldBytes()).isZero();
        assertThat(ring.heldNanos()).isZero();
    }

    @Test
    void startsAReaderAtTheFrameBoundaryInsideTheBurst() {
        appendFrames(10, 100);

        assertThat(ring.startBehind(250).position()).isEqualTo(800);
        assertThat(ring.startBehind(200).position()).isEqualTo(800);
        assertThat(ring.startBehind(99).position()).as("less than a frame").isEqualTo(1000);
        assertThat(ring.startBehind(0).position()).isEqualTo(1000);
        assertThat(ring.startBehind(5000).position()).as("more than there is").isZero();
    }

    @Test
    void startsAReaderAtTheNewestFrame() {
        assertThat(ring.startAtNewest().position()).isZero();
        appendFrames(10, 100);
        assertThat(ring.startAtNewest().position()).isEqualTo(900);
        assertThat(ring.framesBefore(900)).isEqualTo(9);
        ring.clear();

        assertThat(ring.startAtNewest().position()).isEqualTo(1000);
        assertThat(ring.framesBefore(1000)).isEqualTo(10);
    }

    @Test
    void readsNoMoreThanTheFramesThatBeginWithinSoManyBytes() {
        appendFrames(10, 100);

        assertThat(length(ring.read(0, 250))).isEqualTo(300);
        assertThat(length(ring.read(0, 200))).isEqualTo(200);
        assertThat(length(ring.read(900, 1))).isEqualTo(100);
        assertThat(length(ring.read(700, 5000))).isEqualTo(300);
        assertThat(length(ring.read(1000, 5000))).isZero();
    }

    private static int length(ByteBuf slice) {
        int length = slice.readableBytes();
        slice.release();
        return length;
    }

    @Test
    void dropsWhatIsOlderThanTheTime() {
        // Of 100 ms each.
        appendFrames(250, 10);

        assertThat(ring.heldNanos()).isEqualTo(Duration.ofSeconds(HOLD_SECONDS).toNanos());
        assertThat(ring.tail()).isEqualTo(1500);
        assertThat(ring.nanosAt(1500)).isEqualTo(Duration.ofSeconds(15).toNanos());
        assertThat(ring.nanosAt(ring.head())).isEqualTo(Duration.ofSeconds(25).toNanos());
    }

    @Test
    void dropsWhatIsMoreThanTheBytes() {
        for (int i = 0; i < 1000; i++) {
            ring.append(new Frame(new byte[1000], Kind.AUDIO, 1, FORMAT), 0);
        }

        assertThat(ring.head() - ring.tail()).isEqualTo(HOLD_BYTES);
        assertThat(ring.heldBytes()).isLessThan(HOLD_BYTES + 3 * 64 * 1024L);
    }

    @Test
    void keepsTheNewestFrameHoweverLongOrLargeItIs() {
        FrameRing small = ring(500);
        small.append(new Frame(new byte[400], Kind.AUDIO, 1, FORMAT), 0);
        small.append(new Frame(new byte[700], Kind.AUDIO, 1, FORMAT), 0);
        assertThat(small.tail()).isEqualTo(400);
        assertThat(small.head()).isEqualTo(1100);

        small.append(new Frame(new byte[10], Kind.AUDIO, 1000 * 3600, FORMAT), 0);
        assertThat(small.tail()).isEqualTo(1100);
        small.append(new Frame(new byte[10], Kind.AUDIO, 1, FORMAT), 0);
        assertThat(small.head() - small.tail()).isEqualTo(10);
    }

    @Test
    void holdsAFrameThatIsLargerThanAChunk() {
        byte[] large = bytes(1, 150_000);
        appendFrames(1, 100);
        ring.append(new Frame(large, Kind.AUDIO, 1, FORMAT), 0);
        appendFrames(1, 100);

        assertThat(readAll(100, 100 + large.length)).isEqualTo(large);
        assertThat(ring.head()).isEqualTo(150_200);
    }

    @Test
    void aSliceOutlivesTheRingAndIsCountedUntilItIsWritten() {
        byte[] first = bytes(7, 1000);
        ring.append(new Frame(first, Kind.AUDIO, 1, FORMAT), 0);
        ByteBuf slow = ring.read(0);
        assertThat(ring.heldBytes()).isEqualTo(64 * 1024);
        ring.clear();
        assertThat(ring.heldBytes()).isEqualTo(64 * 1024);
        assertThat(ByteBufUtil.getBytes(slow)).isEqualTo(first);
        slow.release();

        assertThat(ring.heldBytes()).isZero();
    }

    @Test
    void aSliceDoesNotGrowWithItsChunk() {
        appendFrames(1, 100);
        ByteBuf slice = ring.read(0);
        appendFrames(1, 100);

        assertThat(slice.readableBytes()).isEqualTo(100);
        assertThat(slice.isReadable(101)).isFalse();
        slice.release();
    }

    @Test
    void goesOnCountingWhenItIsEmptied() {
        appendFrames(10, 100);
        long nanos = ring.nanosAt(ring.head());
        ring.clear();
        assertThat(ring.head()).isEqualTo(1000);
        assertThat(ring.tail()).isEqualTo(1000);
        assertThat(ring.read(500).isReadable()).isFalse();
        appendFrames(2, 50);

        assertThat(ring.tail()).isEqualTo(1000);
        assertThat(ring.startBehind(1 << 20).position()).isEqualTo(1000);
        assertThat(ring.nanosAt(1000)).isEqualTo(nanos);
        assertThat(readAll(1000, 1100)).hasSize(100);
    }

    @Test
    void aJoinerOfAnOggStreamIsGivenItsHeadersFirst() {
        ogg("A1", Kind.FIRST_HEADER);
        ogg("A2", Kind.HEADER);
        for (int i = 0; i < 5; i++) {
            ogg("a" + i, Kind.AUDIO);
        }

        assertThat(heard(4)).isEqualTo("A1A2a3a4");
        assertThat(heard(10)).isEqualTo("A1A2a0a1a2a3a4");
        assertThat(heard(12)).as("from between two headers").isEqualTo("A1A2a0a1a2a3a4");
        assertThat(heard(14)).isEqualTo("A1A2a0a1a2a3a4");
        assertThat(heard(0)).isEqualTo("A1A2");
    }

    @Test
    void aJoinerIsGivenTheHeadersOfTheStreamThatItsBurstBeginsIn() {
        ogg("A1", Kind.FIRST_HEADER);
        ogg("a0", Kind.AUDIO);
        ogg("a1", Kind.AUDIO);
        ogg("B1", Kind.FIRST_HEADER);
        ogg("B2", Kind.HEADER);
        ogg("b0", Kind.AUDIO);

        assertThat(heard(2)).isEqualTo("B1B2b0");
        assertThat(heard(4)).as("from between two headers").isEqualTo("B1B2b0");
        assertThat(heard(6)).isEqualTo("B1B2b0");
        assertThat(heard(8)).isEqualTo("A1a1B1B2b0");
    }

    @Test
    void headersAreKeptWhenTheirPagesAreGone() {
        ogg("A1", Kind.FIRST_HEADER);
        ogg("A2", Kind.HEADER);
        ogg("a0", Kind.AUDIO);
        FrameRing.Start early = ring.startBehind(100);
        appendFrames(HOLD_SECONDS * 10, 2);

        assertThat(ring.tail()).isGreaterThan(4);
        assertThat(text(ring.startBehind(0).preamble())).isEqualTo("A1A2");
        assertThat(early.preamble()).isEmpty();
    }

    @Test
    void headersThatAreHalfGoneAreGivenWhole() {
        FrameRing small = ring(6);
        small.append(page("A1", Kind.FIRST_HEADER), 0);
        small.append(page("A2", Kind.HEADER), 0);
        small.append(page("a0", Kind.AUDIO), 0);
        small.append(page("a1", Kind.AUDIO), 0);
        FrameRing.Start start = small.startBehind(100);

        assertThat(start.position()).isEqualTo(4);
        assertThat(text(start.preamble())).isEqualTo("A1A2");
    }

    @Test
    void forgetsHeadersWithTheStream() {
        ogg("A1", Kind.FIRST_HEADER);
        ring.clear();
        appendFrames(1, 10);

        assertThat(ring.startBehind(5).preamble()).isEmpty();
    }

    @Test
    void endlessHeadersAreNotKeptForever() {
        ring.append(new Frame(new byte[60_000], Kind.FIRST_HEADER, 0, FORMAT), 0);
        for (int i = 0; i < 100; i++) {
            ring.append(new Frame(new byte[60_000], Kind.HEADER, 0, FORMAT), 0);
        }
        appendFrames(1, 10);

        assertThat(ring.startBehind(5).preamble().length).isBetween(60_000, 1 << 20);
        assertThat(ring.heldBytes()).isLessThan(2L * HOLD_BYTES);
    }

    /** Frames of random sizes, and readers that come, read now and then, fall behind and leave. */
    @Test
    void whatAReaderReadsIsAlwaysAContiguousRunOfWholeFrames() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<Long> boundaries = new ArrayList<>(List.of(0L));
        List<Long> readers = new ArrayList<>();
        List<ByteBuf> slow = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            int what = random.nextInt(20);
            if (what < 12) {
                int length = 1 + random.nextInt(random.nextInt(200) == 0 ? 90_000 : 900);
                ring.append(new Frame(content(ring.head(), length), Kind.AUDIO, random.nextInt(60), FORMAT), 0);
                boundaries.add(ring.head());
            } else if (what < 14) {
                FrameRing.Start start = ring.startBehind(random.nextInt(70_000));
                readers.add(start.position());
            } else if (what == 14 && !readers.isEmpty()) {
                readers.remove(random.nextInt(readers.size()));
            } else if (what == 15 && !slow.isEmpty()) {
                slow.remove(random.nextInt(slow.size())).release();
            } else if (what == 16 && random.nextInt(100) == 0) {
                ring.clear();
            } else if (!readers.isEmpty()) {
                int reader = random.nextInt(readers.size());
                long position = readers.get(reader);
                position = position < ring.tail() ? ring.startBehind(65_536).position() : position;
                assertThat(boundaries.contains(position) || position == 0)
                        .as("%d is between two frames, seed %d", position, seed)
                        .isTrue();
                ByteBuf slice = ring.read(position);
                assertThat(slice.isReadable()).as("seed %d", seed).isEqualTo(position < ring.head());
                byte[] bytes = ByteBufUtil.getBytes(slice);
                assertThat(bytes).as("seed %d", seed).isEqualTo(content(position, bytes.length));
                readers.set(reader, position + bytes.length);
                if (random.nextInt(4) == 0 && slow.size() < 20 && slice.isReadable()) {
                    slow.add(slice);
                } else {
                    slice.release();
                }
            }
            if (boundaries.size() > 5000) {
                boundaries.subList(0, 1000).clear();
                readers.removeIf(position -> position < boundaries.get(0));
            }
        }
        slow.forEach(ByteBuf::release);
        ring.clear();
        assertThat(ring.heldBytes()).as("seed %d", seed).isZero();
    }

    /** Bytes that are told by their position. */
    private static byte[] content(long position, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            long at = position + i;
            bytes[i] = (byte) (at * 31 ^ at >>> 8);
        }
        return bytes;
    }

    private static byte[] bytes(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Of 100 ms. */
    private void appendFrames(int count, int length) {
        for (int i = 0; i < count; i++) {
            ring.append(new Frame(new byte[length], Kind.AUDIO, 100, FORMAT), 0);
        }
    }

    private void ogg(String text, Kind kind) {
        ring.append(page(text, kind), 0);
    }

    private static Frame page(String text, Kind kind) {
        return new Frame(text.getBytes(StandardCharsets.US_ASCII), kind, kind == Kind.AUDIO ? 10 : 0, FORMAT);
    }

    /** What a listener hears who is to have this many bytes. */
    private String heard(int burst) {
        FrameRing.Start start = ring.startBehind(burst);
        return text(start.preamble()) + new String(readAll(start.position(), ring.head()), StandardCharsets.US_ASCII);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private byte[] readAll(long from, long to) {
        byte[] all = new byte[(int) (to - from)];
        long position = from;
        while (position < to) {
            ByteBuf slice = ring.read(position);
            int length = (int) Math.min(slice.readableBytes(), to - position);
            slice.getBytes(0, all, (int) (position - from), length);
            position += length;
            slice.release();
        }
        return all;
    }
}
