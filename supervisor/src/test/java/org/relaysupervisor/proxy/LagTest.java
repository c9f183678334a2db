package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LagTest {
    private static final long SECOND = 1_000_000_000L;

    private long now = 5 * SECOND;

    @Test
    void growsWhileNothingHasEverCome() {
        assertThat(Lag.from(now).at(now + 3 * SECOND)).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void aBurstIsNoLeadThatCouldBeLost() {
        Lag lag = stream(Lag.streamingFrom(now).heard(4 * SECOND, now), 60, 1);

        assertThat(lag.at(now)).isLessThan(Duration.ofMillis(20));
        assertThat(lag.ahead(now)).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void aPauseShowsAndGoesWhenItIsMadeUpFor() {
        Lag lag = stream(Lag.streamingFrom(now), 60, 1);
        now += 3 * SECOND;
        assertThat(lag.at(now)).isBetween(Duration.ofMillis(2_980), Duration.ofMillis(3_020));

        assertThat(lag.heard(3 * SECOND, now).at(now)).isLessThan(Duration.ofMillis(20));
    }

    @Test
    void aNetworkThatIsTooSlowShows() {
        Lag lag = stream(Lag.streamingFrom(now), 100, 0.9);

        assertThat(lag.at(now)).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(11));
    }

    @Test
    void aClockThatRunsAnotherSpeedDoesNot() {
        Lag lag = stream(Lag.streamingFrom(now), 86_400, 1 - 100e-6);

        assertThat(lag.at(now)).isLessThan(Duration.ofMillis(20));
    }

    @Test
    void afterTheStreamItIsTheTimeSinceTheLastAudio() {
        Lag lag = stream(Lag.streamingFrom(now), 10, 1).ended();

        assertThat(lag.at(now + 7 * SECOND)).isEqualTo(Duration.ofSeconds(7));
    }

    /** Each second so much audio. */
    private Lag stream(Lag lag, int seconds, double audio) {
        Lag after = lag;
        for (int i = 0; i < seconds; i++) {
            now += SECOND;
            after = after.heard((long) (audio * SECOND), now);
        }
        return after;
    }
}
