package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.relaysupervisor.proxy.PrimaryReply.Refused;

@SuppressWarnings("StringConcatToTextBlock") // the line ends are the point
class PrimaryReplyTest {
    private static final String GOOD =
            "HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\nicy-name:Radio\r\nicy-metaint:16000\r\n\r\n";

    @Test
    void leavesTheAudioBehindTheHead() {
        ByteBuf bytes = bytes(GOOD + "audio");
        PrimaryReply reply = new PrimaryReply();

        assertThat(reply.completedBy(bytes)).isTrue();
        assertThat(bytes.toString(ISO_8859_1)).isEqualTo("audio");
        assertThat(reply.refused("audio/mpeg")).isEmpty();
        assertThat(reply.interval()).isEqualTo(16_000);
        assertThat(reply.streamHeaders().forListeners()).containsExactly("icy-name:Radio");
    }

    @Test
    void isTheSameInPieces() {
        PrimaryReply reply = new PrimaryReply();
        for (int i = 0; i < GOOD.length() - 1; i++) {
            assertThat(reply.completedBy(bytes(GOOD.substring(i, i + 1)))).isFalse();
        }
        assertThat(reply.completedBy(bytes("\n"))).isTrue();
        assertThat(reply.refused("audio/mpeg; charset=x")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.1 301 Moved\\r\\nLocation: http://evil.example/ | REDIRECT | upstream.url",
                "HTTP/1.0 401 Authentication Required | FORBIDDEN | front_secret",
                "HTTP/1.0 403 Forbidden | FORBIDDEN | front_secret",
                "HTTP/1.0 404 Not Found | NOT_FOUND | no mount of this path",
                "HTTP/1.0 503 Service Unavailable | STATUS | 503",
                "HTTP/1.0 200 OK\\r\\nContent-Type: text/html | CONTENT_TYPE | text/html",
                "HTTP/1.0 200 OK\\r\\nContent-Type: audio/aac | CONTENT_TYPE | format",
                "HTTP/1.0 200 OK | CONTENT_TYPE | type",
                "HTTP/1.1 200 OK\\r\\nContent-Type: audio/mpeg\\r\\nTransfer-Encoding: chunked | BAD_ANSWER | web server",
                "HTTP/1.0 200 OK\\r\\nContent-Type: audio/mpeg\\r\\nicy-metaint: 0 | BAD_ANSWER | 0 bytes",
                "HTTP/1.0 200 OK\\r\\nContent-Type: audio/mpeg\\r\\nicy-metaint: -5 | BAD_ANSWER | -5",
                "HTTP/1.0 200 OK\\r\\nContent-Type: audio/mpeg\\r\\nicy-metaint: 99999999999 | BAD_ANSWER | 999",
                "ICY 200 OK\\r\\nContent-Type: audio/mpeg | BAD_ANSWER | HTTP",
                "SSH-2.0-OpenSSH_9.2 | BAD_ANSWER | HTTP"
            })
    void saysWhatIsWrongAndWhatToDo(String head, PrimaryFault fault, String said) {
        Optional<Refused> refused = judge(head.replace("\\r\\n", "\r\n") + "\r\n\r\n");

        assertThat(refused).map(Refused::fault).contains(fault);
        assertThat(refused.orElseThrow().message()).contains(said);
    }

    @Test
    void repeatsNothingThatATerminalUnderstands() {
        String said = judge("HTTP/1.0 200 OK\r\nContent-Type: a\u009b31m" + "x".repeat(1_000) + "\r\n\r\n")
                .orElseThrow()
                .message();

        assertThat(said).matches("[ -~]*").hasSizeLessThan(200);
    }

    @Test
    void anEndlessHeadIsReadInBoundedMemory() {
        PrimaryReply reply = new PrimaryReply();
        ByteBuf endless = bytes("HTTP/1.0 200 OK\r\n" + "X-Filler: 0123456789\r\n".repeat(10_000));

        assertThat(reply.completedBy(endless)).isFalse();
        assertThat(reply.isTooLong()).isTrue();
        assertThat(endless.readerIndex()).isEqualTo(PrimaryReply.LONGEST);
    }

    @Test
    void noBytesAtAllMakeItFail() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            byte[] noise = new byte[random.nextInt(400)];
            random.nextBytes(noise);
            ByteBuf bytes = Unpooled.wrappedBuffer(
                    "HTTP/1.0 200 OK\r\nContent-Type: ".getBytes(ISO_8859_1), noise, "\r\n\r\n".getBytes(ISO_8859_1));
            PrimaryReply reply = new PrimaryReply();
            assertThat(reply.completedBy(bytes)).as("seed %dL", seed).isTrue();
            assertThat(reply.refused("audio/mpeg")).as("seed %dL", seed).isPresent();
        }
    }

    private static Optional<Refused> judge(String head) {
        PrimaryReply reply = new PrimaryReply();
        assertThat(reply.completedBy(bytes(head))).isTrue();
        return reply.refused("audio/mpeg");
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, ISO_8859_1);
    }
}
