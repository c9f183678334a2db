package org.relaysupervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.loop.ManualLoop;

class MountRatesTest {
    private final ManualLoop loop = new ManualLoop();
    private final MountRates rates = new MountRates(loop);

    @Test
    void theRateIsThatOfTheLastSecondsAndFallsToZeroWhenNothingComes() {
        long bytes = 1_000_000;
        for (int second = 0; second < 10; second++) {
            rates.sample(Map.of("/live", bytes));
            bytes += 16_000;
            loop.advance(Duration.ofSeconds(1));
        }
        assertThat(rates.bytesPerSecond("/live")).isEqualTo(16_000);
        for (int second = 0; second < 10; second++) {
            rates.sample(Map.of("/live", bytes));
            loop.advance(Duration.ofSeconds(1));
        }
        assertThat(rates.bytesPerSecond("/live")).isZero();
    }

    @Test
    void aJumpingWallClockChangesNothing() {
        rates.sample(Map.of("/live", 0L));
        loop.jumpWallClock(Duration.ofDays(-400));
        loop.advance(Duration.ofSeconds(1));
        rates.sample(Map.of("/live", 16_000L));
        assertThat(rates.bytesPerSecond("/live")).isEqualTo(16_000);
    }

    @Test
    void aMountThatIsGoneHasNoRateAndOneThatComesBackStartsAnew() {
        rates.sample(Map.of("/live", 0L));
        loop.advance(Duration.ofSeconds(1));
        rates.sample(Map.of());
        assertThat(rates.bytesPerSecond("/live")).isZero();
        loop.advance(Duration.ofSeconds(1));
        rates.sample(Map.of("/live", 5L));
        assertThat(rates.bytesPerSecond("/live")).isZero();
    }
}
