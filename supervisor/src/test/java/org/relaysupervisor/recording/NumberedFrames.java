package org.relaysupervisor.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Frames that say which they are: MPEG-1 layer III at 44.1 kHz, with a bit rate that varies from one to the next. */
final class NumberedFrames {
    static final Duration FRAME = Duration.ofNanos(1152 * 1_000_000_000L / 44_100);
    private static final int[] BIT_RATES = {32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320};

    private NumberedFrames() {}

    static byte[] frame(int number) {
        int rate = Math.floorMod(number * 5, BIT_RATES.length);
        byte[] frame = new byte[144_000 * BIT_RATES[rate] / 44_100];
        Arrays.fill(frame, (byte) (number % 100));
        ByteBuffer.wrap(frame).putInt(0xfffb_0000 | (rate + 1) << 12).putInt(number);
        return frame;
    }

    static byte[] frames(int from, int to) {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int number = from; number < to; number++) {
            frames.writeBytes(frame(number));
        }
        return frames.toByteArray();
    }

    /** Of a file of whole frames; fails when it is none. */
    static List<Integer> numbers(byte[] audio) {
        List<Integer> numbers = new ArrayList<>();
        int at = 0;
        while (at < audio.length) {
            int number = ByteBuffer.wrap(audio).getInt(at + 4);
            byte[] frame = frame(number);
            assertThat(Arrays.copyOfRange(audio, at, at + frame.length)).isEqualTo(frame);
            numbers.add(number);
            at += frame.length;
        }
        return numbers;
    }
}
