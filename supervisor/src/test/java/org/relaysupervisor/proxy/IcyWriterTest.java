package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

@SuppressWarnings("FutureReturnValueIgnored") // embedded channels do everything at once
class IcyWriterTest {
    private static final int START = 777;
    private static final byte[] HEAD = "icy-metaint:16000\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Titles titles = new Titles();
    private final IcyWriter writer = new IcyWriter(titles);
    private final IcyWriter.Owner unheard = (before, length, position) -> {};
    private final Hearer hearer = new Hearer(new EmbeddedChannel());
    private final byte[] audio = new byte[200_000];

    IcyWriterTest() {
        new Random(3).nextBytes(audio);
        hearer.channel.writeOutbound(Unpooled.wrappedBuffer(HEAD));
    }

    @Test
    void aBlockComesAtEveryIntervalAndIsEmptyWhileTheTitleIsTheSame() {
        titles.add(0, "one", "");
        long written = write(0, 16_000);
        assertThat(written).isEqualTo(16_000 + 1 + 32);
        assertThat(write(16_000, 15_999)).isEqualTo(15_999);
        assertThat(write(31_999, 1)).isEqualTo(2);
        titles.add(START + 48_000, "two", "");
        assertThat(write(32_000, 15_999)).isEqualTo(15_999);
        assertThat(write(47_999, 2)).isEqualTo(2 + 1 + 32);

        assertThat(hearer.titles()).containsExactly("StreamTitle='one';", "StreamTitle='two';");
        assertThat(hearer.audio()).isEqualTo(Arrays.copyOf(audio, 48_001));
    }

    @Test
    void withoutATitleItSaysSoOnce() {
        write(0, 40_000);

        assertThat(hearer.titles()).containsExactly("StreamTitle='';");
    }

    @Test
    void showsATitleNoEarlierThanItsAudio() {
        titles.add(START, "one", "");
        titles.add(START + 16_001, "two", "");
        write(0, 48_000);

        assertThat(hearer.titles()).containsExactly("StreamTitle='one';", "StreamTitle='two';");
    }

    @Test
    void thePhaseIsTheSameHoweverTheAudioIsSplit() {
        titles.add(0, "one", "");
        titles.add(START + 70_000, "\u4e16\u754c", "http://station/");
        titles.add(START + 150_000, "x".repeat(9000), "");
        byte[] expected = expected();
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            EmbeddedChannel channel = new EmbeddedChannel();
            IcyWriter each = new IcyWriter(titles);
            long counted = 0;
            for (int at = 0; at < audio.length; ) {
                int length = Math.min(audio.length - at, 1 + random.nextInt(1 + random.nextInt(65_536)));
                counted += each.write(channel, START + at, Unpooled.copiedBuffer(audio, at, length), unheard);
                at += length;
            }
            channel.flush();
            byte[] bytes = all(channel);
            assertThat(bytes).as("seed %d", seed).isEqualTo(expected);
            assertThat(counted).as("seed %d", seed).isEqualTo(bytes.length);
        }
    }

    @Test
    void releasesTheAudioWhenTheListenerIsGone() {
        ByteBuf gone = Unpooled.directBuffer(40_000).writeZero(40_000);
        hearer.channel.close();
        writer.write(hearer.channel, 0, gone, unheard);

        assertThat(gone.refCnt()).isZero();
    }

    private byte[] expected() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Titles.Title known = null;
        for (int at = 0; at < audio.length; at += 16_000) {
            int length = Math.min(16_000, audio.length - at);
            bytes.write(audio, at, length);
            if (length == 16_000) {
                Titles.Title now = titles.at(START + at + 16_000L);
                bytes.writeBytes(now.equals(known) ? new byte[1] : now.block());
                known = now;
            }
        }
        return bytes.toByteArray();
    }

    private long write(int from, int length) {
        long written = writer.write(hearer.channel, START + from, Unpooled.copiedBuffer(audio, from, length), unheard);
        hearer.channel.flush();
        return written;
    }

    private static byte[] all(EmbeddedChannel channel) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ByteBuf data;
        while ((data = channel.readOutbound()) != null) {
            bytes.writeBytes(ByteBufUtil.getBytes(data));
            data.release();
        }
        return bytes.toByteArray();
    }
}
