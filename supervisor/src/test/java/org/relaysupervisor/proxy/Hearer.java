package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A listener in a test: keeps all it was sent, and tells head, audio and titles apart. */
final class Hearer {
    final EmbeddedChannel channel;
    private final ByteArrayOutputStream all = new ByteArrayOutputStream();
    private boolean stalled;
    private String head = "";

    Hearer(EmbeddedChannel channel) {
        this.channel = channel;
    }

    /** From now on it takes nothing, or takes again. */
    void stall(boolean now) {
        stalled = now;
        if (channel.isOpen()) {
            channel.unsafe().outboundBuffer().setUserDefinedWritability(1, !now);
        }
    }

    boolean isStalled() {
        return stalled;
    }

    private byte[] received() {
        ByteBuf data;
        while ((data = channel.readOutbound()) != null) {
            all.writeBytes(ByteBufUtil.getBytes(data));
            data.release();
        }
        return all.toByteArray();
    }

    String head() {
        if (!head.endsWith("\r\n\r\n")) {
            byte[] bytes = received();
            head = new String(bytes, 0, headLength(bytes), ISO_8859_1);
        }
        return head;
    }

    private static int headLength(byte[] bytes) {
        int end = new String(bytes, ISO_8859_1).indexOf("\r\n\r\n");
        return end < 0 ? bytes.length : end + 4;
    }

    /** Without titles. */
    byte[] audio() {
        return parts().audio;
    }

    List<Integer> numbers() {
        return Mp3.numbers(audio());
    }

    int last() {
        List<Integer> numbers = numbers();
        return numbers.get(numbers.size() - 1);
    }

    static void assertContiguous(List<Integer> numbers) {
        assertThat(numbers).isNotEmpty();
        int first = numbers.get(0);
        assertThat(numbers)
                .isEqualTo(
                        IntStream.range(first, first + numbers.size()).boxed().toList());
    }

    /** Those that were sent, without empty blocks. */
    List<String> titles() {
        return parts().titles;
    }

    private record Parts(byte[] audio, List<String> titles) {}

    private Parts parts() {
        byte[] bytes = received();
        int at = headLength(bytes);
        boolean woven = head().contains("icy-metaint:16000\r\n");
        return woven ? unwoven(bytes, at) : new Parts(Arrays.copyOfRange(bytes, at, bytes.length), List.of());
    }

    private static Parts unwoven(byte[] bytes, int from) {
        ByteArrayOutputStream audio = new ByteArrayOutputStream();
        List<String> titles = new ArrayList<>();
        int at = from;
        while (at < bytes.length) {
            int length = Math.min(16_000, bytes.length - at);
            audio.write(bytes, at, length);
            at += length;
            if (at < bytes.length) {
                int block = 16 * (bytes[at] & 0xff);
                if (block > 0) {
                    titles.add(new String(bytes, at + 1, block, UTF_8).replaceAll("\0+$", ""));
                }
                at += 1 + block;
            }
        }
        return new Parts(audio.toByteArray(), titles);
    }
}
