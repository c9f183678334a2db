package org.relaysupervisor.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.relaysupervisor.audio.Signal.stereo;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The test signals of EBU Tech 3342, with its tolerance. Cases 5 and 6 are recordings of real programmes and can't be generated. */
class Tech3342Test {
    @BeforeAll
    static void load() throws MeteringUnavailableException {
        Ebur128.load(Ebur128.LIBRARY);
    }

    @Test
    @DisplayName("case 1: 10 LU")
    void tenUnits() {
        range(1, stereo().tone(20, -20).tone(20, -30), 10);
    }

    @Test
    @DisplayName("case 2: 5 LU")
    void fiveUnits() {
        range(2, stereo().tone(20, -20).tone(20, -15), 5);
    }

    @Test
    @DisplayName("case 3: 20 LU")
    void twentyUnits() {
        range(3, stereo().tone(20, -40).tone(20, -20), 20);
    }

    @Test
    @DisplayName("case 4: 15 LU, what is below the relative gate left out")
    void gated() {
        range(
                4,
                stereo().tone(20, -50).tone(20, -35).tone(20, -20).tone(20, -35).tone(20, -50),
                15);
    }

    private static void range(int number, Signal signal, double expected) {
        try (LoudnessMeter meter = new LoudnessMeter(2, LoudnessMeter.PROGRAMME_FRAMES)) {
            meter.add(signal.samples(), 0, signal.frames());
            System.out.printf("Tech 3342 case %d: LRA %.3f%n", number, meter.range());
            assertThat(meter.range()).isCloseTo(expected, within(1.0));
        }
    }
}
