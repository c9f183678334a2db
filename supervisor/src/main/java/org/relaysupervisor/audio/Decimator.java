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

    void add(float[] block, History output) {
        System.arraycopy(input, block.length, input, 0, TAPS);
        System.arraycopy(block, 0, input, TAPS, block.length);
        for (int at = FACTOR; at <= block.length; at += FACTOR) {
            float sum = filtered(at);
            output.add(sum - 0.95f * before);
            before = sum;
        }
    }

    /** The filter is symmetric. */
    private float filtered(int at) {
        float[] weights = filter;
        float[] samples = input;
        float early = 0;
        float late = 0;
        for (int tap = 0; tap < TAPS / 2; tap += 2) {
            early += weights[tap] * (samples[at + tap] + samples[at + TAPS - 1 - tap]);
            late += weights[tap + 1] * (samples[at + tap + 1] + samples[at + TAPS - 2 - tap]);
        }
        return early + late;
    }
}
