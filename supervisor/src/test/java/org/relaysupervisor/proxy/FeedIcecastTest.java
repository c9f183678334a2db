package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;
import org.relaysupervisor.proxy.ProxySnapshot.Outage;

/** A feed whose Icecast comes and goes. */
@SuppressWarnings("FutureReturnValueIgnored") // embedded channels do everything at once
class FeedIcecastTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int BURST_FRAMES = 64 * 1024 / Mp3.LENGTH;

    private final FeedScene scene = new FeedScene();

    @AfterEach
    void nothingWentWrong() {
        assertThat(scene.errors()).isZero();
    }

    @Test
    void icecastHasTheHeadAsItWasSentAndEveryFrame() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer icecast = scene.icecast();

        assertThat(icecast.head()).isEqualTo(FeedScene.HEAD);
        assertThat(icecast.numbers()).startsWith(0, 1, 2);
        Hearer.assertContiguous(icecast.numbers());
    }

    @Test
    void nobodyNoticesThatIcecastIsAway() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer before = scene.listen(FeedScene.PLAIN);
        Hearer recorder = scene.listen(
                Harness.LOCAL, "GET /live HTTP/1.0\r\nUser-Agent: " + ProxySettings.RECORDER_USER_AGENT + "\r\n\r\n");
        scene.harness.lastIcecast().close();
        scene.icecastAvailable(false);
        scene.play(Duration.ofSeconds(3));
        assertThat(scene.traffic().feed().orElseThrow().bridges()).containsExactly(Bridge.FEED);
        Hearer during = scene.listen(FeedScene.PLAIN);
        assertThat(during.numbers()).hasSize(BURST_FRAMES);
        assertThat(scene.harness.icecast).hasSize(1);

        scene.icecastAvailable(true);
        Harness.send(scene.harness.lastIcecast(), Exchanges.SOURCE_OK);
        scene.play(SECOND);

        assertThat(scene.harness.icecast).hasSize(2);
        Hearer icecast = scene.icecast();
        assertThat(icecast.head()).isEqualTo(FeedScene.HEAD);
        assertThat(icecast.numbers()).hasSizeGreaterThan(BURST_FRAMES);
        Hearer.assertContiguous(icecast.numbers());
        for (Hearer each : List.of(before, during, recorder)) {
            assertThat(each.channel.isOpen()).isTrue();
            Hearer.assertContiguous(each.numbers());
            assertThat(scene.next - each.last()).isLessThan(20);
        }
        assertThat(scene.source.isOpen()).isTrue();
        assertThat(scene.traffic().connected()).containsEntry(Role.RECORDER, 1).containsEntry(Role.LISTENER, 2);
        assertThat(scene.traffic().feed().orElseThrow().bridges()).isEmpty();
        assertThat(scene.continuity().survivals()).containsEntry(Outage.ICECAST, 1L);
        assertThat(scene.continuity().bridged().get(Outage.ICECAST))
                .isBetween(Duration.ofMillis(2900), Duration.ofMillis(3100));
        assertThat(scene.continuity().moved()).isZero();
    }

    @Test
    void anIcecastThatClosedThoughItIsThereIsAskedAgainAfterAWhile() {
        scene.begin();
        scene.play(SECOND);
        scene.harness.lastIcecast().close();
        scene.play(Duration.ofMillis(900));
        assertThat(scene.harness.icecast).hasSize(1);
        scene.play(Duration.ofMillis(300));

        assertThat(scene.harness.icecast).hasSize(2);
    }

    @Test
    void asksLessAndLessOftenWhileIcecastRefuses() {
        scene.begin();
        scene.listen(FeedScene.PLAIN);
        scene.harness.lastIcecast().close();
        scene.harness.connectsFail = true;
        scene.play(Duration.ofSeconds(60));

        // After 1 s, then 1, 2, 4, 8, 8 ... s.
        assertThat(scene.harness.meters.connectFailures.sum()).isBetween(8L, 11L);
        scene.harness.connectsFail = false;
        scene.icecastAvailable(true);
        assertThat(scene.harness.icecast).hasSize(2);
    }

    @Test
    void anIcecastThatTakesNothingIsGivenUp() {
        scene.begin();
        scene.play(SECOND);
        Hearer stalled = scene.icecast();
        stalled.stall(true);
        scene.play(Duration.ofSeconds(4));
        assertThat(stalled.channel.isOpen()).isTrue();
        scene.play(Duration.ofSeconds(3));

        assertThat(stalled.channel.isOpen()).isFalse();
        assertThat(scene.harness.icecast).hasSize(2);
        // It says nothing: given up after 2 s.
        scene.play(Duration.ofSeconds(3));
        assertThat(scene.harness.icecast.get(1).isOpen()).isFalse();
        assertThat(scene.feed().isOn()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withoutIcecastTheStreamEndsAtLast(boolean heard) {
        scene.begin();
        scene.play(SECOND);
        Hearer listener = scene.listen(FeedScene.PLAIN);
        if (!heard) {
            listener.channel.close();
        }
        scene.harness.lastIcecast().close();
        scene.icecastAvailable(false);
        scene.play(Duration.ofSeconds(heard ? 598 : 29));
        assertThat(scene.feed().isOn()).isTrue();
        scene.play(Duration.ofSeconds(1));
        assertThat(scene.source.isOpen()).isTrue();
        for (int i = 0; i < 160 && scene.source.isOpen(); i++) {
            scene.play(FeedScene.STEP);
        }

        assertThat(scene.source.isOpen()).isFalse();
        assertThat(scene.continuity().lost()).containsEntry(Loss.ICECAST_GONE, heard ? 1L : 0L);
        scene.assertEnded();
    }

    @Test
    void whenIcecastKnowsThePasswordNoMoreTheNextSourceIsAskedAbout() {
        scene.standby();
        scene.begin();
        scene.play(SECOND);
        Hearer listener = scene.listen(FeedScene.PLAIN);
        scene.harness.lastIcecast().close();
        scene.icecastAvailable(true);
        Harness.send(scene.harness.lastIcecast(), Exchanges.UNAUTHORIZED);
        scene.play(Duration.ofSeconds(20));
        assertThat(scene.harness.icecast).as("not asked again").hasSize(2);
        scene.source.close();
        scene.connect(FeedScene.HEAD);
        Harness.send(scene.harness.lastIcecast(), Exchanges.UNAUTHORIZED);
        assertThat(Harness.sent(scene.source)).isEqualTo(Exchanges.UNAUTHORIZED);
        scene.pass(SECOND);
        scene.connect(FeedScene.OTHER_HEAD);
        Harness.send(scene.harness.lastIcecast(), Exchanges.SOURCE_OK);
        scene.play(SECOND);

        assertThat(Harness.sent(scene.source)).isEqualTo(Exchanges.SOURCE_OK);
        assertThat(listener.channel.isOpen()).isTrue();
        assertThat(listener.last()).isGreaterThan(scene.next - 20).isLessThan(FeedScene.STANDBY);
        assertThat(scene.traffic().feed().orElseThrow().bridges()).isEmpty();
    }
}
