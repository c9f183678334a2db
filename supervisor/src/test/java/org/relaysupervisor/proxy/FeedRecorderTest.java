package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;
import org.relaysupervisor.proxy.ProxySnapshot.RecorderConnection;
import org.relaysupervisor.proxy.ProxySnapshot.RecorderConnection.End;

@SuppressWarnings("FutureReturnValueIgnored") // embedded channels do everything at once
class FeedRecorderTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOLD = FeedLimits.DEFAULTS.hold();

    private final FeedScene scene = new FeedScene();

    @AfterEach
    void nothingWentWrong() {
        assertThat(scene.errors()).isZero();
    }

    @Test
    void aRecorderBeginsWithTheOldestFrameAndHasEachAsSoonAsItIsRead() {
        scene.begin();
        scene.play(Duration.ofSeconds(40));
        Hearer recorder = scene.recorder("a");
        assertThat(recorder.head()).startsWith("HTTP/1.0 200 OK\r\n").contains("Content-Type: audio/mpeg\r\n");
        assertThat(held(recorder)).isCloseTo(HOLD, Duration.ofMillis(30));

        for (int i = 0; i < 500; i++) {
            scene.play(FeedScene.STEP);
            assertThat(recorder.last()).isEqualTo(scene.next - 1);
        }
        Hearer.assertContiguous(recorder.numbers());
        assertThat(published().session()).isEqualTo("a");
        assertThat(published().feed()).isEqualTo(scene.feed().traffic().name()).isEqualTo(Harness.FEED);
        assertThat(published().firstFrame()).isEqualTo(recorder.numbers().get(0).longValue());
        assertThat(published().missedFrames()).as("it asked for none").isZero();
        assertThat(published().end()).isEmpty();
        assertThat(published().connects()).isOne();
        assertThat(scene.traffic().sentBytes()).containsEntry(Role.RECORDER, (long) recorder.audio().length);
    }

    private static Duration held(Hearer recorder) {
        return Mp3.FRAME.multipliedBy(recorder.numbers().size());
    }

    @Test
    void anotherConnectionGoesOnWithTheNextFrame() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer first = scene.recorder("a");
        scene.play(SECOND);
        first.channel.close();
        assertThat(published().end()).contains(End.CLIENT_LEFT);
        scene.play(Duration.ofSeconds(3));
        Hearer second =
                scene.recorder("b", published().firstFrame() + first.numbers().size());
        scene.play(SECOND);

        assertThat(second.numbers().get(0)).isEqualTo(first.last() + 1);
        Hearer.assertContiguous(second.numbers());
        assertThat(published().session()).isEqualTo("b");
        assertThat(published().missedFrames()).isZero();
        assertThat(published().end()).isEmpty();
        assertThat(published().connects()).isEqualTo(2);
    }

    @Test
    void whatTheRingHasLetGoOfIsMissedAndCounted() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer first = scene.recorder("a");
        first.channel.close();
        long next = first.last() + 1L;
        scene.play(Duration.ofSeconds(60));
        Hearer second = scene.recorder("b", next);

        assertThat(held(second)).isCloseTo(HOLD, Duration.ofMillis(30));
        assertThat(published().firstFrame()).isEqualTo(second.numbers().get(0).longValue());
        assertThat(published().missedFrames())
                .isEqualTo(second.numbers().get(0) - next)
                .isPositive();
    }

    @Test
    void whoWantsTheFrameThatIsPlayedNextHasThatFirst() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer first = scene.recorder("a");
        Hearer recorder = scene.recorder("b", scene.next);
        assertThat(recorder.numbers()).isEmpty();
        assertThat(published().session())
                .as("nothing is known of the other yet")
                .isEqualTo("a");
        assertThat(published().connects()).isEqualTo(2);
        int next = scene.next;
        scene.play(SECOND);

        assertThat(recorder.numbers().get(0)).isEqualTo(next);
        assertThat(published().session()).isEqualTo("b");
        assertThat(published().firstFrame()).isEqualTo(next);
        first.channel.close();
        assertThat(published().end()).as("of the newest").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Relay-After: other 3",
                "X-Relay-After: f0 1000",
                "X-Relay-After: f0 999999999999999999",
                "X-Relay-After: f0 9999999999999999999999",
                "X-Relay-After: f0 -1",
                "X-Relay-After: f0",
                "X-Relay-After: ",
                "X-Relay-After: 3",
                "X-Relay-After: f0 3 4",
                "X-Relay-Session: ../../etc",
                "X-Relay-Session: ",
                "X-Relay-Session: a b",
            })
    void nothingThatARecorderSaysKeepsItFromRecording(String header) {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer recorder = scene.record(header + "\r\n");
        scene.play(SECOND);

        assertThat(recorder.numbers()).startsWith(0, 1, 2);
        Hearer.assertContiguous(recorder.numbers());
        assertThat(published().session()).isEmpty();
        assertThat(published().missedFrames()).isZero();
    }

    @Test
    void aSessionsNameHas64CharactersAtMost() {
        scene.begin();
        scene.play(SECOND);
        scene.recorder("20261123T100000.123Z_-" + "x".repeat(42));
        assertThat(published().session()).hasSize(64);
        scene.recorder("x".repeat(65));
        assertThat(published().session()).isEmpty();
    }

    @Test
    void aRecorderThatIsSlowForSomeSecondsLosesNothing() {
        scene.begin();
        scene.play(Duration.ofSeconds(40));
        Hearer recorder = scene.recorder("a");
        for (int i = 0; i < 4; i++) {
            recorder.stall(true);
            scene.play(Duration.ofSeconds(24));
            recorder.stall(false);
            scene.play(SECOND);
        }

        Hearer.assertContiguous(recorder.numbers());
        assertThat(recorder.last()).isEqualTo(scene.next - 1);
        assertThat(published().overruns()).isZero();
    }

    @Test
    void aRecorderWhoseNextFrameIsGoneIsClosedAtOnceAndNobodyWaitsForIt() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer listener = scene.listen(FeedScene.PLAIN);
        Hearer recorder = scene.recorder("a");
        recorder.stall(true);
        scene.play(HOLD.minus(SECOND));
        assertThat(recorder.channel.isOpen()).isTrue();
        scene.play(SECOND.multipliedBy(2));

        assertThat(recorder.channel.isOpen()).isFalse();
        assertThat(published().end()).contains(End.OVERRUN);
        assertThat(published().overruns()).isOne();
        Hearer.assertContiguous(recorder.numbers());
        Hearer.assertContiguous(listener.numbers());
        assertThat(listener.last()).isGreaterThan(scene.next - 20);
        assertThat(scene.continuity().moved()).isZero();
        assertThat(scene.continuity().lost().values()).containsOnly(0L);
        assertThat(scene.harness.refused(Refusal.SLOW)).isZero();
        assertThat(scene.traffic().connected()).containsEntry(Role.RECORDER, 0);

        long next = recorder.last() + 1L;
        Hearer again = scene.recorder("b", next);
        assertThat(published().missedFrames()).isEqualTo(again.numbers().get(0) - next);
        assertThat(published().end()).isEmpty();
        assertThat(published().overruns()).isOne();
    }

    @Test
    void aSourceFasterThanTheRingReachesClosesEvenARecorderThatHasNothingToDo() {
        scene.begin();
        scene.play(SECOND);
        Hearer recorder = scene.recorder("a");
        int before = recorder.last();
        // In one piece.
        scene.sendFrames(2000);

        assertThat(recorder.last()).isEqualTo(before);
        assertThat(published().end()).contains(End.OVERRUN);
    }

    @Test
    void titlesAreNothingToARecorder() {
        scene.begin();
        scene.play(SECOND);
        Hearer recorder = scene.record("Icy-MetaData: 1\r\n");
        Harness.send(scene.harness.source(), Exchanges.TITLE_UPDATE);
        scene.play(Duration.ofSeconds(3));

        assertThat(recorder.head()).doesNotContain("metaint");
        Hearer.assertContiguous(recorder.numbers());
    }

    @Test
    void theStandbyIsRecordedFrameByFrameAsItIsHeard() {
        scene.standby();
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer listener = scene.listen(FeedScene.PLAIN);
        Hearer recorder = scene.recorder("a");
        scene.pass(Duration.ofSeconds(8));
        scene.play(SECOND);

        List<Integer> heard = listener.numbers();
        List<Integer> recorded = recorder.numbers();
        assertThat(recorded).contains(FeedScene.STANDBY);
        int from = recorded.indexOf(heard.get(0));
        assertThat(recorded.subList(from, from + heard.size())).isEqualTo(heard);
    }

    @Test
    void allThatWasPlayedIsRecordedWhenTheStreamEndsHoweverBusyTheRecorderIs() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer recorder = scene.recorder("a");
        recorder.stall(true);
        scene.play(Duration.ofSeconds(20));
        scene.feed().stop();
        assertThat(published().end()).contains(End.FEED_ENDED);
        Harness.pass(recorder.channel, Duration.ofSeconds(20));
        recorder.stall(false);

        Hearer.assertContiguous(recorder.numbers());
        assertThat(recorder.last()).isEqualTo(scene.next - 1);
        assertThat(recorder.channel.isOpen()).isFalse();
        assertThat(published().end()).contains(End.FEED_ENDED);
        scene.assertEnded();
    }

    @Test
    void framesAreNumberedOnWhenTheStreamIsBack() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer first = scene.recorder("a");
        first.channel.close();
        long recorded = first.numbers().size();
        scene.play(SECOND);
        scene.feed().stop();
        long played = scene.next;
        scene.begin();
        Hearer second = scene.recorder("b", recorded);
        assertThat(published().session()).as("it has no frame yet").isEqualTo("a");
        scene.play(SECOND);

        assertThat(second.numbers().get(0)).isEqualTo((int) played);
        assertThat(published().session()).isEqualTo("b");
        assertThat(published().firstFrame()).isEqualTo(played);
        assertThat(published().missedFrames()).isEqualTo(played - recorded).isPositive();
    }

    @Test
    void saysWhenTheFirstFrameWasPlayed() {
        scene.begin();
        scene.play(Duration.ofSeconds(40));
        scene.recorder("a");
        assertPlayedAt(wall().minus(behind(published().firstFrame())));
        scene.recorder("b", scene.next - 100);
        assertPlayedAt(wall().minus(behind(scene.next - 100)));
        scene.recorder("c", scene.next);
        scene.play(SECOND);
        assertPlayedAt(wall().minus(SECOND));
    }

    @Test
    void aPauseOfTheSourceDoesNotMoveWhatWasPlayedBefore() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Instant paused = wall();
        long next = scene.next;
        scene.pass(Duration.ofSeconds(6));
        scene.recorder("a", next - 100);
        assertPlayedAt(paused.minus(Mp3.FRAME.multipliedBy(100)));
        scene.play(SECOND);
        scene.recorder("b", next - 100);
        assertPlayedAt(paused.minus(Mp3.FRAME.multipliedBy(100)));
        scene.recorder("c", next);
        assertPlayedAt(wall().minus(SECOND));
    }

    @Test
    void aSourceThatMakesUpForADelayIsTimedAsIfItHadNotBeenLate() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Instant paused = wall();
        long next = scene.next;
        scene.pass(Duration.ofSeconds(3));
        scene.sendFrames((int) (Duration.ofSeconds(3).toNanos() / Mp3.FRAME.toNanos()));
        scene.play(SECOND);
        scene.recorder("a", next - 100);
        assertPlayedAt(paused.minus(Mp3.FRAME.multipliedBy(100)));
        scene.recorder("b", next + 50);
        assertPlayedAt(paused.plus(Mp3.FRAME.multipliedBy(50)));
    }

    private void assertPlayedAt(Instant expected) {
        assertThat(published().playedAt()).isCloseTo(expected, within(60, ChronoUnit.MILLIS));
    }

    private Instant wall() {
        return scene.harness.clock.now();
    }

    private Duration behind(long frame) {
        return Mp3.FRAME.multipliedBy(scene.next - frame);
    }

    @Test
    void forARecorderAloneAFeedGoesOnWithoutIcecastEvenWhileItIsStartedAgain() {
        scene.begin();
        scene.play(SECOND);
        Hearer recorder = scene.recorder("a");
        scene.harness.lastIcecast().close();
        scene.icecastAvailable(false);
        scene.play(Duration.ofMinutes(2));
        recorder.channel.close();
        scene.play(SECOND);
        Hearer again = scene.recorder("b", recorder.last() + 1);
        scene.play(Duration.ofMinutes(2));

        assertThat(scene.feed().isOn()).isTrue();
        assertThat(again.numbers().get(0)).isEqualTo(recorder.last() + 1);
        again.channel.close();
        scene.play(Duration.ofSeconds(29));
        assertThat(scene.feed().isOn()).isTrue();
        for (int i = 0; i < 160 && scene.source.isOpen(); i++) {
            scene.play(FeedScene.STEP);
        }
        assertThat(scene.feed().isOn()).as("nobody reads it any more").isFalse();
        assertThat(scene.continuity().survivals().values()).containsOnly(0L);
        assertThat(scene.continuity().lost()).containsEntry(Loss.ICECAST_GONE, 0L);
    }

    private RecorderConnection published() {
        Optional<RecorderConnection> recorder = scene.traffic().recorder();
        return recorder.orElseThrow();
    }
}
