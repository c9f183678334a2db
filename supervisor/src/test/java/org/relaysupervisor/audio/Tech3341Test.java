package org.relaysupervisor.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.relaysupervisor.audio.Signal.RATE;
import static org.relaysupervisor.audio.Signal.sine;
import static org.relaysupervisor.audio.Signal.stereo;

import java.util.function.DoubleConsumer;
import java.util.function.ToDoubleFunction;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The test signals of EBU Tech 3341, table 1, with its tolerances. Cases 7 and 8 are recordings of real programmes, which only the
 * EBU's own files can be: they can't be generated.
 */
class Tech3341Test {
    private static final Offset<Double> TOLERANCE = within(0.1);
    private static final int MILLISECOND = RATE / 1000;

    @BeforeAll
    static void load() throws MeteringUnavailableException {
        Ebur128.load(Ebur128.LIBRARY);
    }

    @ParameterizedTest(name = "case {0}: a tone at {1} dBFS: M, S and I are the same")
    @CsvSource({"1, -23", "2, -33"})
    void steadyTone(int number, double level) {
        try (LoudnessMeter meter = heard(stereo().tone(20, level))) {
            report(number, "M", meter.momentary());
            report(number, "S", meter.shortTerm());
            report(number, "I", meter.integrated());
            assertThat(meter.momentary()).isCloseTo(level, TOLERANCE);
            assertThat(meter.shortTerm()).isCloseTo(level, TOLERANCE);
            assertThat(meter.integrated()).isCloseTo(level, TOLERANCE);
        }
    }

    @Test
    @DisplayName("case 3: the relative gate leaves out what is 13 LU lower")
    void relativeGate() {
        integrated(3, stereo().tone(10, -36).tone(60, -23).tone(10, -36));
    }

    @Test
    @DisplayName("case 4: the absolute gate leaves out what is below -70 LUFS")
    void absoluteGate() {
        integrated(
                4,
                stereo().tone(10, -72).tone(10, -36).tone(60, -23).tone(10, -36).tone(10, -72));
    }

    @Test
    @DisplayName("case 5: what the gate lets pass is averaged as power")
    void averaged() {
        integrated(5, stereo().tone(20, -26).tone(20.1, -20).tone(20, -26));
    }

    @Test
    @DisplayName("case 6: five channels are weighted and summed")
    void fiveChannels() {
        integrated(
                6,
                new Signal(5)
                        .add(20, sine(1000, -28), sine(1000, -28), sine(1000, -24), sine(1000, -30), sine(1000, -30)));
    }

    @Test
    @DisplayName("case 9: S is constant after 3 s although the level changes within its window")
    void shortTermIsConstant() {
        Signal signal = stereo();
        for (int i = 0; i < 5; i++) {
            signal.tone(1.34, -20).tone(1.66, -30);
        }
        Extremes shortTerm = constant(signal, 100, LoudnessMeter::shortTerm, 3);
        report(9, "S", shortTerm);
    }

    @Test
    @DisplayName("case 10: the greatest S finds a tone of 3 s wherever it begins")
    void greatestShortTerm() {
        Extremes greatest = new Extremes();
        for (int i = 0; i < 20; i++) {
            Signal segment = stereo().silence(0.15 * i).tone(3, -23).silence(1);
            greatest.accept(greatest(segment, 10, LoudnessMeter::shortTerm));
        }
        report(10, "max S", greatest);
        greatest.within(-23, TOLERANCE);
    }

    @Test
    @DisplayName("case 11: the greatest S follows tones of 3 s in one stream")
    void greatestShortTermLive() {
        live(11, 0.15, 3, 100, LoudnessMeter::shortTerm);
    }

    @Test
    @DisplayName("case 12: M is constant after 1 s although the level changes within its window")
    void momentaryIsConstant() {
        Signal signal = stereo();
        for (int i = 0; i < 25; i++) {
            signal.tone(0.18, -20).tone(0.22, -30);
        }
        Extremes momentary = constant(signal, 1, LoudnessMeter::momentary, 1);
        report(12, "M", momentary);
    }

    @Test
    @DisplayName("case 13: the greatest M finds a tone of 400 ms wherever it begins")
    void greatestMomentary() {
        Extremes greatest = new Extremes();
        for (int i = 0; i < 20; i++) {
            Signal segment = stereo().silence(0.02 * i).tone(0.4, -23).silence(1);
            greatest.accept(greatest(segment, 10, LoudnessMeter::momentary));
        }
        report(13, "max M", greatest);
        greatest.within(-23, TOLERANCE);
    }

    @Test
    @DisplayName("case 14: the greatest M follows tones of 400 ms in one stream")
    void greatestMomentaryLive() {
        live(14, 0.02, 0.4, 10, LoudnessMeter::momentary);
    }

    @ParameterizedTest(name = "case {0}: the true peak of fs/{1} at {2} FFS and {3} degrees")
    @CsvSource({
        "15, 4, 0.50, 0, -6",
        "16, 4, 0.50, 45, -6",
        "17, 6, 0.50, 60, -6",
        "18, 8, 0.50, 67.5, -6",
        "19, 4, 1.41, 45, 3"
    })
    void truePeakBetweenSamples(int number, int divisor, double amplitude, double degrees, double expected) {
        double phase = Math.toRadians(degrees);
        int frames = RATE;
        truePeak(
                number,
                stereo().all(
                                1,
                                frame -> TruePeakBurst.taper(frame, frames, RATE / 100)
                                        * amplitude
                                        * Math.sin(2 * Math.PI * frame / divisor + phase)),
                expected);
    }

    @ParameterizedTest(name = "case {0}: the true peak of one period of fs/4 in fs/6, {1} samples off at 4 fs")
    @CsvSource({"20, 0", "21, 1", "22, 2", "23, 3"})
    void truePeakOfOnePeriod(int number, int offset) {
        truePeak(number, stereo().all(0.2, TruePeakBurst.decimated(offset)), 0);
    }

    private static void integrated(int number, Signal signal) {
        try (LoudnessMeter meter = heard(signal)) {
            report(number, "I", meter.integrated());
            assertThat(meter.integrated()).isCloseTo(-23, TOLERANCE);
        }
    }

    private static void truePeak(int number, Signal signal, double expected) {
        try (LoudnessMeter meter = heard(signal)) {
            report(number, "dBTP", meter.truePeak());
            assertThat(meter.truePeak()).isBetween(expected - 0.4, expected + 0.2);
        }
    }

    /** Tones at -38 to -19 dBFS, each in a period twice its length that begins with ever more silence. */
    private static void live(
            int number, double delay, double seconds, int step, ToDoubleFunction<LoudnessMeter> value) {
        Extremes error = new Extremes();
        try (LoudnessMeter meter = new LoudnessMeter(2, LoudnessMeter.PROGRAMME_FRAMES)) {
            for (int i = 0; i < 20; i++) {
                Signal tone = stereo().silence(delay * i).tone(seconds, -38 + i).silence(seconds - delay * i);
                Extremes values = new Extremes();
                hear(meter, tone, step, () -> values.accept(value.applyAsDouble(meter)));
                error.accept(values.greatest - (-38 + i));
            }
        }
        report(number, "max - expected", error);
        error.within(0, TOLERANCE);
    }

    private static Extremes constant(Signal signal, int step, ToDoubleFunction<LoudnessMeter> value, int afterSeconds) {
        Extremes values = new Extremes();
        try (LoudnessMeter meter = new LoudnessMeter(2, LoudnessMeter.PROGRAMME_FRAMES)) {
            hear(meter, signal, step, () -> {
                if (meter.frames() >= (long) afterSeconds * RATE) {
                    values.accept(value.applyAsDouble(meter));
                }
            });
        }
        values.within(-23, TOLERANCE);
        return values;
    }

    private static double greatest(Signal signal, int step, ToDoubleFunction<LoudnessMeter> value) {
        Extremes values = new Extremes();
        try (LoudnessMeter meter = new LoudnessMeter(2, LoudnessMeter.PROGRAMME_FRAMES)) {
            hear(meter, signal, step, () -> values.accept(value.applyAsDouble(meter)));
        }
        return values.greatest;
    }

    private static LoudnessMeter heard(Signal signal) {
        LoudnessMeter meter = new LoudnessMeter(signal.channels(), LoudnessMeter.PROGRAMME_FRAMES);
        meter.add(signal.samples(), 0, signal.frames());
        return meter;
    }

    /** @param step milliseconds between two queries */
    private static void hear(LoudnessMeter meter, Signal signal, int step, Runnable query) {
        float[] samples = signal.samples();
        int frames = step * MILLISECOND;
        for (int frame = 0; frame < signal.frames(); frame += frames) {
            meter.add(samples, frame * signal.channels(), Math.min(frames, signal.frames() - frame));
            query.run();
        }
    }

    private static void report(int number, String what, double value) {
        System.out.printf("Tech 3341 case %d: %s %.3f%n", number, what, value);
    }

    private static void report(int number, String what, Extremes values) {
        System.out.printf("Tech 3341 case %d: %s %.3f to %.3f%n", number, what, values.least, values.greatest);
    }

    /** Of the values that are known. */
    private static final class Extremes implements DoubleConsumer {
        private double least = Double.POSITIVE_INFINITY;
        private double greatest = Double.NEGATIVE_INFINITY;

        @Override
        public void accept(double value) {
            if (!Double.isNaN(value)) {
                least = Math.min(least, value);
                greatest = Math.max(greatest, value);
            }
        }

        void within(double expected, Offset<Double> tolerance) {
            assertThat(least).isCloseTo(expected, tolerance);
            assertThat(greatest).isCloseTo(expected, tolerance);
        }
    }
}
