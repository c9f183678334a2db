package org.relaysupervisor.audio;

import static org.relaysupervisor.audio.Signal.RATE;

import java.util.Random;

/** Seeded synthesis of what a station plays. */
final class Programme {
    private Programme() {}

    /** Notes of three voices with overtones, decay and a little noise, never twice the same. Peaks near -6 dBFS. */
    static Signal.Source music(long seed) {
        Random random = new Random(seed);
        double[] pitch = new double[3];
        double[] age = new double[3];
        double[] phase = new double[3];
        double[] length = new double[3];
        return frame -> {
            double sum = 0.01 * random.nextGaussian();
            for (int voice = 0; voice < 3; voice++) {
                age[voice] += 1.0 / RATE;
                if (age[voice] >= length[voice]) {
                    age[voice] = 0;
                    length[voice] = 0.15 + 0.5 * random.nextDouble();
                    pitch[voice] = 110 * (voice + 1) * Math.pow(2, random.nextInt(12) / 12.0);
                }
                phase[voice] += 2 * Math.PI * pitch[voice] / RATE;
                double envelope = Math.min(1, age[voice] / 0.01) * Math.exp(-3 * age[voice]);
                sum += 0.15
                        * envelope
                        * (Math.sin(phase[voice])
                                + 0.5 * Math.sin(2 * phase[voice])
                                + 0.3 * Math.sin(5 * phase[voice]));
            }
            return sum;
        };
    }

    /** Syllables of a buzzing voice with pauses between words. Peaks near -6 dBFS. */
    static Signal.Source speech(long seed) {
        Random random = new Random(seed);
        double[] state = new double[5];
        return frame -> {
            state[0] -= 1.0 / RATE;
            if (state[0] <= 0) {
                state[0] = 0.08 + 0.2 * random.nextDouble();
                state[1] = random.nextInt(4) == 0 ? 0 : 0.1 + 0.3 * random.nextDouble();
                state[2] = 100 + 60 * random.nextDouble();
            }
            state[3] += 2 * Math.PI * state[2] / RATE;
            state[4] += 0.002 * (state[1] - state[4]);
            double voice = 0;
            for (int partial = 1; partial <= 12; partial++) {
                voice += Math.sin(partial * state[3]) / partial;
            }
            return state[4] * (0.6 * voice + 0.05 * random.nextGaussian()) + 0.0003 * random.nextGaussian();
        };
    }

    static Signal.Source scaled(Signal.Source source, double decibels) {
        double gain = Signal.amplitude(decibels);
        return frame -> gain * source.at(frame);
    }

    /** The same samples to both channels, each asked for once. */
    static Signal.Source[] panned(Signal.Source source, double left, double right) {
        double[] sample = new double[1];
        return new Signal.Source[] {
            frame -> {
                sample[0] = source.at(frame);
                return left * sample[0];
            },
            frame -> right * sample[0]
        };
    }

    static Signal.Source sum(Signal.Source one, Signal.Source other) {
        return frame -> one.at(frame) + other.at(frame);
    }
}
