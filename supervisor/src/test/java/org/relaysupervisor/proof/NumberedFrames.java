package org.relaysupervisor.proof;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Frames as MPEG-1 layer III at 128 kbit/s, 44.1 kHz and stereo has them, each of which carries a number where a decoder looks for
 * nothing: they are heard as silence.
 */
final class NumberedFrames {
    static final int LENGTH = 417;
    /** Of a frame that carries no number: somebody else's, such as the standby's. */
    static final long FOREIGN = -1;

    private static final int HERTZ = 44_100;
    private static final int SAMPLES = 1_152;
    private static final int HEADER = 0xFFFB_9000;
    /** After the header, all zeros: it says that no bit of what follows is audio. */
    private static final int SIDE_INFORMATION = 32;

    private static final int NUMBER_AT = 4 + SIDE_INFORMATION;
    private static final int FILLING_AT = NUMBER_AT + 16;

    private NumberedFrames() {}

    static byte[] frame(long number) {
        byte[] frame = new byte[LENGTH];
        // Never the byte with which a frame begins.
        Arrays.fill(frame, FILLING_AT, LENGTH, (byte) (number % 251));
        ByteBuffer.wrap(frame).putInt(HEADER).putLong(NUMBER_AT, number).putLong(NUMBER_AT + 8, ~number);
        return frame;
    }

    /** The numbers of a file that consists of whole frames, in order. */
    static List<Long> numbers(byte[] audio) {
        List<Long> numbers = new ArrayList<>();
        int end = walk(audio, numbers);
        if (end != audio.length) {
            throw new IllegalArgumentException(
                    "after " + numbers.size() + " frames, " + (audio.length - end) + " bytes are no whole frame");
        }
        return numbers;
    }

    /** Those of a file that somebody was about to write. */
    static List<Long> numbersOfWholeFrames(byte[] audio) {
        List<Long> numbers = new ArrayList<>();
        walk(audio, numbers);
        return numbers;
    }

    /** @return where the last whole frame ends */
    private static int walk(byte[] audio, List<Long> numbers) {
        int at = 0;
        while (at + NUMBER_AT + 16 <= audio.length && isHeader(audio, at)) {
            int length = LENGTH + (audio[at + 2] >> 1 & 1);
            if (at + length > audio.length) {
                break;
            }
            numbers.add(numberAt(audio, at));
            at += length;
        }
        return at;
    }

    /** With or without padding and a checksum, and in any kind of stereo. */
    private static boolean isHeader(byte[] audio, int at) {
        return audio[at] == (byte) 0xFF && (audio[at + 1] & 0xFE) == 0xFA && (audio[at + 2] & 0xFD) == 0x90;
    }

    private static long numberAt(byte[] audio, int at) {
        long number = ByteBuffer.wrap(audio).getLong(at + NUMBER_AT);
        boolean isOurs = at + LENGTH <= audio.length
                && number >= 0
                && Arrays.equals(audio, at, at + LENGTH, frame(number), 0, LENGTH);
        return isOurs ? number : FOREIGN;
    }

    /** The frame that plays at a time since the first one's begin. */
    static long numberAt(long nanos) {
        return nanos * HERTZ / (SAMPLES * 1_000_000_000L);
    }

    static long nanos(long frames) {
        return frames * SAMPLES * 1_000_000_000L / HERTZ;
    }

    static double seconds(long frames) {
        return frames * (double) SAMPLES / HERTZ;
    }
}
