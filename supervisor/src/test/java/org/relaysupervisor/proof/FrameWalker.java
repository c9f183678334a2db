package org.relaysupervisor.proof;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Cuts a stream into frames of MPEG-1 layer III at one bitrate, and is strict: after the first three frames in a row, each byte
 * has to belong to a frame of the same bitrate, sample rate and number of channels. Each frame is handed on as a hash of all
 * its bytes.
 */
final class FrameWalker {
    private static final int[] KBITS = {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0};
    private static final int[] HERTZ = {44_100, 48_000, 32_000, 0};
    private static final int HEADER = 4;
    private static final long FNV_OFFSET = 0xCBF29CE484222325L;
    private static final long FNV_PRIME = 0x100000001B3L;

    private final LongConsumer frames;
    private final Consumer<String> faults;
    private byte[] pending = new byte[16_384];
    private int length;
    private boolean inStep;
    private int stream;
    private long position;

    /** @param faults told where the stream ceased to be frames; the walker then looks for three in a row again */
    FrameWalker(LongConsumer frames, Consumer<String> faults) {
        this.frames = frames;
        this.faults = faults;
    }

    void accept(byte[] bytes, int offset, int count) {
        if (length + count > pending.length) {
            pending = Arrays.copyOf(pending, Math.max(length + count, 2 * pending.length));
        }
        System.arraycopy(bytes, offset, pending, length, count);
        length += count;
        int walked = walk();
        length -= walked;
        position += walked;
        System.arraycopy(pending, walked, pending, 0, length);
    }

    /** @return bytes that are done with */
    private int walk() {
        int at = 0;
        while (true) {
            if (!inStep) {
                int found = firstOfThree(at);
                if (found < 0) {
                    return -found - 1;
                }
                at = found;
                inStep = true;
                stream = streamAt(at);
            }
            if (at + HEADER > length) {
                return at;
            }
            if (streamAt(at) != stream) {
                faults.accept(String.format(
                        "byte %d is not the start of a frame of this stream: %02x %02x %02x %02x",
                        position + at, pending[at], pending[at + 1], pending[at + 2], pending[at + 3]));
                inStep = false;
                at++;
                continue;
            }
            int end = at + lengthAt(at);
            if (end > length) {
                return at;
            }
            frames.accept(hash(pending, at, end));
            at = end;
        }
    }

    /** Where three frames in a row begin; -n-1 when there are none, and what comes before n will never be the start of any. */
    private int firstOfThree(int from) {
        for (int at = from; ; at++) {
            int next = at;
            int agreeing = 0;
            while (agreeing < 3 && next + HEADER <= length) {
                int found = streamAt(next);
                if (found == 0 || found != streamAt(at)) {
                    break;
                }
                agreeing++;
                next += lengthAt(next);
            }
            if (agreeing == 3) {
                return at;
            }
            if (next + HEADER > length) {
                return -at - 1;
            }
        }
    }

    /** What may not change from frame to frame, as one number; 0 for what is no header. */
    private int streamAt(int at) {
        int second = pending[at + 1] & 0xFE;
        int third = pending[at + 2] & 0xFF;
        int bitrate = third >> 4;
        int rate = third >> 2 & 3;
        if (pending[at] != (byte) 0xFF || second != 0xFA || KBITS[bitrate] == 0 || HERTZ[rate] == 0) {
            return 0;
        }
        boolean mono = (pending[at + 3] & 0xC0) == 0xC0;
        return bitrate << 8 | rate << 4 | (mono ? 1 : 2);
    }

    private int lengthAt(int at) {
        int third = pending[at + 2] & 0xFF;
        int padding = third >> 1 & 1;
        return 144_000 * KBITS[third >> 4] / HERTZ[third >> 2 & 3] + padding;
    }

    private static long hash(byte[] bytes, int from, int to) {
        long hash = FNV_OFFSET;
        for (int i = from; i < to; i++) {
            hash = (hash ^ (bytes[i] & 0xFF)) * FNV_PRIME;
        }
        return hash;
    }
}
