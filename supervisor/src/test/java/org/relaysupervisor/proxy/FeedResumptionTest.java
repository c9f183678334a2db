package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;

/** A feed that goes on for an earlier daemon, until its source comes or does not. */
@SuppressWarnings("FutureReturnValueIgnored") // of a close
class FeedResumptionTest {
    private final FeedScene scene = new FeedScene();

    /** Nobody has come over. */
    private void resume() {
        scene.feed().resume();
        scene.feed().resumed();
    }

    @Test
    void whoComesBeforeTheSourceWaitsAndHearsItFromItsFirstFrameOn() {
        resume();
        Hearer early = scene.listen(FeedScene.PLAIN);
        scene.pass(Duration.ofSeconds(1));
        assertThat(early.head()).startsWith("HTTP/1.0 200 ");
        assertThat(early.audio()).isEmpty();

        scene.begin();
        scene.play(Duration.ofSeconds(3));
        assertThat(early.numbers()).startsWith(0);
        Hearer.assertContiguous(early.numbers());
        assertThat(scene.feed().isOn()).isTrue();
        assertThat(scene.errors()).isZero();
    }

    @Test
    void theStandbyPlaysWhenTheSourceIsStillAwayAfterTwoSeconds() {
        resume();
        scene.standby();
        Hearer waiting = scene.listen(FeedScene.PLAIN);
        scene.pass(Duration.ofMillis(1_900));
        assertThat(waiting.audio()).isEmpty();
        scene.pass(Duration.ofSeconds(1));
        assertThat(waiting.numbers()).startsWith(FeedScene.STANDBY);
    }

    @Test
    void withoutSourceAndStandbyItEndsAfterHalfAMinuteAndTheListenersAreCounted() {
        resume();
        Hearer waiting = scene.listen(FeedScene.PLAIN);
        scene.pass(Duration.ofSeconds(29));
        assertThat(waiting.channel.isOpen()).isTrue();
        scene.pass(Duration.ofSeconds(2));
        assertThat(waiting.channel.isOpen()).isFalse();
        assertThat(scene.continuity().lost()).containsEntry(Loss.SOURCE_GONE, 1L);
        scene.assertEnded();
    }

    @Test
    void afterItsSourceHasComeALaterAbsenceIsAsShortAsAnyOther() {
        resume();
        Hearer listener = scene.listen(FeedScene.PLAIN);
        scene.begin();
        scene.play(Duration.ofSeconds(3));
        scene.source.close();
        scene.pass(Duration.ofSeconds(9));
        assertThat(listener.channel.isOpen()).isTrue();
        scene.pass(Duration.ofSeconds(2));
        assertThat(listener.channel.isOpen()).isFalse();
    }
}
