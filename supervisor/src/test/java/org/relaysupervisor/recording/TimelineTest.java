package org.relaysupervisor.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimelineTest {
    private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");

    private final Timeline timeline = new Timeline(START);
    private Duration now = Duration.ZERO;
    private Duration audio = Duration.ZERO;

    /** A minute in real time, but for so much that the mount did not play in its first moments. */
    private boolean minute(Duration silent, Duration drift) {
        now = now.plus(silent);
        for (int i = 0; i < 60; i++) {
            now = now.plusSeconds(1).plus(drift.dividedBy(60));
            audio = audio.plusSeconds(1);
            timeline.observe(now, audio);
        }
        return timeline.close();
    }

    private Duration error() {
        return Duration.between(START.plus(now), timeline.at(audio));
    }

    @Test
    void aMountThatPlayedNothingMovesAllThatComesAfter() {
        assertThat(minute(Duration.ZERO, Duration.ZERO)).isFalse();
        assertThat(minute(Duration.ofSeconds(5), Duration.ZERO)).isTrue();
        assertThat(error()).isZero();
        assertThat(minute(Duration.ZERO, Duration.ZERO)).isFalse();
        assertThat(error()).isZero();
    }

    @Test
    void driftOfADayIsMadeUpForSilently() {
        for (int i = 0; i < 24 * 60; i++) {
            assertThat(minute(Duration.ZERO, Duration.ofMillis(-6))).isFalse();
        }
        assertThat(error().abs()).isLessThan(Duration.ofMillis(200));
    }

    @Test
    void aSessionThatBeginsInThePastAndCatchesUpIsAsOldAsTheProxySaid() {
        audio = Duration.ofSeconds(-25);
        timeline.begin(START.minusSeconds(25));
        timeline.observe(now, Duration.ofSeconds(1));
        assertThat(timeline.close()).isFalse();
        // Files that come and go between two looks.
        assertThat(timeline.close()).isFalse();
        assertThat(timeline.close()).isFalse();
        timeline.observe(now.plusSeconds(1), Duration.ofSeconds(26));
        assertThat(timeline.close()).isFalse();
        assertThat(timeline.at(Duration.ofSeconds(26))).isEqualTo(START.plusSeconds(1));
    }

    @Test
    void aRecorderThatWasHeldUpAndCatchesUpWithinAFileIsNoSilence() {
        minute(Duration.ZERO, Duration.ZERO);
        for (int i = 0; i < 10; i++) {
            now = now.plusSeconds(1);
            timeline.observe(now, audio);
        }
        audio = audio.plusSeconds(10);
        assertThat(minute(Duration.ZERO, Duration.ZERO)).isFalse();
        assertThat(error()).isZero();
    }
}
