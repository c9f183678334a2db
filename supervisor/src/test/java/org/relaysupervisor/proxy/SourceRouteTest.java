package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SuppressWarnings("FutureReturnValueIgnored") // embedded channels do everything at once
class SourceRouteTest {
    private final Harness harness = new Harness(1);

    @Test
    void countsAudioOnlyOnceIcecastHasLetTheSourceIn() {
        EmbeddedChannel source = source(Exchanges.FFMPEG_LEGACY_HEAD + "early");
        assertThat(traffic().sourceBytes()).isZero();
        Harness.send(harness.lastIcecast(), Exchanges.CONTINUE.substring(0, 20));
        Harness.send(harness.lastIcecast(), Exchanges.CONTINUE.substring(20) + Exchanges.SOURCE_OK);
        Harness.send(source, "later");

        assertThat(traffic().sourceBytes()).isEqualTo(10);
        assertThat(traffic().sourceConnected()).isTrue();
        assertThat(traffic().connected()).containsEntry(Role.SOURCE, 1);
        assertThat(Harness.sent(source)).isEqualTo(Exchanges.CONTINUE + Exchanges.SOURCE_OK);

        source.close();
        assertThat(traffic().sourceConnected()).isFalse();
        assertThat(traffic().connected()).containsEntry(Role.SOURCE, 0);
        assertThat(harness.lastIcecast().isOpen()).isFalse();
    }

    @Test
    void aSourceThatIcecastToldToContinueIsLetIn() {
        EmbeddedChannel source = source(Exchanges.FFMPEG_PUT_HEAD);
        Harness.send(harness.lastIcecast(), Exchanges.CONTINUE_OF_2_5);
        Harness.send(source, "audio");

        assertThat(Harness.sent(source)).isEqualTo(Exchanges.CONTINUE_OF_2_5);
        assertThat(traffic().sourceConnected()).isTrue();
        assertThat(traffic().sourceBytes()).isEqualTo(5);
    }

    @Test
    void tellsTheSourceWhyIcecastRefusedIt() {
        EmbeddedChannel source = source(Exchanges.LIQUIDSOAP_HEAD + "audio");
        Harness.send(harness.lastIcecast(), Exchanges.UNAUTHORIZED);
        harness.lastIcecast().close();

        assertThat(Harness.sent(source)).isEqualTo(Exchanges.UNAUTHORIZED);
        assertThat(source.isOpen()).isFalse();
        assertThat(traffic().sourceBytes()).isZero();
    }

    @Test
    void closesTheSourceAtOnceWhenIcecastDies() {
        EmbeddedChannel source = source(Exchanges.LIQUIDSOAP_HEAD);
        Harness.send(harness.lastIcecast(), Exchanges.SOURCE_OK);
        harness.lastIcecast().close();

        assertThat(source.isOpen()).isFalse();
        assertThat(traffic().sourceConnected()).isFalse();
    }

    @Test
    void neverHoldsASource() {
        harness.policy.icecastAvailable(false);
        EmbeddedChannel away = source(Exchanges.LIQUIDSOAP_HEAD);
        assertThat(Harness.sent(away)).startsWith("HTTP/1.0 503 ");
        assertThat(away.isOpen()).isFalse();

        harness.policy.icecastAvailable(true);
        harness.connectsFail = true;
        EmbeddedChannel refused = source(Exchanges.LIQUIDSOAP_HEAD);
        assertThat(Harness.sent(refused)).startsWith("HTTP/1.0 503 ");
        assertThat(refused.isOpen()).isFalse();
        assertThat(harness.refused(Refusal.UPSTREAM_DOWN)).isOne();
        assertThat(harness.refused(Refusal.UPSTREAM_FAILED)).isOne();
    }

    @Test
    void refusesWhenIcecastDoesNotAnswerSoon() {
        EmbeddedChannel source = source(Exchanges.LIQUIDSOAP_HEAD);
        harness.lastIcecast().advanceTimeBy(3, TimeUnit.SECONDS);
        harness.lastIcecast().runScheduledPendingTasks();

        assertThat(Harness.sent(source)).startsWith("HTTP/1.0 503 ");
        assertThat(source.isOpen()).isFalse();
    }

    @Test
    void cutsTheSourceOffWhenIcecastStopsReading() {
        EmbeddedChannel source = source(Exchanges.LIQUIDSOAP_HEAD);
        EmbeddedChannel icecast = harness.lastIcecast();
        Harness.send(icecast, Exchanges.SOURCE_OK);
        source.pipeline().fireChannelRead(Unpooled.wrappedBuffer(new byte[70_000]));
        assertThat(source.config().isAutoRead()).isFalse();
        Harness.pass(icecast, Duration.ofSeconds(6));

        assertThat(source.isOpen()).isFalse();
    }

    @Test
    void cutsOffASourceThatSendsNothing() {
        EmbeddedChannel source = source(Exchanges.LIQUIDSOAP_HEAD);
        Harness.send(harness.lastIcecast(), Exchanges.SOURCE_OK);
        Harness.pass(source, Duration.ofSeconds(31));

        assertThat(source.isOpen()).isFalse();
        assertThat(harness.refused(Refusal.IDLE)).isOne();
    }

    @Test
    void passesATitleUpdateAndNothingBehindIt() {
        EmbeddedChannel update = source(Exchanges.TITLE_UPDATE + "GET /admin/killsource?mount=/live HTTP/1.0\r\n\r\n");
        Harness.send(update, "GET /admin/killsource?mount=/live HTTP/1.0\r\n\r\n");
        assertThat(Harness.sent(harness.lastIcecast())).isEqualTo(Exchanges.TITLE_UPDATE);
        Harness.send(harness.lastIcecast(), Exchanges.TITLE_UPDATED);
        harness.lastIcecast().close();

        assertThat(Harness.sent(update)).isEqualTo(Exchanges.TITLE_UPDATED);
        assertThat(harness.meters.titleUpdates.sum()).isOne();
        assertThat(traffic().sourceBytes()).isZero();
    }

    @Test
    void aTitleUpdateAsksIcecastForNoMoreThanOneAnswer() {
        source(Exchanges.TITLE_UPDATE.replace("Accept:", "connection: Keep-Alive\r\nAccept:"));

        assertThat(Harness.sent(harness.lastIcecast())).isEqualTo(Exchanges.TITLE_UPDATE);
    }

    @ParameterizedTest
    @CsvSource({
        "GET /live, 403",
        "GET /admin/killsource?mount=/live, 403",
        "GET /admin/metadata/../stats, 403",
        "SOURCE /unknown, 404",
        "PUT /unknown, 404",
        "POST /admin/metadata, 405",
        "OPTIONS *, 405",
    })
    void refusesEverythingElse(String request, int status) {
        EmbeddedChannel source = source(request + " HTTP/1.0\r\n\r\n");

        assertThat(Harness.sent(source)).startsWith("HTTP/1.0 " + status + " ");
        assertThat(harness.icecast).isEmpty();
    }

    private EmbeddedChannel source(String bytes) {
        EmbeddedChannel source = harness.source();
        Harness.send(source, bytes);
        return source;
    }

    private ProxySnapshot.MountTraffic traffic() {
        return harness.mounts.traffic().get("/live");
    }
}
