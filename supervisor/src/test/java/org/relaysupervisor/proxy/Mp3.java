package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** MPEG-1 layer III, 128 kbit/s, 44.1 kHz: frames of 417 bytes, each of which carries a number. */
final class Mp3 {
    static final int LENGTH = 417;
    static final Duration FRAME = Duration.ofNanos(1152 * 1_000_000_000L / 44_100);

    private Mp3() {}

    static byte[] frame(int number) {
        byte[] frame = new byte[LENGTH];
        Arrays.fill(frame, (byte) (number % 100));
        ByteBuffer.wrap(frame).putInt(0xfffb_9000).putInt(number);
        return frame;
    }

    static byte[] frames(int from, int to) {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int number = from; number < to; number++) {
            frames.writeBytes(frame(number));
        }
        return frames.toByteArray();
    }

    /** What whole frames carry; fails when they are not. */
    static List<Integer> numbers(byte[] audio) {
        assertThat(audio.length % LENGTH).as("whole frames").isZero();
        List<Integer> numbers = new ArrayList<>();
        for (int at = 0; at < audio.length; at += LENGTH) {
            int number = ByteBuffer.wrap(audio).getInt(at + 4);
            assertThat(Arrays.copyOfRange(audio, at, at + LENGTH)).isEqualTo(frame(number));
            numbers.add(number);
        }
        return numbers;
    }
}
