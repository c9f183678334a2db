package org.relaysupervisor.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;
import static org.relaysupervisor.audio.Signal.RATE;
import static org.relaysupervisor.audio.Signal.stereo;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoudnessMeterTest {
    private LoudnessMeter meter;

    @BeforeEach
    void open() throws MeteringUnavailableException {
        meter = LoudnessMeter.open(2);
    }

    @AfterEach
    void close() {
        meter.close();
    }

    @Test
    void digitalSilenceIsMinusInfinity() {
        hear(stereo().silence(4));
        Loudness reading = meter.reading();
        assertThat(reading.momentary()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(reading.shortTerm()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(reading.integrated()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(reading.truePeak()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(reading.range()).isZero();
    }

    @Test
    void silenceAfterProgrammeIsMinusInfinityAsSoonAsTheWindowHoldsNothingElse() {
        hear(stereo().tone(5, -20));
        hear(stereo().silence(0.8));
        assertThat(meter.momentary()).isEqualTo(Double.NEGATIVE_INFINITY);
    }

    @Test
    void nothingIsKnownBeforeItsWindowIsFull() {
        hear(stereo().tone(0.39, -20));
        assertThat(meter.reading().momentary()).isNaN();
        assertThat(meter.reading().integrated()).isNaN();
        hear(stereo().tone(0.01, -20));
        assertThat(meter.momentary()).isCloseTo(-20, within(0.1));
        assertThat(meter.shortTerm()).isNaN();
        assertThat(meter.range()).isNaN();
    }

    @Test
    void aDiscontinuityEmptiesTheWindowsAndNotTheProgramme() {
        hear(stereo().tone(5, -20));
        meter.discontinuity();
        assertThat(meter.momentary()).isNaN();
        assertThat(meter.shortTerm()).isNaN();
        assertThat(meter.integrated()).isCloseTo(-20, within(0.1));
        hear(stereo().tone(3, -30));
        assertThat(meter.momentary()).isCloseTo(-30, within(0.1));
        assertThat(meter.shortTerm()).isCloseTo(-30, within(0.1));
    }

    @Test
    void aNewProgrammeForgetsTheOldOneAndLeavesTheWindowsAlone() {
        hear(stereo().tone(5, -10));
        meter.startProgramme();
        assertThat(meter.integrated()).isNaN();
        assertThat(meter.shortTerm()).isCloseTo(-10, within(0.1));
        for (int i = 0; i < 100; i++) {
            hear(stereo().tone(0.1, -30));
            assertThat(meter.shortTerm()).isNotNaN();
        }
        assertThat(meter.integrated()).isCloseTo(-30, within(0.1));
        assertThat(meter.shortTerm()).isCloseTo(-30, within(0.1));
        assertThat(meter.truePeak()).isCloseTo(-30, within(0.1));
        assertThat(meter.reading().programmeFrames()).isEqualTo(10L * RATE);
        assertThat(meter.reading().frames()).isEqualTo(15L * RATE);
    }

    @Test
    void twoNewProgrammesWithinThreeSecondsLeaveTheWindowsAlone() {
        hear(stereo().tone(5, -10));
        meter.startProgramme();
        hear(stereo().tone(1, -10));
        meter.startProgramme();
        hear(stereo().tone(1, -10));
        assertThat(meter.shortTerm()).isCloseTo(-10, within(0.1));
        assertThat(meter.reading().programmeFrames()).isEqualTo(RATE);
    }

    @Test
    void aProgrammeEndsByItselfWhenItGetsTooLong() {
        try (LoudnessMeter limited = new LoudnessMeter(2, 10L * RATE)) {
            float[] tenth = stereo().tone(0.1, -20).samples();
            for (int i = 0; i < 250; i++) {
                limited.add(tenth, 0, RATE / 10);
            }
            assertThat(limited.reading().programmeFrames()).isEqualTo(5L * RATE);
            assertThat(limited.reading().frames()).isEqualTo(25L * RATE);
            assertThat(limited.integrated()).isCloseTo(-20, within(0.1));
        }
    }

    @Test
    void whatIsNoNumberIsCountedAndForgotten() {
        float[] samples = stereo().tone(5, -20).samples();
        samples[1000] = Float.NaN;
        samples[2000] = Float.POSITIVE_INFINITY;
        meter.add(samples, 0, samples.length / 2);
        assertThat(meter.notFinite()).isEqualTo(2);
        assertThat(meter.momentary()).isCloseTo(-20, within(0.1));
    }

    @Test
    void howTheAudioIsCutMakesNoDifference() throws MeteringUnavailableException {
        float[] samples = stereo().tone(4, -20).silence(1).tone(3, -31).samples();
        meter.add(samples, 0, samples.length / 2);
        try (LoudnessMeter cut = LoudnessMeter.open(2)) {
            int frame = 0;
            for (int size = 1; frame < samples.length / 2; size = size % 7000 + 613) {
                int now = Math.min(size, samples.length / 2 - frame);
                cut.add(samples, frame * 2, now);
                frame += now;
            }
            assertThat(cut.reading()).isEqualTo(meter.reading());
        }
    }

    @Test
    void oneChannelIsOneLoudspeaker() throws MeteringUnavailableException {
        try (LoudnessMeter mono = LoudnessMeter.open(1)) {
            Signal signal = new Signal(1).tone(1, -20);
            mono.add(signal.samples(), 0, signal.frames());
            assertThat(mono.momentary()).isCloseTo(-23, within(0.1));
        }
    }

    @Test
    void aClosedMeterSaysSo() {
        meter.close();
        meter.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> hear(stereo().silence(1)))
                .withMessageContaining("closed");
    }

    @Test
    void channelsAreOneOrTwo() {
        assertThatIllegalArgumentException().isThrownBy(() -> LoudnessMeter.open(3));
    }

    @Test
    void aMissingLibraryIsOneClearMessage() {
        assertThatExceptionOfType(MeteringUnavailableException.class)
                .isThrownBy(() -> Ebur128.load("libebur128-absent.so.1"))
                .withMessageContaining("metering is off, all else runs")
                .withMessageContaining("libebur128-absent.so.1 can't be loaded")
                .withMessageContaining("apt install libebur128-1");
    }

    @Test
    void aDifferentLibraryIsOneClearMessage() {
        assertThatExceptionOfType(MeteringUnavailableException.class)
                .isThrownBy(() -> Ebur128.load("libc.so.6"))
                .withMessageContaining("libc.so.6 is not libebur128");
    }

    private void hear(Signal signal) {
        meter.add(signal.samples(), 0, signal.frames());
    }
}
