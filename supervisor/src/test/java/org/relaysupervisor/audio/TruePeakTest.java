package org.relaysupervisor.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.relaysupervisor.audio.Programme.music;
import static org.relaysupervisor.audio.Programme.scaled;
import static org.relaysupervisor.audio.Signal.noise;
import static org.relaysupervisor.audio.Signal.sine;
import static org.relaysupervisor.audio.Signal.stereo;

import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is left out makes no difference: after each block the peak is, to the last bit, that of a state that oversampled everything. */
class TruePeakTest {
    @BeforeAll
    static void load() throws MeteringUnavailableException {
        Ebur128.load(Ebur128.LIBRARY);
    }

    @Test
    void musicThatGoesOn() {
        sameAsOversampled(stereo().add(20, music(1), music(2)));
    }

    @Test
    void clippedMusic() {
        Signal.Source hot = scaled(music(3), 20);
        sameAsOversampled(stereo().all(10, frame -> Math.max(-1, Math.min(1, hot.at(frame)))));
    }

    @Test
    void noiseThatGrows() {
        Signal signal = stereo();
        for (int level = -60; level <= 0; level += 3) {
            signal.add(0.2, noise(level, level), noise(level + 100, level));
        }
        sameAsOversampled(signal);
    }

    @Test
    void tonesUpToHalfTheRateThatGrow() {
        for (double hertz = 20; hertz < 24_000; hertz *= 1.31) {
            Signal.Source tone = sine(hertz, 0);
            double rate = Signal.RATE;
            sameAsOversampled(stereo().all(0.5, frame -> (0.5 + frame / rate) * tone.at(frame)));
        }
    }

    /** The signs of the interpolator's coefficients, in which the curve rises highest between samples that are no larger than 1. */
    @Test
    void theWorstSamples() {
        Random random = new Random(4);
        sameAsOversampled(stereo().add(
                        5, frame -> random.nextBoolean() ? 1 : -1, frame -> 0.9 + 0.1 * Math.signum(frame % 12 - 5.5)));
    }

    @Test
    void aProgrammeThatBeginsAnewForgetsWhatWasBefore() {
        try (TruePeak peak = new TruePeak(2)) {
            float[] loud = stereo().tone(1, -3).samples();
            peak.add(loud, 0, loud.length / 2);
            peak.reset();
            float[] quiet = stereo().tone(1, -30).samples();
            peak.add(quiet, 0, quiet.length / 2);
            assertThat(20 * Math.log10(peak.peak())).isBetween(-30.1, -29.8);
        }
    }

    private static void sameAsOversampled(Signal signal) {
        float[] samples = signal.samples();
        try (TruePeak peak = new TruePeak(2);
                Ebur128 everything = Ebur128.truePeak(2)) {
            double expected = 0;
            int frames = 1;
            for (int frame = 0; frame < signal.frames(); frame += frames) {
                frames = Math.min(frame % 4799 + 1, signal.frames() - frame);
                peak.add(samples, 2 * frame, frames);
                everything.add(samples, 2 * frame, frames);
                expected = Math.max(expected, everything.latestTruePeak());
                assertThat(peak.peak()).isEqualTo(expected);
            }
        }
    }
}
