package org.relaysupervisor.audio;

/** From 48 kHz in blocks to a waveform of 8 kHz for comparison: low-passed at 2.5 kHz, its treble raised by 6 dB an octave. */
final class Decimator {
    static final int FACTOR = 6;

    private static final int TAPS = 48;
    private static final double CUTOFF = 2500.0 / LoudnessMeter.SAMPLE_RATE;

    private final float[] filter = new float[TAPS];
    private final float[] input = new float[TAPS + BlockAnalyzer.BLOCK_FRAMES];
    private float before;

    Decimator() {
        for (int i = 0; i < TAPS; i++) {
            double x = 2 * Math.PI * CUTOFF * (i - (TAPS - 1) / 2.0);
            double hann = 0.5 - 0.5 * Math.cos(2 * Math.PI * (i + 0.5) / TAPS);
            filter[i] = (float) (2 * CUTOFF * Math.sin(x) / x * hann);
        }
    }

    /** Unequal, so that antiphase is not silence. */
    static float mix(float left, float right) {
        return 0.6f * left + 0.4f * right;
    }

    void add(float[] left, float[] right, History output) {
        System.arraycopy(input, left.length, input, 0, TAPS);
        for (int i = 0; i < left.length; i++) {
            input[TAPS + i] = mix(left[i], right[i]);
        }
        for (int at = FACTOR; at <= left.length; at += FACTOR) {
            float sum = 0;
            for (int tap = 0; tap < TAPS; tap++) {
                sum += filter[tap] * input[at + tap];
            }
            output.add(sum - 0.95f * before);
            before = sum;
        }
    }
}
