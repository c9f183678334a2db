package org.relaysupervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.programs.IcecastStats;

class IcecastWatchTest {
    private static final IcecastStats STATS = new IcecastStats("Icecast 2.4.4", Optional.empty(), 1, List.of());

    private final ManualLoop loop = new ManualLoop();
    private final IcecastWatch watch = new IcecastWatch(loop);

    @Test
    void nothingIsKnownBeforeTheFirstAnswer() {
        assertThat(watch.current()).isEmpty();
        assertThat(watch.answersPromptly()).isFalse();
    }

    @Test
    void anAnswerIsPromptForThreeSecondsAndCurrentForTen() {
        watch.remember(STATS);
        loop.advance(Duration.ofSeconds(3));
        assertThat(watch.answersPromptly()).isTrue();
        loop.advance(Duration.ofMillis(1));
        assertThat(watch.answersPromptly()).isFalse();
        loop.advance(Duration.ofMillis(6_999));
        assertThat(watch.current()).contains(STATS);
        loop.advance(Duration.ofMillis(1));
        assertThat(watch.current()).isEmpty();
    }

    @Test
    void aWallClockThatJumpsAgesNothing() {
        watch.remember(STATS);
        loop.jumpWallClock(Duration.ofDays(365));
        assertThat(watch.current()).contains(STATS);
    }

    @Test
    void whatADeadIcecastSaidIsForgotten() {
        watch.remember(STATS);
        watch.forget();
        assertThat(watch.current()).isEmpty();
    }
}
