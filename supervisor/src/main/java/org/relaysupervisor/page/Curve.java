package org.relaysupervisor.page;

import java.util.Arrays;

/**
 * One figure over the last hours: of each step the lowest and the highest of all looks, in a ring that never grows. Steps are numbered from
 * the daemon's start; of one in which nobody looked, or nothing was known, both are NaN. Of one thread.
 */
final class Curve {
    private final float[] low;
    private final float[] high;
    private long step = -1;

    /** @param steps how many are kept */
    Curve(int steps) {
        low = new float[steps];
        high = new float[steps];
    }

    /** One look in this step, which is the newest one or later; NaN and steps before it are passed over. */
    void look(long inStep, double value) {
        advance(inStep);
        if (inStep < step || Double.isNaN(value)) {
            return;
        }
        int at = index(step);
        float known = (float) value;
        low[at] = Float.isNaN(low[at]) ? known : Math.min(low[at], known);
        high[at] = Float.isNaN(high[at]) ? known : Math.max(high[at], known);
    }

    private void advance(long to) {
        // A daemon that stood still for longer than is kept knows of nothing.
        for (long next = Math.max(step + 1, to - low.length + 1); next <= to; next++) {
            low[index(next)] = Float.NaN;
            high[index(next)] = Float.NaN;
        }
        step = Math.max(step, to);
    }

    private int index(long number) {
        return (int) (number % low.length);
    }

    /** Steps up to this one, the newest or later, oldest first: as many as are kept, or as there were. */
    Points until(long last) {
        advance(last);
        int count = (int) Math.min(low.length, last + 1);
        float[] lows = new float[count];
        float[] highs = new float[count];
        for (int i = 0; i < count; i++) {
            int at = index(last - count + 1 + i);
            lows[i] = low[at];
            highs[i] = high[at];
        }
        return new Points(lows, highs);
    }

    /** Immutable by agreement: nobody writes to the arrays. Of the same length. */
    record Points(float[] low, float[] high) {
        /** NaN when nothing is known. */
        float highest() {
            float highest = Float.NaN;
            for (float value : high) {
                highest = Float.isNaN(highest) ? value : Math.max(highest, Float.isNaN(value) ? highest : value);
            }
            return highest;
        }

        @Override
        public String toString() {
            return Arrays.toString(low) + " to " + Arrays.toString(high);
        }
    }
}
