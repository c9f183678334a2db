package org.relaysupervisor.audio;

/** How loud a sound, or a part of its spectrum, was in steps of 20 ms over the last minute, and when it went as it goes now. */
final class Envelope {
    /** The latest steps, which are looked for in those before. */
    static final int PROBE_STEPS = 120;

    /** Variance in squares of nepers of power: a sound without shape has no place to be found by. */
    private static final double SHAPELESS = 0.05;

    private final float floor;
    private final History history;
    private final float[] past;
    private final double[] sums;
    private final double[] squares;
    private final float[] probe = new float[PROBE_STEPS];
    private double variance;

    /** @param floor power that nothing falls below, so that the noise of silence is no shape */
    Envelope(int steps, double floor) {
        this.floor = (float) floor;
        history = new History(steps);
        past = new float[steps];
        sums = new double[steps + 1];
        squares = new double[steps + 1];
    }

    void add(float power) {
        history.add((float) Math.log(power + floor));
    }

    int size() {
        return history.size();
    }

    void clear() {
        history.clear();
    }

    /** Takes the latest steps as the probe. @return whether they have any shape */
    boolean takeProbe() {
        int size = history.size();
        history.copy(size, past, size);
        for (int i = 0; i < size; i++) {
            sums[i + 1] = sums[i] + past[i];
            squares[i + 1] = squares[i] + past[i] * past[i];
        }
        int start = size - PROBE_STEPS;
        float mean = (float) ((sums[size] - sums[start]) / PROBE_STEPS);
        variance = 0;
        for (int i = 0; i < PROBE_STEPS; i++) {
            probe[i] = past[start + i] - mean;
            variance += probe[i] * probe[i];
        }
        return variance >= SHAPELESS * PROBE_STEPS;
    }

    /** Correlation of the probe, which must have a shape, with what was so many steps before it: -1 to 1. */
    double likeness(int steps) {
        int then = history.size() - PROBE_STEPS - steps;
        double sum = sums[then + PROBE_STEPS] - sums[then];
        double varianceThen = squares[then + PROBE_STEPS] - squares[then] - sum * sum / PROBE_STEPS;
        double scale = Math.sqrt(variance * Math.max(0, varianceThen));
        return scale > 1e-3 ? InnerProduct.of(probe, past, then, PROBE_STEPS) / scale : 0;
    }
}
