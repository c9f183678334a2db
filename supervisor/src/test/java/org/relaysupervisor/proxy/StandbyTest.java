package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.frames.Frame;

class StandbyTest {
    private final List<Integer> played = new ArrayList<>();

    @Test
    void playsInRealTimeAndOverAndOver() {
        Standby standby = Standby.of("audio/mpeg", Mp3.frames(0, 10));
        standby.start(1_000);
        play(standby, 999);
        assertThat(played).isEmpty();
        play(standby, 1_000);
        assertThat(played).containsExactly(0);
        play(standby, 1_000 + Mp3.FRAME.toNanos() - 1);
        assertThat(played).containsExactly(0);
        play(standby, 1_000 + Mp3.FRAME.multipliedBy(11).toNanos());
        assertThat(played).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1);
    }

    @Test
    void startsFromTheBeginningEachTime() {
        Standby standby = Standby.of("audio/mpeg", Mp3.frames(0, 10));
        standby.start(0);
        play(standby, Duration.ofMillis(100).toNanos());
        played.clear();
        standby.start(Duration.ofHours(1).toNanos());
        play(standby, Duration.ofHours(1).toNanos());

        assertThat(played).containsExactly(0);
    }

    @Test
    void doesNotMakeUpForALongPauseOfOurOwn() {
        Standby standby = Standby.of("audio/mpeg", Mp3.frames(0, 10));
        standby.start(0);
        play(standby, Duration.ofHours(1).toNanos());

        assertThat(played).hasSizeBetween(380, 390);
    }

    @Test
    void keepsTimeOverAWrapOfTheClock() {
        Standby standby = Standby.of("audio/mpeg", Mp3.frames(0, 10));
        standby.start(Long.MAX_VALUE);
        play(standby, Long.MAX_VALUE + Mp3.FRAME.toNanos());

        assertThat(played).containsExactly(0, 1);
    }

    @Test
    void hasNothingToPlayWhenItIsNotInTheFormat() {
        assertThat(Standby.none().isEmpty()).isTrue();
        assertThat(Standby.of("audio/mpeg", new byte[100_000]).isEmpty()).isTrue();
        assertThat(Standby.of("audio/aac", Mp3.frames(0, 10)).isEmpty()).isTrue();
        assertThat(Standby.of("video/unknown", Mp3.frames(0, 10)).isEmpty()).isTrue();
        play(Standby.none(), Long.MAX_VALUE);
        assertThat(played).isEmpty();
    }

    private void play(Standby standby, long nanos) {
        standby.play(
                nanos,
                (Frame frame) -> played.add(ByteBuffer.wrap(frame.bytes()).getInt(4)));
    }
}
