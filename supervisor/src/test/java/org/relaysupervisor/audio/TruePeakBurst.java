package org.relaysupervisor.audio;

import java.util.stream.IntStream;

/**
 * Cases 20 to 23 of Tech 3341: fs/6 at half of full scale with a single period of fs/4 at full scale in it, phase-continuous,
 * synthesized at 4 fs, low-passed and decimated.
 */
final class TruePeakBurst {
    private static final int OVERSAMPLING = 4;
    private static final int FRAMES = Signal.RATE / 5;
    private static final int BURST = FRAMES / 2 / 6 * 6 * OVERSAMPLING;
    private static final int BURST_PERIOD = 4 * OVERSAMPLING;
    private static final int CARRIER_PERIOD = 6 * OVERSAMPLING;
    private static final int FILTER_HALF = 256;

    /** Silence before and after, as the filter reaches. */
    private static final int MARGIN = FILTER_HALF + OVERSAMPLING;

    private static final double[] OVERSAMPLED = IntStream.range(-MARGIN, FRAMES * OVERSAMPLING + MARGIN)
            .mapToDouble(TruePeakBurst::oversampled)
            .toArray();

    private TruePeakBurst() {}

    static Signal.Source decimated(int offset) {
        double[] filter = lowPass();
        return frame -> {
            double sum = 0;
            for (int i = -FILTER_HALF; i <= FILTER_HALF; i++) {
                sum += filter[i + FILTER_HALF] * OVERSAMPLED[MARGIN + frame * OVERSAMPLING + offset - i];
            }
            return sum;
        };
    }

    /** 1 but for a fade at either end. */
    static double taper(int at, int length, int fade) {
        return Math.max(0, Math.min(1, Math.min(at, length - at) / (double) fade));
    }

    private static double oversampled(int at) {
        double fade = taper(at, FRAMES * OVERSAMPLING, Signal.RATE / 100 * OVERSAMPLING);
        if (at >= BURST && at < BURST + BURST_PERIOD) {
            return fade * Math.sin(2 * Math.PI * (at - BURST) / BURST_PERIOD);
        }
        int carrier = at < BURST ? at : at - BURST - BURST_PERIOD;
        return fade * 0.5 * Math.sin(2 * Math.PI * carrier / CARRIER_PERIOD);
    }

    /** A sinc that ends at half of fs, in a Blackman window. */
    private static double[] lowPass() {
        double[] filter = new double[2 * FILTER_HALF + 1];
        double sum = 0;
        for (int i = 0; i < filter.length; i++) {
            double x = (i - FILTER_HALF) / (double) OVERSAMPLING;
            double sinc = x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
            double turn = 2 * Math.PI * i / (filter.length - 1);
            filter[i] = sinc * (0.42 - 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn));
            sum += filter[i];
        }
        for (int i = 0; i < filter.length; i++) {
            filter[i] /= sum;
        }
        return filter;
    }
}
