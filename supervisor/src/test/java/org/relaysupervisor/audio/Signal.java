package org.relaysupervisor.audio;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Test signals, built piece by piece: 48 kHz, interleaved. */
public final class Signal {
    public static final int RATE = LoudnessMeter.SAMPLE_RATE;

    /** One period. */
    private static final double[] KILOHERTZ = IntStream.range(0, RATE / 1000)
            .mapToDouble(frame -> Math.sin(2 * Math.PI * 1000 * frame / RATE))
            .toArray();

    private final int channels;
    private float[] samples = new float[1 << 16];
    private int length;

    Signal(int channels) {
        this.channels = channels;
    }

    public static Signal stereo() {
        return new Signal(2);
    }

    /** What a source sounds like at a time. */
    @FunctionalInterface
    public interface Source {
        /** @param frame counted from the beginning of the piece */
        double at(int frame);
    }

    public static double amplitude(double dbfs) {
        return Math.pow(10, dbfs / 20);
    }

    public static Source sine(double hertz, double dbfs) {
        double amplitude = amplitude(dbfs);
        return frame -> amplitude * Math.sin(2 * Math.PI * hertz * frame / RATE);
    }

    /** White, evenly distributed. */
    public static Source noise(long seed, double peakDbfs) {
        SplittableRandom random = new SplittableRandom(seed);
        double amplitude = amplitude(peakDbfs);
        return frame -> amplitude * (2 * random.nextDouble() - 1);
    }

    /** Each channel its own. */
    public Signal add(double seconds, Source... sources) {
        int frames = (int) Math.round(seconds * RATE);
        reserve(frames);
        for (int frame = 0; frame < frames; frame++) {
            for (int channel = 0; channel < channels; channel++) {
                samples[length++] = (float) sources[channel].at(frame);
            }
        }
        return this;
    }

    /** In phase in every channel. */
    public Signal all(double seconds, Source source) {
        int frames = (int) Math.round(seconds * RATE);
        reserve(frames);
        for (int frame = 0; frame < frames; frame++) {
            float sample = (float) source.at(frame);
            Arrays.fill(samples, length, length + channels, sample);
            length += channels;
        }
        return this;
    }

    /** 1 kHz in every channel, as the documents of the EBU want it. */
    Signal tone(double seconds, double dbfs) {
        double amplitude = amplitude(dbfs);
        return all(seconds, frame -> amplitude * KILOHERTZ[frame % KILOHERTZ.length]);
    }

    public Signal silence(double seconds) {
        return all(seconds, frame -> 0);
    }

    int channels() {
        return channels;
    }

    int frames() {
        return length / channels;
    }

    public float[] samples() {
        return Arrays.copyOf(samples, length);
    }

    private void reserve(int frames) {
        if (samples.length < length + frames * channels) {
            samples = Arrays.copyOf(samples, Math.max(2 * samples.length, length + frames * channels));
        }
    }
}
