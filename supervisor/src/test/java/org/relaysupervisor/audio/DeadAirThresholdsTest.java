package org.relaysupervisor.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeadAirThresholdsTest {
    @Test
    void musicHoldsEveryCause() {
        assertThat(DeadAirThresholds.MUSIC.holds()).containsOnlyKeys(DeadAirCause.values());
    }

    @Test
    void oneHoldTimeCanBeAnother() {
        DeadAirThresholds changed = DeadAirThresholds.MUSIC.hold(DeadAirCause.DC, Duration.ofSeconds(1));
        assertThat(changed.holds().get(DeadAirCause.DC)).isEqualTo(Duration.ofSeconds(1));
        assertThat(changed.hold(DeadAirCause.DC, Duration.ofSeconds(10))).isEqualTo(DeadAirThresholds.MUSIC);
    }

    @Test
    void whatIsOutOfRangeIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DeadAirThresholds.MUSIC.hold(DeadAirCause.DC, Duration.ofSeconds(-1)))
                .withMessage("the hold time of dc must be 0 to 24 h, but is PT-1S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DeadAirThresholds(Map.of(), -90, -60, Double.NaN, 40, -0.85, 0.05, -16, 10, 22))
                .withMessage("audible must be -80.0 to -20.0, but is NaN");
    }
}
