package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.frames.AudioFormat;
import org.relaysupervisor.frames.Frame;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;
import org.relaysupervisor.proxy.ProxySnapshot.Outage;

/** A feed whose source is silent or away. */
@SuppressWarnings("FutureReturnValueIgnored") // embedded channels do everything at once
class FeedBridgeTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final FeedScene scene = new FeedScene();

    @AfterEach
    void nothingWentWrong() {
        assertThat(scene.errors()).isZero();
    }

    @Test
    void theStandbyPlaysInRealTimeUntilTheSourceIsBack() {
        scene.standby();
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer listener = scene.listen(FeedScene.PLAIN);
        scene.source.close();
        int played = scene.next;
        scene.pass(Duration.ofSeconds(10));
        assertThat(scene.traffic().feed().orElseThrow().bridges()).containsExactly(Bridge.STANDBY);
        assertThat(scene.traffic().sourceConnected()).isFalse();
        long standby = listener.numbers().stream()
                .filter(number -> number >= FeedScene.STANDBY)
                .count();
        assertThat(standby).isBetween(370L, 386L);

        scene.connect(FeedScene.HEAD);
        assertThat(Harness.sent(scene.source)).isEqualTo(Exchanges.SOURCE_OK);
        scene.play(Duration.ofSeconds(2));
        List<Integer> numbers = listener.numbers();
        int since = numbers.indexOf(FeedScene.STANDBY);
        assertThat(numbers.get(since - 1)).isEqualTo(played - 1);
        int until = numbers.lastIndexOf(played);
        for (int i = since; i < until; i++) {
            assertThat(numbers.get(i)).isEqualTo(FeedScene.STANDBY + (i - since) % 100);
        }
        Hearer.assertContiguous(numbers.subList(until, numbers.size()));
        assertThat(scene.harness.icecast).as("the connection to Icecast").hasSize(1);
        assertThat(scene.continuity().survivals()).containsEntry(Outage.SOURCE, 1L);
        assertThat(scene.traffic().feed().orElseThrow().formatChanges()).isZero();
    }

    @Test
    void withoutAStandbyListenersWaitForAWhile() {
        scene.begin();
        scene.play(Duration.ofSeconds(2));
        Hearer listener = scene.listen(FeedScene.PLAIN);
        scene.source.close();
        scene.pass(Duration.ofSeconds(9));
        assertThat(listener.channel.isOpen()).isTrue();
        scene.pass(Duration.ofSeconds(2));

        assertThat(listener.channel.isOpen()).isFalse();
        assertThat(scene.continuity().lost()).containsEntry(Loss.SOURCE_GONE, 1L);
        scene.assertEnded();
    }

    @Test
    void aSourceThatComesBackInTimeGoesOnWithoutAStandby() {
        scene.begin();
        scene.play(Duration.ofSeconds(2));
        Hearer listener = scene.listen(FeedScene.PLAIN);
        scene.source.close();
        scene.pass(Duration.ofSeconds(5));
        scene.connect(FeedScene.HEAD);
        scene.play(Duration.ofSeconds(5));

        Hearer.assertContiguous(listener.numbers());
        assertThat(scene.continuity().survivals()).containsEntry(Outage.SOURCE, 1L);
    }

    @Test
    void aStreamThatIsNotWantedEndsWithItsSource() {
        scene.standby();
        scene.begin();
        scene.play(Duration.ofSeconds(2));
        Hearer listener = scene.listen(FeedScene.PLAIN);
        scene.wanted(false);
        scene.play(SECOND);
        assertThat(listener.channel.isOpen()).isTrue();
        scene.source.close();

        assertThat(listener.channel.isOpen()).isFalse();
        assertThat(scene.continuity().lost()).containsEntry(Loss.STOPPED, 1L);
        scene.assertEnded();
    }

    @Test
    void aStreamWhoseSourceIsAwayEndsWhenItIsNoLongerWanted() {
        scene.standby();
        scene.begin();
        scene.play(Duration.ofSeconds(2));
        scene.source.close();
        scene.pass(SECOND);
        scene.wanted(false);

        scene.assertEnded();
    }

    @Test
    void aSilentSourceIsBridgedAndThenCutOff() {
        scene.standby();
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer listener = scene.listen(FeedScene.PLAIN);
        scene.pass(Duration.ofMillis(1900));
        assertThat(listener.numbers()).noneMatch(number -> number >= FeedScene.STANDBY);
        scene.pass(Duration.ofMillis(600));
        assertThat(listener.numbers().stream().filter(number -> number >= FeedScene.STANDBY))
                .as("what it was silent for as well")
                .hasSizeBetween(75, 100);
        scene.play(SECOND);
        assertThat(listener.last()).isBetween(scene.next - 20, scene.next);
        assertThat(scene.continuity().survivals()).containsEntry(Outage.SOURCE, 1L);
        scene.pass(Duration.ofSeconds(29));
        assertThat(scene.source.isOpen()).isTrue();
        scene.pass(Duration.ofSeconds(2));

        assertThat(scene.source.isOpen()).isFalse();
        assertThat(scene.harness.refused(Refusal.IDLE)).isOne();
        assertThat(listener.channel.isOpen()).isTrue();
    }

    @Test
    void theHeadersOfASourceThatWakesUpAreRepeatedAfterTheStandby() {
        scene.standby();
        scene.begin();
        scene.feed().append(page("H1", Frame.Kind.FIRST_HEADER));
        scene.feed().append(page("H2", Frame.Kind.HEADER));
        scene.feed().append(page("a", Frame.Kind.AUDIO));
        Hearer listener = scene.listen(FeedScene.PLAIN);
        scene.pass(Duration.ofSeconds(3));
        scene.feed().append(page("b", Frame.Kind.AUDIO));
        scene.feed().append(page("c", Frame.Kind.AUDIO));
        scene.pass(SECOND);
        byte[] joiner = scene.listen(FeedScene.PLAIN).audio();

        String heard = new String(listener.audio(), ISO_8859_1);
        assertThat(heard).startsWith("H1H2a").endsWith("H1H2bc");
        assertThat(new String(joiner, ISO_8859_1)).endsWith("H1H2bc");
    }

    private static Frame page(String text, Frame.Kind kind) {
        return new Frame(text.getBytes(ISO_8859_1), kind, 0, new AudioFormat("Opus", 48_000, 2));
    }
}
