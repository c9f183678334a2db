package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SuppressWarnings({"FutureReturnValueIgnored", "StringConcatToTextBlock"}) // embedded channels are done at once
class ListenerRouteTest {
    private static final String RECORDER =
            "GET /live HTTP/1.1\r\nUser-Agent: " + ProxySettings.RECORDER_USER_AGENT + "\r\n\r\n";
    private final Harness harness = new Harness(2);

    @ParameterizedTest
    @CsvSource({
        "GET /admin/stats, 403",
        "GET /admin, 403",
        "GET /status-json.xsl, 403",
        "GET /status.xsl, 403",
        "GET /, 404",
        "GET /other, 404",
        "GET //admin, 404",
        "GET /%61dmin, 404",
        "GET /live/../admin, 404",
        "GET /live/, 404",
        "GET /live#x, 404",
        "GET http://host/live, 400",
        "GET *, 400",
        "POST /live, 405",
        "PUT /live, 405",
        "SOURCE /live, 405",
        "DELETE /live, 405",
        "CONNECT /live, 405",
        "OPTIONS /live, 204",
        "OPTIONS /admin, 403",
        "HEAD /live, 404",
    })
    void answersWithoutIcecast(String request, int status) {
        String answer = harness.ask(Harness.STRANGER, request + " HTTP/1.1\r\nHost: h\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.0 " + status + " ");
        assertThat(answer.contains("Allow: GET, HEAD, OPTIONS")).isEqualTo(status == 405 || status == 204);
        assertThat(harness.icecast).isEmpty();
    }

    @Test
    void passesNothingOnBehindTheHead() {
        harness.ask(Harness.STRANGER, Exchanges.LISTENER_HEAD + "GET /admin/stats HTTP/1.1\r\n\r\n");

        assertThat(Harness.sent(harness.lastIcecast())).isEqualTo(Exchanges.LISTENER_HEAD);
    }

    @Test
    void asksIcecastToKeepNoConnection() {
        String browser = Exchanges.LISTENER_HEAD.replace("Accept:", "Connection: keep-alive\r\nAccept:");
        harness.ask(Harness.STRANGER, browser);

        assertThat(Harness.sent(harness.lastIcecast())).isEqualTo(Exchanges.LISTENER_HEAD);
    }

    @Test
    void refusesARequestWithABody() {
        String request = "GET /live HTTP/1.1\r\nContent-Length: 30\r\n\r\n";

        assertThat(harness.ask(Harness.STRANGER, request)).startsWith("HTTP/1.0 400 ");
    }

    @Test
    void resetsAListenerThatTalksOn() {
        EmbeddedChannel listener = listening(Harness.STRANGER);
        Harness.send(listener, "x".repeat(70_000));

        assertThat(listener.isOpen()).isFalse();
    }

    @Test
    void theLimitIsForListenersOnly() {
        listening(Harness.STRANGER);
        EmbeddedChannel second = listening(Harness.STRANGER);

        assertThat(harness.ask(Harness.STRANGER, Exchanges.LISTENER_HEAD))
                .startsWith("HTTP/1.0 503 ")
                .contains("Retry-After: 30");
        assertThat(harness.ask(Harness.STRANGER, RECORDER)).as("from elsewhere").startsWith("HTTP/1.0 503 ");
        assertThat(harness.ask(Harness.LOCAL, RECORDER.replace("\r\n\r\n", "\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n")))
                .as("behind a front on this machine")
                .startsWith("HTTP/1.0 503 ");
        assertThat(harness.ask(Harness.LOCAL, RECORDER)).isEmpty();
        assertThat(harness.ask(Harness.FRONT, "GET /live HTTP/1.0\n" + "User-Agent: Blackbox Exporter/0.23\n\n"))
                .isEmpty();
        assertThat(connected()).containsEntry(Role.LISTENER, 2).containsEntry(Role.RECORDER, 1);
        assertThat(connected()).containsEntry(Role.PROBE, 1);
        assertThat(harness.refused(Refusal.LIMIT)).isEqualTo(3);

        second.close();
        assertThat(harness.ask(Harness.STRANGER, Exchanges.LISTENER_HEAD)).isEmpty();
    }

    @Test
    void tooManyRecordersAreListeners() {
        for (int i = 0; i < 6; i++) {
            assertThat(harness.ask(Harness.LOCAL, RECORDER)).isEmpty();
        }

        assertThat(connected()).containsEntry(Role.RECORDER, 4).containsEntry(Role.LISTENER, 2);
        assertThat(harness.ask(Harness.LOCAL, RECORDER)).startsWith("HTTP/1.0 503 ");
    }

    @Test
    void refusesAtOnceWhenIcecastIsAway() {
        harness.policy.icecastAvailable(false);

        assertThat(harness.ask(Harness.STRANGER, Exchanges.LISTENER_HEAD))
                .startsWith("HTTP/1.0 503 ")
                .contains("Retry-After: 2");
        assertThat(harness.refused(Refusal.UPSTREAM_DOWN)).isOne();
        assertThat(harness.icecast).isEmpty();
    }

    @Test
    void refusesWhenTheConnectionToIcecastFails() {
        harness.connectsFail = true;

        assertThat(harness.ask(Harness.STRANGER, Exchanges.LISTENER_HEAD)).startsWith("HTTP/1.0 503 ");
        assertThat(harness.refused(Refusal.UPSTREAM_FAILED)).isOne();
        assertThat(connected()).containsEntry(Role.LISTENER, 0);
    }

    @Test
    void refusesWhenIcecastDoesNotAnswer() {
        EmbeddedChannel listener = harness.listener(Harness.STRANGER);
        Harness.send(listener, Exchanges.LISTENER_HEAD);
        Harness.pass(listener, Duration.ofSeconds(11));

        assertThat(Harness.sent(listener)).startsWith("HTTP/1.0 503 ");
        assertThat(harness.lastIcecast().isOpen()).isFalse();
    }

    @Test
    void closesTheListenerWhenIcecastDiesAndIcecastWhenTheListenerLeaves() {
        EmbeddedChannel first = listening(Harness.STRANGER);
        harness.lastIcecast().close();
        assertThat(first.isOpen()).isFalse();

        EmbeddedChannel second = listening(Harness.STRANGER);
        second.close();
        assertThat(harness.lastIcecast().isOpen()).isFalse();
        assertThat(harness.meters.open.get()).isZero();
    }

    @Test
    void answersHeadWithWhatIcecastToldTheLastListener() {
        EmbeddedChannel source = harness.source();
        Harness.send(source, Exchanges.LIQUIDSOAP_HEAD);
        Harness.send(harness.lastIcecast(), Exchanges.SOURCE_OK);
        String head = "HEAD /live HTTP/1.1\r\nHost: h\r\n\r\n";
        assertThat(harness.ask(Harness.STRANGER, head))
                .startsWith("HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\n")
                .endsWith("\r\n\r\n");

        listening(Harness.STRANGER);
        Harness.send(harness.lastIcecast(), Exchanges.LISTENER_OK + "audio");
        assertThat(harness.ask(Harness.STRANGER, head))
                .contains("icy-name:Tap")
                .doesNotContain("metaint")
                .endsWith("\r\n\r\n");

        source.close();
        assertThat(harness.ask(Harness.STRANGER, head))
                .startsWith("HTTP/1.0 404 ")
                .endsWith("\r\n\r\n");
    }

    @Test
    void stopsReadingIcecastWhileTheListenerDoesNotReadAndDropsIt() {
        EmbeddedChannel listener = listening(Harness.STRANGER);
        EmbeddedChannel icecast = harness.lastIcecast();
        // Without a flush the bytes stay in the write buffer, as behind a full socket.
        icecast.pipeline().fireChannelRead(Unpooled.wrappedBuffer(new byte[70_000]));
        assertThat(icecast.config().isAutoRead()).isFalse();
        Harness.pass(listener, Duration.ofSeconds(29));
        assertThat(listener.isOpen()).isTrue();
        Harness.pass(listener, Duration.ofSeconds(2));

        assertThat(listener.isOpen()).isFalse();
        assertThat(icecast.isOpen()).isFalse();
        assertThat(harness.refused(Refusal.SLOW)).isOne();
    }

    @Test
    void readsIcecastAgainWhenTheListenerCatchesUp() {
        EmbeddedChannel listener = listening(Harness.STRANGER);
        EmbeddedChannel icecast = harness.lastIcecast();
        icecast.pipeline().fireChannelRead(Unpooled.wrappedBuffer(new byte[70_000]));
        listener.flush();
        listener.releaseOutbound();
        Harness.pass(listener, Duration.ofSeconds(60));

        assertThat(icecast.config().isAutoRead()).isTrue();
        assertThat(listener.isOpen()).isTrue();
    }

    @Test
    void logsForWhomATrustedFrontAsksAndNothingThatWouldForgeALine() {
        String request = "GET /live HTTP/1.1\r\nX-Forwarded-For: 198.51.100.9, 198.51.100.8, 192.0.2.1\r\n"
                + "User-Agent: a\"b\\c\u00e9\r\nReferer: http://r/\r\n\r\n";
        EmbeddedChannel listener = harness.listener(Harness.FRONT);
        Harness.send(listener, request);
        Harness.send(harness.lastIcecast(), Exchanges.LISTENER_OK);
        harness.clock.advance(Duration.ofMillis(1500));
        listener.close();

        assertThat(harness.accessLog)
                .containsExactly("198.51.100.8 - - [22/Nov/2026:12:00:00 +0000] \"GET /live HTTP/1.1\" 200 "
                        + Exchanges.LISTENER_OK.length() + " \"http://r/\" \"a\\\"b\\\\c\\xe9\" 1.500");
        listening(Harness.STRANGER, request).close();
        assertThat(harness.accessLog.get(1)).startsWith("203.0.113.7 - - ");
    }

    private EmbeddedChannel listening(InetAddress from) {
        return listening(from, Exchanges.LISTENER_HEAD);
    }

    private EmbeddedChannel listening(InetAddress from, String request) {
        EmbeddedChannel listener = harness.listener(from);
        Harness.send(listener, request);
        Harness.sent(harness.lastIcecast());
        Harness.send(harness.lastIcecast(), Exchanges.LISTENER_OK);
        Harness.sent(listener);
        return listener;
    }

    private Map<Role, Integer> connected() {
        return harness.mounts.traffic().get("/live").connected();
    }
}
