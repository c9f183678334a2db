package org.relaysupervisor.frames;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A million small streams that mean no good. */
class HostileBytesTest {
    private static final int STREAMS = 1_000_000;

    private static final byte[][] MARKS = {
        {(byte) 0xff, (byte) 0xfb, (byte) 0x90, 0},
        {(byte) 0xff, (byte) 0xf3, 0x14, 0},
        {(byte) 0xff, (byte) 0xf1, 0x50, (byte) 0x80, 1, (byte) 0x7f, (byte) 0xfc},
        "ID3\4\0\0\0\0\0\7".getBytes(StandardCharsets.US_ASCII),
        "ID3\4\0\0\177\177\177\177".getBytes(StandardCharsets.US_ASCII),
        "TAG".getBytes(StandardCharsets.US_ASCII),
        "Xing".getBytes(StandardCharsets.US_ASCII),
        "OggS\0\2".getBytes(StandardCharsets.US_ASCII),
        "OggS\0\0\377\377\377\377\377\377\377\177".getBytes(StandardCharsets.ISO_8859_1),
    };

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private long handedOn;

    @Test
    void neverMakeAParserThrowOrKeepOrLoseBytes() {
        byte[][] templates = {
            mpegFrames(), adtsFrames(), Arrays.copyOf(OggPages.opus(1, 2, 0), 280), oggPages(), new byte[200]
        };
        for (int i = 0; i < STREAMS; i++) {
            byte[] stream = mutated(templates[i % templates.length]);
            try {
                feed(i % 3, stream);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ", stream " + i + ": " + Arrays.toString(stream), e);
            }
        }
    }

    private void feed(int kind, byte[] stream) {
        SyncedFrames synced = kind == 2 ? null : new SyncedFrames(kind == 0 ? new MpegSyntax() : new AdtsSyntax());
        OggFrames ogg = synced == null ? new OggFrames() : null;
        FrameParser parser = synced == null ? ogg : synced;
        handedOn = 0;
        int cut = random.nextInt(stream.length + 1);
        parser.accept(stream, 0, cut, this::check);
        parser.accept(stream, cut, stream.length - cut, this::check);
        int capacity = synced == null ? ogg.capacity() : synced.capacity();
        long kept = stream.length - handedOn - parser.garbageBytes() - parser.tagBytes();
        if (kept < 0 || kept > stream.length || capacity > 2048) {
            throw new AssertionError(kept + " bytes kept in " + capacity);
        }
    }

    private void check(Frame frame) {
        handedOn += frame.bytes().length;
        boolean possible = frame.bytes().length > 0
                && frame.samples() >= 0
                && frame.nanos() >= 0
                && frame.format().sampleRate() > 0
                && frame.format().channels() > 0;
        if (!possible) {
            throw new AssertionError("impossible " + frame);
        }
    }

    /** Bytes changed, taken out, doubled, overwritten by what looks like a beginning, or all of them random. */
    private byte[] mutated(byte[] template) {
        byte[] stream = template.clone();
        if (random.nextInt(8) == 0) {
            random.nextBytes(stream);
        }
        for (int changes = random.nextInt(6); changes > 0; changes--) {
            int at = random.nextInt(stream.length);
            switch (random.nextInt(4)) {
                case 0 -> stream[at] = (byte) random.nextInt();
                case 1 -> stream[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> System.arraycopy(stream, at, stream, at / 2, stream.length - at);
                default -> {
                    byte[] mark = MARKS[random.nextInt(MARKS.length)];
                    System.arraycopy(mark, 0, stream, at, Math.min(mark.length, stream.length - at));
                }
            }
        }
        boolean looksWhole = stream[0] == 'O' && random.nextBoolean();
        return looksWhole ? resealed(stream) : stream;
    }

    /** With the first page's checksum right again, so that what it says is believed. */
    private static byte[] resealed(byte[] stream) {
        int segments = stream[26] & 0xff;
        int length = 27 + segments;
        for (int i = 0; i < segments && 27 + i < stream.length; i++) {
            length += stream[27 + i] & 0xff;
        }
        if (length <= stream.length) {
            System.arraycopy(OggPages.sealed(Arrays.copyOf(stream, length)), 0, stream, 0, length);
        }
        return stream;
    }

    /** MPEG-2 layer III, 8 kbit/s, 24 kHz: 24 bytes. */
    private static byte[] mpegFrames() {
        byte[] frames = new byte[24 * 9];
        for (int i = 0; i < frames.length; i += 24) {
            System.arraycopy(new byte[] {(byte) 0xff, (byte) 0xf3, 0x14, 0}, 0, frames, i, 4);
        }
        return frames;
    }

    private static byte[] adtsFrames() {
        byte[] header = {(byte) 0xff, (byte) 0xf1, 0x50, (byte) 0x80, 2, (byte) 0x9f, (byte) 0xfc};
        byte[] frames = new byte[20 * 11];
        for (int i = 0; i < frames.length; i += 20) {
            System.arraycopy(header, 0, frames, i, header.length);
        }
        return frames;
    }

    private static byte[] oggPages() {
        byte[] audio = {(byte) 0xfc, 0, 0};
        return Cut.join(
                OggPages.page(OggPages.FIRST, 0, 1, OggPages.flacHead(1, 2, 44_100)),
                OggPages.page(0, 0, 1, new byte[4]),
                OggPages.page(0, 4096, 1, audio),
                OggPages.page(0, 8192, 1, audio, audio));
    }
}
