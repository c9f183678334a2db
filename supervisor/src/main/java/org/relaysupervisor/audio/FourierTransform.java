package org.relaysupervisor.audio;

/** A fast Fourier transform in place, radix 2, its tables made once. */
final class FourierTransform {
    private final int points;
    private final double[] cosines;
    private final double[] sines;

    /** @param points a power of two */
    FourierTransform(int points) {
        this.points = points;
        cosines = new double[points / 2];
        sines = new double[points / 2];
        for (int i = 0; i < points / 2; i++) {
            cosines[i] = Math.cos(2 * Math.PI * i / points);
            sines[i] = -Math.sin(2 * Math.PI * i / points);
        }
    }

    void forward(double[] real, double[] imaginary) {
        reorder(real, imaginary);
        for (int half = 1; half < points; half *= 2) {
            int stride = points / (2 * half);
            for (int start = 0; start < points; start += 2 * half) {
                for (int i = 0; i < half; i++) {
                    int upper = start + i;
                    int lower = upper + half;
                    double cosine = cosines[i * stride];
                    double sine = sines[i * stride];
                    double turnedReal = real[lower] * cosine - imaginary[lower] * sine;
                    double turnedImaginary = real[lower] * sine + imaginary[lower] * cosine;
                    real[lower] = real[upper] - turnedReal;
                    imaginary[lower] = imaginary[upper] - turnedImaginary;
                    real[upper] += turnedReal;
                    imaginary[upper] += turnedImaginary;
                }
            }
        }
    }

    private void reorder(double[] real, double[] imaginary) {
        int shift = Integer.numberOfLeadingZeros(points) + 1;
        for (int i = 0; i < points; i++) {
            int reversed = Integer.reverse(i) >>> shift;
            if (reversed > i) {
                swap(real, i, reversed);
                swap(imaginary, i, reversed);
            }
        }
    }

    private static void swap(double[] values, int one, int other) {
        double value = values[one];
        values[one] = values[other];
        values[other] = value;
    }
}
