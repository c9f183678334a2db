package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IcyReaderTest {
    private final ByteArrayOutputStream audio = new ByteArrayOutputStream();
    private final List<String> titles = new ArrayList<>();
    private final IcyReader.Owner owner = new IcyReader.Owner() {
        @Override
        public void audio(byte[] bytes, int offset, int length) {
            assertThat(length).isPositive();
            audio.write(bytes, offset, length);
        }

        @Override
        public void title(String text, String url) {
            titles.add(text + "|" + url);
        }
    };

    @Test
    void withoutTitlesAllIsAudio() {
        new IcyReader(0).accept("anything".getBytes(UTF_8), owner);

        assertThat(audio.toString(UTF_8)).isEqualTo("anything");
    }

    @Test
    void takesTitlesOutOfTheAudioWhereverItIsCut() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            int interval = 1 + random.nextInt(50);
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            byte[] sent = new byte[random.nextInt(1_000)];
            random.nextBytes(sent);
            List<String> wanted = new ArrayList<>();
            for (int at = 0; at < sent.length; at += interval) {
                byte[] piece = Arrays.copyOfRange(sent, at, Math.min(sent.length, at + interval));
                stream.writeBytes(piece);
                if (piece.length == interval) {
                    boolean news = random.nextBoolean();
                    stream.writeBytes(
                            news ? block("StreamTitle='Grüße " + at + "';StreamUrl='u';", UTF_8) : new byte[1]);
                    if (news) {
                        wanted.add("Grüße " + at + "|u");
                    }
                }
            }
            audio.reset();
            titles.clear();
            feed(new IcyReader(interval), stream.toByteArray(), random);
            assertThat(audio.toByteArray()).as("seed %dL", seed).isEqualTo(sent);
            assertThat(titles).as("seed %dL", seed).isEqualTo(wanted);
        }
    }

    @Test
    void understandsQuotesAndLatin1AndWhatIsNoTitle() {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (byte[] block : List.of(
                block("StreamTitle='It's me';", UTF_8),
                block("StreamTitle='Caf\u00e9';", ISO_8859_1),
                block("StreamTitle='never ends", UTF_8),
                block("StreamTitle='a\u001b[31m\nb';", UTF_8),
                block("nonsense", UTF_8))) {
            stream.write('x');
            stream.writeBytes(block);
        }
        new IcyReader(1).accept(stream.toByteArray(), owner);

        assertThat(titles).containsExactly("It's me|", "Caf\u00e9|", "never ends|", "a [31m b|");
        assertThat(audio.toString(UTF_8)).isEqualTo("xxxxx");
    }

    private void feed(IcyReader reader, byte[] bytes, Random random) {
        for (int at = 0; at < bytes.length; ) {
            int end = Math.min(bytes.length, at + 1 + random.nextInt(100));
            reader.accept(Arrays.copyOfRange(bytes, at, end), owner);
            at = end;
        }
    }

    private static byte[] block(String text, Charset charset) {
        byte[] bytes = text.getBytes(charset);
        int units = (bytes.length + 15) / 16;
        byte[] block = Arrays.copyOf(new byte[] {(byte) units}, 1 + units * 16);
        System.arraycopy(bytes, 0, block, 1, bytes.length);
        return block;
    }
}
