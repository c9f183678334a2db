package org.relaysupervisor.proof;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Frames as MPEG-1 layer III at 128 kbit/s, 44.1 kHz and stereo has them; what is in them is noise. */
final class TestFrames {
    private TestFrames() {}

    static byte[] frame(int number) {
        byte[] frame = new byte[417];
        new Random(number).nextBytes(frame);
        frame[0] = (byte) 0xFF;
        frame[1] = (byte) 0xFB;
        frame[2] = (byte) 0x90;
        frame[3] = 0;
        return frame;
    }

    static byte[] frames(int from, int to) {
        ByteBuffer all = ByteBuffer.allocate(417 * (to - from));
        for (int number = from; number < to; number++) {
            all.put(frame(number));
        }
        return all.array();
    }

    /** As a walker hashes them. */
    static long[] hashes(int from, int to) {
        Chain chain = new Chain();
        byte[] all = frames(from, to);
        new FrameWalker(frame -> chain.add(frame, 0), fault -> {
                    throw new AssertionError(fault);
                })
                .accept(all, 0, all.length);
        return chain.frames();
    }

    static byte[] metadata(String text) {
        int blocks = (text.length() + 15) / 16;
        byte[] bytes = Arrays.copyOfRange(("\0" + text).getBytes(StandardCharsets.ISO_8859_1), 0, 1 + 16 * blocks);
        bytes[0] = (byte) blocks;
        return bytes;
    }
}
