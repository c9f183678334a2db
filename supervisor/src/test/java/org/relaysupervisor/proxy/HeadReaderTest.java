package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("FutureReturnValueIgnored") // embedded channels do everything at once
class HeadReaderTest {
    private static final String AUDIO = "\u00ff\u00fb\u0090D\n\r\n\r\nGET /admin HTTP/1.0\r\n\r\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                Exchanges.LIQUIDSOAP_HEAD,
                Exchanges.FFMPEG_PUT_HEAD,
                Exchanges.FFMPEG_LEGACY_HEAD,
                "SOURCE /live HTTP/1.0\nA: b\n\n"
            })
    void passesEveryByteOnWhereverTheNetworkCutsIt(String head) {
        String all = head + AUDIO;
        for (int first = 1; first < all.length(); first++) {
            Harness harness = new Harness(1);
            EmbeddedChannel source = harness.source();
            Harness.send(source, all.substring(0, first));
            Harness.send(source, all.substring(first));

            assertThat(Harness.sent(harness.lastIcecast()))
                    .as("cut at %d", first)
                    .isEqualTo(all);
            source.close();
        }
    }

    @Test
    void passesEveryByteOnWhenTheyComeOneByOne() {
        Harness harness = new Harness(1);
        EmbeddedChannel source = harness.source();
        String all = Exchanges.LIQUIDSOAP_HEAD + AUDIO;
        all.chars().forEach(c -> Harness.send(source, String.valueOf((char) c)));

        assertThat(Harness.sent(harness.lastIcecast())).isEqualTo(all);
    }

    @Test
    void refusesAHeadThatIsTooLarge() {
        Harness harness = new Harness(1);
        String answer = harness.ask(Harness.STRANGER, "GET /live HTTP/1.0\r\nA: " + "x".repeat(9000));

        assertThat(answer).startsWith("HTTP/1.0 431 ");
        assertThat(harness.refused(Refusal.HEAD_TOO_LARGE)).isOne();
    }

    @Test
    void refusesATlsHelloAtOnce() {
        Harness harness = new Harness(1);

        assertThat(harness.ask(Harness.STRANGER, "\u0016\u0003\u0001")).startsWith("HTTP/1.0 400 ");
    }

    @Test
    void refusesAHeadThatTrickles() {
        Harness harness = new Harness(1);
        EmbeddedChannel slow = harness.listener(Harness.STRANGER);
        for (int second = 0; second < 9; second++) {
            Harness.send(slow, "G");
            Harness.pass(slow, Duration.ofSeconds(1));
        }
        assertThat(slow.isOpen()).isTrue();
        Harness.pass(slow, Duration.ofSeconds(2));

        assertThat(Harness.sent(slow)).startsWith("HTTP/1.0 408 ");
        assertThat(slow.isOpen()).isFalse();
        assertThat(harness.refused(Refusal.HEAD_TIMEOUT)).isOne();
    }

    @Test
    void closesASilentConnectionWithoutAWord() {
        Harness harness = new Harness(1);
        EmbeddedChannel silent = harness.listener(Harness.STRANGER);
        Harness.pass(silent, Duration.ofSeconds(11));

        assertThat(Harness.sent(silent)).isEmpty();
        assertThat(silent.isOpen()).isFalse();
    }

    @Test
    void aFloodOfSilentConnectionsPushesOutItsOldest() {
        Harness harness = new Harness(1);
        EmbeddedChannel oldest = harness.listener(Harness.STRANGER);
        List<EmbeddedChannel> flood = IntStream.range(0, 256)
                .mapToObj(i -> harness.listener(Harness.STRANGER))
                .toList();

        assertThat(oldest.isOpen()).isFalse();
        assertThat(flood).allMatch(EmbeddedChannel::isOpen);
        assertThat(harness.refused(Refusal.OVERLOAD)).isOne();
    }

    /** A hundred thousand heads, each broken in some way or none: an answer, or a close, or a wait for more within bounds. */
    @Test
    void survivesWhateverIsSent() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Harness harness = new Harness(Integer.MAX_VALUE);
        String[] parts = {
            "GET",
            "HEAD",
            "OPTIONS",
            "POST",
            "SOURCE",
            " ",
            "  ",
            "/live",
            "/admin",
            "/%61dmin",
            "//",
            "..",
            "?a=b",
            "HTTP/1.0",
            "HTTP/1.1",
            "\r\n",
            "\n",
            "\r",
            "\r\n\r\n",
            "\n\n",
            "\u0000",
            "\u00ff",
            ":",
            "A: b",
            "Content-Length: 5",
            "X-Forwarded-For: 1.2.3.4",
            "\t",
            "http://h/live",
            "x".repeat(700)
        };
        for (int i = 0; i < 100_000; i++) {
            EmbeddedChannel client = random.nextBoolean() ? harness.listener(Harness.STRANGER) : harness.source();
            StringBuilder text = new StringBuilder(random.nextInt(3) > 0 ? "GET /live HTTP/1.0\r\n" : "");
            for (int n = random.nextInt(30); n > 0; n--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            text.append(random.nextBoolean() ? "\r\n\r\n" : "");
            int cut = random.nextInt(text.length() + 1);
            Harness.send(client, text.substring(0, cut));
            if (client.isOpen()) {
                Harness.send(client, text.substring(cut));
            }
            client.checkException();
            String answer = Harness.sent(client);
            assertThat(answer.isEmpty() || answer.startsWith("HTTP/1.0 ")).isTrue();
            assertThat(answer.split("HTTP/1\\.0 [0-9]", -1)).hasSizeLessThanOrEqualTo(2);
            for (EmbeddedChannel icecast : harness.icecast) {
                String forwarded = Harness.sent(icecast);
                assertThat(forwarded).matches("(?s)(GET|SOURCE|PUT) /(live|admin/metadata)[? ].*");
                assertThat(icecast.finishAndReleaseAll()).isFalse();
            }
            harness.icecast.clear();
            client.finishAndReleaseAll();
        }
        assertThat(harness.meters.open.get()).isZero();
        assertThat(harness.meters.errors()).isZero();
        assertThat(harness.mounts.traffic()).containsOnlyKeys("/live");
    }

    @Test
    void releasesWhatItHeldWhenThePeerLeaves() {
        Harness harness = new Harness(1);
        EmbeddedChannel channel = harness.listener(Harness.STRANGER);
        ByteBuf data = Unpooled.copiedBuffer("GET /li", StandardCharsets.US_ASCII);
        channel.writeInbound(data);
        channel.close();

        assertThat(data.refCnt()).isZero();
        assertThat(harness.meters.open.get()).isZero();
    }
}
