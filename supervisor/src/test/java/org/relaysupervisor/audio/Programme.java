package org.relaysupervisor.audio;

import static org.relaysupervisor.audio.Signal.RATE;

import java.util.SplittableRandom;

/** Seeded synthesis of what a station plays. */
public final class Programme {
    /** Evenly distributed, with an RMS of 0.01. */
    private static final double NOISE = 0.01 * Math.sqrt(3);

    private Programme() {}

    /** Notes of three voices with overtones, decay and a little noise, never twice the same. Peaks near -6 dBFS. */
    public static Signal.Source music(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Voice[] voices = {new Voice(), new Voice(), new Voice()};
        return frame -> {
            double sum = NOISE * (2 * random.nextDouble() - 1);
            for (int i = 0; i < voices.length; i++) {
                Voice voice = voices[i];
                if (voice.framesLeft <= 0) {
                    voice.framesLeft = (int) (RATE * (0.15 + 0.5 * random.nextDouble()));
                    voice.pitch(110 * (i + 1) * Math.pow(2, random.nextInt(12) / 12.0));
                    voice.attack = 0;
                    voice.decay = 1;
                }
                sum += voice.note();
            }
            return sum;
        };
    }

    /** Syllables of a buzzing voice with pauses between words. Peaks near -6 dBFS. */
    static Signal.Source speech(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Voice voice = new Voice();
        return frame -> {
            if (voice.framesLeft <= 0) {
                voice.framesLeft = (int) (RATE * (0.08 + 0.2 * random.nextDouble()));
                voice.loudness = random.nextInt(4) == 0 ? 0 : 0.1 + 0.3 * random.nextDouble();
                voice.pitch(100 + 60 * random.nextDouble());
            }
            double hiss = NOISE * (2 * random.nextDouble() - 1);
            return voice.buzz(5 * hiss) + 0.03 * hiss;
        };
    }

    /** A sine as a vector that turns, which is quicker than sines of angles; its overtones follow from it. */
    private static final class Voice {
        private static final double DECAY = Math.exp(-3.0 / RATE);

        int framesLeft;
        double attack;
        double decay;
        double loudness;
        private double loudnessNow;
        private double cosine = 1;
        private double sine;
        private double turnCosine;
        private double turnSine;

        /** The phase goes on. */
        void pitch(double hertz) {
            turnCosine = Math.cos(2 * Math.PI * hertz / RATE);
            turnSine = Math.sin(2 * Math.PI * hertz / RATE);
            double length = Math.hypot(cosine, sine);
            cosine /= length;
            sine /= length;
        }

        double note() {
            turn();
            attack = Math.min(1, attack + 100.0 / RATE);
            decay *= DECAY;
            double square = sine * sine;
            double fifth = sine * (5 - square * (20 - 16 * square));
            return 0.15 * attack * decay * (sine + sine * cosine + 0.3 * fifth);
        }

        double buzz(double hiss) {
            turn();
            loudnessNow += 0.002 * (loudness - loudnessNow);
            double before = 0;
            double partial = sine;
            double sum = sine;
            for (int number = 2; number <= 12; number++) {
                double next = 2 * cosine * partial - before;
                before = partial;
                partial = next;
                sum += partial / number;
            }
            return loudnessNow * (0.6 * sum + hiss);
        }

        private void turn() {
            framesLeft--;
            double turned = cosine * turnCosine - sine * turnSine;
            sine = cosine * turnSine + sine * turnCosine;
            cosine = turned;
        }
    }

    public static Signal.Source scaled(Signal.Source source, double decibels) {
        double gain = Signal.amplitude(decibels);
        return frame -> gain * source.at(frame);
    }

    /** The same samples to both channels, each asked for once. */
    public static Signal.Source[] panned(Signal.Source source, double left, double right) {
        double[] sample = new double[1];
        return new Signal.Source[] {
            frame -> {
                sample[0] = source.at(frame);
                return left * sample[0];
            },
            frame -> right * sample[0]
        };
    }

    public static Signal.Source sum(Signal.Source one, Signal.Source other) {
        return frame -> one.at(frame) + other.at(frame);
    }
}
