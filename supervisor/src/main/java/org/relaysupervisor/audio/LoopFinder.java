package org.relaysupervisor.audio;

import java.util.Arrays;

/**
 * Whether the audio is the same that was heard up to a minute ago, again and again. Envelopes of 50 Hz say where to look, once a
 * second; the waveform of 8 kHz, its treble raised, decides. A lossy encoder in between changes a waveform little and its
 * alignment not at all, musicians who repeat themselves change both.
 */
final class LoopFinder {
    /** Seconds. */
    static final int LONGEST = 60;

    static final int SHORTEST_STEPS = 25;

    private static final int STEP_FRAMES = 960;
    private static final int STEPS_PER_SECOND = LoudnessMeter.SAMPLE_RATE / STEP_FRAMES;
    private static final int PROBE_STEPS = 120;
    private static final int BLOCKS_PER_SEARCH = 10;
    private static final int CANDIDATES = 3;

    private static final int WAVE_PER_STEP = STEP_FRAMES / Decimator.FACTOR;
    private static final int WAVE_PER_BLOCK = BlockAnalyzer.BLOCK_FRAMES / Decimator.FACTOR;
    private static final int WAVE_PROBE = 2 * WAVE_PER_BLOCK;
    private static final int REACH = WAVE_PER_STEP * 5 / 8;

    /** Of 1; below it the envelope is not worth a look at the waveform. */
    private static final double LIKE = 0.8;

    /** Share of a block's power that the earlier audio explains. */
    private static final double SAME = 0.97;

    /** Variance of the envelope in squares of nepers of power: a sound without shape has no place to be found by. */
    private static final double SHAPELESS = 0.05;

    /** Mean square of the waveform below which there is nothing to compare. */
    private static final double QUIET = 1e-9;

    private static final int MISSES = 3;

    /** Blocks: a probe of the envelope and the time between two searches. */
    private static final int LOOK_BACK = 35;

    private final Decimator decimator = new Decimator();
    private final History wave = new History((LONGEST + 2) * WAVE_PER_BLOCK * 10);
    private final History envelope = new History(LONGEST * STEPS_PER_SECOND);
    private final History treble = new History(LONGEST * STEPS_PER_SECOND);
    private final float[] past = new float[LONGEST * STEPS_PER_SECOND];
    private final double[] likeness = new double[LONGEST * STEPS_PER_SECOND];
    private final float[] probe = new float[WAVE_PROBE];
    private final float[] around = new float[WAVE_PROBE + 2 * REACH + 4];
    private float beforeLast;
    private float last;
    private int blocks;
    private int lag;
    private int repeated;
    private int misses;

    /** @return how many blocks, this one included, repeat what was heard before */
    int add(float[] left, float[] right) {
        envelopes(left, right);
        decimator.add(left, right, wave);
        blocks++;
        if (lag > 0) {
            follow();
        } else if (blocks % BLOCKS_PER_SEARCH == 0) {
            search();
        }
        return repeated;
    }

    void clear() {
        wave.clear();
        envelope.clear();
        treble.clear();
        forget();
    }

    private void forget() {
        lag = 0;
        repeated = 0;
        misses = 0;
    }

    private void envelopes(float[] left, float[] right) {
        for (int start = 0; start < left.length; start += STEP_FRAMES) {
            double power = 0;
            double trebles = 0;
            for (int i = start; i < start + STEP_FRAMES; i++) {
                float mixed = Decimator.mix(left[i], right[i]);
                float bent = mixed - 2 * last + beforeLast;
                power += mixed * mixed;
                trebles += bent * bent;
                beforeLast = last;
                last = mixed;
            }
            envelope.add((float) Math.log(power / STEP_FRAMES + QUIET));
            treble.add((float) Math.log(trebles / STEP_FRAMES + QUIET));
        }
    }

    private void follow() {
        if (same(0)) {
            misses = 0;
            repeated++;
        } else if (++misses >= MISSES) {
            forget();
        }
    }

    /** Whether the block that ended so many blocks ago repeats what was heard a lag earlier, or is too quiet to tell. */
    private boolean same(int blocksAgo) {
        int ago = blocksAgo * WAVE_PER_BLOCK;
        wave.copy(ago + WAVE_PER_BLOCK, probe, WAVE_PER_BLOCK);
        return power(probe, WAVE_PER_BLOCK) < QUIET || explained(lag + ago, WAVE_PER_BLOCK) >= SAME;
    }

    /** Since when the lag fits. */
    private int repeatedSoFar() {
        int most = Math.min(LOOK_BACK, (wave.size() - lag - 1) / WAVE_PER_BLOCK - 1);
        int found = 0;
        while (found < most && same(found)) {
            found++;
        }
        return found;
    }

    private void search() {
        int size = envelope.size();
        if (size < 2 * PROBE_STEPS) {
            return;
        }
        Arrays.fill(likeness, 0, size, 0);
        int shapes = compare(envelope, size) + compare(treble, size);
        wave.copy(WAVE_PROBE, probe, WAVE_PROBE);
        if (shapes == 0 || power(probe, WAVE_PROBE) < QUIET) {
            return;
        }
        for (int i = 0; i < CANDIDATES; i++) {
            int steps = likeliest(size - PROBE_STEPS);
            if (likeness[steps] < LIKE * shapes) {
                return;
            }
            int found = align(steps * WAVE_PER_STEP);
            if (found > 0) {
                lag = found;
                repeated = repeatedSoFar();
                return;
            }
            Arrays.fill(likeness, Math.max(0, steps - 2), steps + 3, 0);
        }
    }

    /** Adds the correlation of the last steps with those of each lag; how many were added: 0 if they have no shape, else 1. */
    private int compare(History history, int size) {
        history.copy(size, past, size);
        int start = size - PROBE_STEPS;
        double mean = 0;
        for (int i = start; i < size; i++) {
            mean += past[i];
        }
        mean /= PROBE_STEPS;
        double variance = 0;
        for (int i = start; i < size; i++) {
            variance += (past[i] - mean) * (past[i] - mean);
        }
        if (variance < SHAPELESS * PROBE_STEPS) {
            return 0;
        }
        for (int steps = SHORTEST_STEPS; steps <= start; steps++) {
            likeness[steps] += correlation(start, steps, mean, variance);
        }
        return 1;
    }

    private double correlation(int start, int steps, double mean, double variance) {
        float sum = 0;
        float squares = 0;
        float products = 0;
        for (int i = start; i < start + PROBE_STEPS; i++) {
            float then = past[i - steps];
            sum += then;
            squares += then * then;
            products += then * past[i];
        }
        double varianceThen = squares - (double) sum * sum / PROBE_STEPS;
        double scale = Math.sqrt(variance * Math.max(0, varianceThen));
        return scale > 1e-3 ? (products - mean * sum) / scale : 0;
    }

    private int likeliest(int largest) {
        int best = SHORTEST_STEPS;
        for (int steps = SHORTEST_STEPS; steps <= largest; steps++) {
            if (likeness[steps] > likeness[best]) {
                best = steps;
            }
        }
        return best;
    }

    /** The lag near this one at which the waveform is the same, 0 for none. The probe must be in place. */
    private int align(int near) {
        if (near + WAVE_PROBE + REACH + 2 > wave.size()) {
            return 0;
        }
        int length = WAVE_PROBE + 2 * REACH;
        wave.copy(near + WAVE_PROBE + REACH, around, length);
        int best = 0;
        double bestCorrelation = 0;
        for (int shift = 0; shift <= 2 * REACH; shift++) {
            double products = 0;
            double squares = 0;
            for (int i = 0; i < WAVE_PROBE; i++) {
                products += probe[i] * around[i + shift];
                squares += around[i + shift] * around[i + shift];
            }
            double correlation = squares > 0 ? products / Math.sqrt(squares) : 0;
            if (correlation > bestCorrelation) {
                bestCorrelation = correlation;
                best = shift;
            }
        }
        int found = near + REACH - best;
        return explained(found, WAVE_PROBE) >= SAME ? found : 0;
    }

    /**
     * Share of the probe's power that the three samples around it, so long before, explain in a least-squares sense: a loop need not be a
     * whole number of samples long.
     */
    private double explained(int at, int length) {
        wave.copy(at + length + 1, around, length + 2);
        double[][] products = new double[3][4];
        double power = 0;
        for (int i = 0; i < length; i++) {
            double sample = probe[i];
            power += sample * sample;
            for (int row = 0; row < 3; row++) {
                for (int column = row; column < 3; column++) {
                    products[row][column] += around[i + row] * around[i + column];
                }
                products[row][3] += around[i + row] * sample;
            }
        }
        return power > 0 ? LeastSquares.explained(products) / power : 0;
    }

    private static double power(float[] samples, int length) {
        double squares = 0;
        for (int i = 0; i < length; i++) {
            squares += samples[i] * samples[i];
        }
        return squares / length;
    }
}
