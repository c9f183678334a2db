package org.relaysupervisor.audio;

/**
 * How little the sound changes: the cosine between the power spectrum of a block and those of 100 ms and of 1 s before. Lines that
 * stay where they are give 1; noise, whose bins fluctuate, about a half; anything that is played or spoken, less than a steady tone.
 * Two distances, because a vibrato may have gone full circle after one of them.
 */
final class Steadiness {
    /** Decibels within which a level stays the same. */
    static final double SAME_LEVEL = 0.5;

    /** Cosine from which a spectrum stays the same. */
    static final double SAME_SPECTRUM = 0.998;

    private static final int POINTS = 4096;
    private static final int BINS = POINTS / 2;
    private static final int BLOCKS = 11;

    /** Bins, of 11.7 Hz, that DC leaks into. */
    private static final int FIRST_BIN = 2;

    private static final double NO_POWER = 1e-12;

    private final FourierTransform transform = new FourierTransform(POINTS);
    private final double[] window = new double[POINTS];
    private final double[] real = new double[POINTS];
    private final double[] imaginary = new double[POINTS];
    private final float[][] lefts = new float[BLOCKS][POINTS];
    private final float[][] rights = new float[BLOCKS][POINTS];
    private final float[][] spectra = new float[BLOCKS][BINS];
    private final boolean[] known = new boolean[BLOCKS];
    private final double[] norms = new double[BLOCKS];
    private final double[] powers = new double[BLOCKS];
    private long blocks;
    private double similarity;
    private double levelChange;

    Steadiness() {
        for (int i = 0; i < POINTS; i++) {
            window[i] = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / POINTS);
        }
    }

    /** @param power of both channels, without DC */
    void add(float[] left, float[] right, double power) {
        int now = (int) (blocks % BLOCKS);
        System.arraycopy(left, 0, lefts[now], 0, POINTS);
        System.arraycopy(right, 0, rights[now], 0, POINTS);
        known[now] = false;
        powers[now] = power;
        blocks++;
        if (blocks < BLOCKS) {
            return;
        }
        int before = (now + BLOCKS - 1) % BLOCKS;
        int secondBefore = (now + 1) % BLOCKS;
        levelChange = Math.max(decibels(now, before), decibels(now, secondBefore));
        similarity = levelChange <= SAME_LEVEL ? similarity(now, before, secondBefore) : 0;
    }

    /** A transform is costly: that of a second before is taken when the answer depends on it. */
    private double similarity(int now, int before, int secondBefore) {
        double toBefore = cosine(now, before);
        return toBefore < SAME_SPECTRUM ? toBefore : Math.min(toBefore, cosine(now, secondBefore));
    }

    /** 0 when it isn't known, or is of no interest because the level isn't the same. */
    double similarity() {
        return similarity;
    }

    /** dB, 0 or more. */
    double levelChange() {
        return levelChange;
    }

    void clear() {
        blocks = 0;
        similarity = 0;
        levelChange = 0;
    }

    /** Both channels by one transform, left as the real part and right as the imaginary: antiphase doesn't cancel. */
    private void takeSpectrum(int index) {
        if (known[index]) {
            return;
        }
        known[index] = true;
        float[] left = lefts[index];
        float[] right = rights[index];
        for (int i = 0; i < POINTS; i++) {
            real[i] = window[i] * left[i];
            imaginary[i] = window[i] * right[i];
        }
        transform.forward(real, imaginary);
        float[] spectrum = spectra[index];
        double squares = 0;
        for (int bin = FIRST_BIN; bin < BINS; bin++) {
            double power = power(bin) + power(POINTS - bin);
            spectrum[bin] = (float) power;
            squares += power * power;
        }
        norms[index] = Math.sqrt(squares);
    }

    private double power(int bin) {
        return real[bin] * real[bin] + imaginary[bin] * imaginary[bin];
    }

    private double cosine(int one, int other) {
        takeSpectrum(one);
        takeSpectrum(other);
        double product = 0;
        for (int bin = FIRST_BIN; bin < BINS; bin++) {
            product += spectra[one][bin] * spectra[other][bin];
        }
        double scale = norms[one] * norms[other];
        return scale > 0 ? product / scale : 0;
    }

    private double decibels(int one, int other) {
        return Math.abs(10 * Math.log10((powers[one] + NO_POWER) / (powers[other] + NO_POWER)));
    }
}
