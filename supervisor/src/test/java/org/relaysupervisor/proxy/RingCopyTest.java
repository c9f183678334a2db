package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RingCopyTest {
    private final ByteBuffer memory = ByteBuffer.allocate(RingCopy.BYTES);
    private final RingCopy copy = new RingCopy(memory);

    private static byte[] newest(RingCopy copy) {
        ByteBuf all = copy.newest();
        byte[] bytes = ByteBufUtil.getBytes(all);
        all.release();
        return bytes;
    }

    @Test
    void theNextDaemonReadsTheNewestBytesHoweverOftenTheyWentRound() {
        long seed = 20261123;
        Random random = new Random(seed);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < 3_000; i++) {
            byte[] frame = new byte[1 + random.nextInt(1_500)];
            random.nextBytes(frame);
            copy.append(frame);
            all.writeBytes(frame);
            if (i % 100 == 0) {
                byte[] kept = newest(new RingCopy(memory));
                byte[] whole = all.toByteArray();
                assertThat(kept.length).isEqualTo(Math.min(whole.length, 384 * 1024));
                assertThat(kept)
                        .as("seed %s, frame %s", seed, i)
                        .isEqualTo(Arrays.copyOfRange(whole, whole.length - kept.length, whole.length));
            }
        }
        assertThat(new RingCopy(memory).head()).isEqualTo(all.size());
    }

    @Test
    void aFrameThatIsTooLargeIsCountedAndNothingBeforeItsEndIsKept() {
        copy.append(new byte[100]);
        copy.append(new byte[1 << 20]);
        copy.append(new byte[] {1, 2, 3});

        assertThat(copy.head()).isEqualTo(100 + (1 << 20) + 3);
        assertThat(newest(copy)).containsExactly(1, 2, 3);
    }

    @Test
    void onlyAStreamThatWasOnAndOfTheSameTypeGoesOn() {
        assertThat(copy.wasOn("audio/mpeg")).isFalse();
        copy.begin("audio/mpeg");
        assertThat(new RingCopy(memory).wasOn("audio/mpeg")).isTrue();
        assertThat(new RingCopy(memory).wasOn("audio/aac")).isFalse();
        copy.end();
        assertThat(new RingCopy(memory).wasOn("audio/mpeg")).isFalse();
    }
}
