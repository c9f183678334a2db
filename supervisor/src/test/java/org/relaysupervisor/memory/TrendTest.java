package org.relaysupervisor.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TrendTest {
    private static final Duration WINDOW = Duration.ofMinutes(10);
    private static final Duration LEAST = Duration.ofMinutes(1);
    private static final long BASE = 3L << 30;

    private final Trend trend = new Trend(WINDOW);

    private Trend.Line line() {
        return trend.line(WINDOW, LEAST).orElseThrow();
    }

    private void sample(int seconds, long value) {
        trend.add(seconds * 1_000_000_000L, value);
    }

    @Test
    void aLineIsFoundExactly() {
        for (int i = 0; i <= 30; i++) {
            sample(i * 10, BASE + i * 20_000L);
        }
        assertThat(line().slope()).isCloseTo(2000, within(1e-6));
        assertThat(line().fit()).isCloseTo(1, within(1e-9));
        assertThat(line().secondsTo(BASE + 2_000_000, BASE).orElseThrow()).isCloseTo(1000, within(1e-3));
    }

    @Test
    void noiseAboutALevelIsNoSteadyGrowth() {
        Random random = new Random(7);
        for (int i = 0; i <= 60; i++) {
            sample(i * 10, BASE + random.nextInt(4 << 20));
        }
        assertThat(line().fit()).isLessThan(0.3);
    }

    @Test
    void aLevelIsNoGrowth() {
        for (int i = 0; i <= 60; i++) {
            sample(i * 10, BASE);
        }
        assertThat(line().slope()).isZero();
        assertThat(line().fit()).isZero();
        assertThat(line().secondsTo(BASE + 1, BASE)).isEmpty();
    }

    @Test
    void whatShrinksOrIsMoreThanADayAwayIsNotForeseen() {
        assertThat(new Trend.Line(-5, 1).secondsTo(100, 50)).isEmpty();
        assertThat(new Trend.Line(1, 1).secondsTo(86_400, 0)).isEmpty();
        assertThat(new Trend.Line(1, 1).secondsTo(86_399, 0)).hasValue(86_399);
        assertThat(new Trend.Line(1, 1).secondsTo(50, 60)).hasValue(0);
    }

    @Test
    void tooShortATimeSaysNothing() {
        assertThat(trend.line(WINDOW, LEAST)).isEmpty();
        for (int i = 0; i < 6; i++) {
            sample(i * 10, i);
        }
        assertThat(trend.line(WINDOW, LEAST)).isEmpty();
        sample(60, 6);
        assertThat(trend.line(WINDOW, LEAST)).isPresent();
    }

    @Test
    void onlyTheNewestAreLookedAtAndTheOldestForgotten() {
        for (int i = 0; i <= 600; i += 10) {
            sample(i, BASE + (i < 480 ? 0 : (i - 480L) * 1000));
        }
        assertThat(trend.line(Duration.ofMinutes(2), LEAST).orElseThrow().slope())
                .isCloseTo(1000, within(1e-6));
        assertThat(line().slope()).isLessThan(500);
        for (int i = 610; i <= 1210; i += 10) {
            sample(i, BASE);
        }
        assertThat(line().slope()).isZero();
    }
}
