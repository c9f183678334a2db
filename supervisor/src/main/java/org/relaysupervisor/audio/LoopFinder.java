package org.relaysupervisor.audio;

import java.util.Arrays;

/**
 * Whether the audio is the same that was heard up to a minute ago, again and again. Envelopes of 50 Hz say where to look, every
 * two seconds; the waveform of 8 kHz, its treble raised, decides. A lossy encoder in between changes a waveform little and its
 * alignment not at all, musicians who repeat themselves change both.
 */
final class LoopFinder {
    /** Seconds. */
    static final int LONGEST = 60;

    static final int SHORTEST_STEPS = 25;

    private static final int STEP_FRAMES = 960;
    private static final int STEPS_PER_SECOND = LoudnessMeter.SAMPLE_RATE / STEP_FRAMES;
    private static final int BLOCKS_PER_SEARCH = 20;
    private static final int CANDIDATES = 3;

    private static final int WAVE_PER_STEP = STEP_FRAMES / Decimator.FACTOR;
    private static final int WAVE_PER_BLOCK = BlockAnalyzer.BLOCK_FRAMES / Decimator.FACTOR;
    private static final int WAVE_PROBE = 2 * WAVE_PER_BLOCK;
    private static final int REACH = WAVE_PER_STEP * 5 / 8;

    /** Of 1; below it the envelope is not worth a look at the waveform. */
    private static final double LIKE = 0.8;

    /** Share of a block's power that the earlier audio explains. */
    private static final double SAME = 0.88;

    /** Mean square of the waveform below which there is nothing to compare. */
    private static final double QUIET = 1e-9;

    /** The left channel's weight in the sum of both: with equal ones antiphase would be silence. */
    private static final float UNEQUAL = 0.6f;

    private static final int MISSES = 3;

    /** Blocks: a probe of the envelope and the time between two searches. */
    private static final int LOOK_BACK = 45;

    private final Decimator decimator = new Decimator();
    private final History wave = new History((LONGEST + 2) * WAVE_PER_BLOCK * 10);
    private final Envelope level = new Envelope(LONGEST * STEPS_PER_SECOND, QUIET);
    private final Envelope treble = new Envelope(LONGEST * STEPS_PER_SECOND, QUIET);
    private final double[] likeness = new double[LONGEST * STEPS_PER_SECOND];
    private final float[] mixed = new float[BlockAnalyzer.BLOCK_FRAMES];
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
        mix(left, right);
        envelopes();
        decimator.add(mixed, wave);
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
        level.clear();
        treble.clear();
        forget();
    }

    private void forget() {
        lag = 0;
        repeated = 0;
        misses = 0;
    }

    private void mix(float[] left, float[] right) {
        float[] target = mixed;
        for (int i = 0; i < target.length; i++) {
            target[i] = UNEQUAL * left[i] + (1 - UNEQUAL) * right[i];
        }
    }

    private void envelopes() {
        float[] samples = mixed;
        float beforeLast = this.beforeLast;
        float last = this.last;
        for (int start = 0; start < samples.length; start += STEP_FRAMES) {
            float power = 0;
            float trebles = 0;
            for (int i = start; i < start + STEP_FRAMES; i++) {
                float sample = samples[i];
                float bent = sample - 2 * last + beforeLast;
                power += sample * sample;
                trebles += bent * bent;
                beforeLast = last;
                last = sample;
            }
            level.add(power / STEP_FRAMES);
            treble.add(trebles / STEP_FRAMES);
        }
        this.beforeLast = beforeLast;
        this.last = last;
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
        int size = level.size();
        if (size < 2 * Envelope.PROBE_STEPS) {
            return;
        }
        wave.copy(WAVE_PROBE, probe, WAVE_PROBE);
        double most = compare(size - Envelope.PROBE_STEPS);
        if (most == 0 || power(probe, WAVE_PROBE) < QUIET) {
            return;
        }
        for (int i = 0; i < CANDIDATES; i++) {
            int steps = likeliest(size - Envelope.PROBE_STEPS);
            if (likeness[steps] < LIKE * most) {
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

    /** Fills in how like each lag is. @return what perfect likeness would be: 0 when there is nothing to compare */
    private double compare(int longest) {
        boolean levels = level.takeProbe();
        boolean trebles = treble.takeProbe();
        double most = (levels ? 1 : 0) + (trebles ? 1 : 0);
        if (most == 0) {
            return 0;
        }
        double hopeless = LIKE * most - 1;
        for (int steps = SHORTEST_STEPS; steps <= longest; steps++) {
            double like = levels ? level.likeness(steps) : 0;
            if (trebles && (!levels || like >= hopeless)) {
                like += treble.likeness(steps);
            }
            likeness[steps] = like;
        }
        return most;
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
        double squares = WAVE_PROBE * power(around, WAVE_PROBE);
        for (int shift = 0; shift <= 2 * REACH; shift++) {
            double correlation =
                    squares > 0 ? InnerProduct.of(probe, around, shift, WAVE_PROBE) / Math.sqrt(squares) : 0;
            if (correlation > bestCorrelation) {
                bestCorrelation = correlation;
                best = shift;
            }
            squares += around[shift + WAVE_PROBE] * around[shift + WAVE_PROBE] - around[shift] * around[shift];
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
