package org.relaysupervisor.audio;

import java.util.Arrays;

/**
 * The highest true peak so far. It is libebur128's own figure, but its oversampling, which costs ten times all else that it does, is
 * left out where it can't find a higher one.
 *
 * <p>Between two samples the interpolated curve is a straight line and what bends it: it can't get higher than
 * {@link #STRAIGHT} times the largest sample and {@link #BENT} times the largest second difference of the samples that it is made of.
 */
final class TruePeak implements AutoCloseable {
    /** Frames before a frame that the interpolator makes its curve of: 49 taps at four times the rate. */
    private static final int CONTEXT_FRAMES = 12;

    /** Frames that are oversampled or left out together. */
    private static final int SLICE_FRAMES = 240;

    /** As the interpolator's coefficients give them, 1.00091 and 0.30128, rounded up by more than a float's error. */
    private static final double STRAIGHT = 1.001;

    private static final double BENT = 0.3015;

    private final int channels;
    private final Ebur128 oversampling;

    /** A slice after its context. */
    private final float[] heard;

    private double peak;

    TruePeak(int channels) {
        this.channels = channels;
        oversampling = Ebur128.truePeak(channels);
        heard = new float[(CONTEXT_FRAMES + SLICE_FRAMES) * channels];
    }

    /** @param interleaved finite samples */
    void add(float[] interleaved, int offset, int frames) {
        for (int done = 0; done < frames; done += SLICE_FRAMES) {
            addSlice(interleaved, offset + done * channels, Math.min(SLICE_FRAMES, frames - done));
        }
    }

    private void addSlice(float[] interleaved, int offset, int frames) {
        int context = CONTEXT_FRAMES * channels;
        System.arraycopy(interleaved, offset, heard, context, frames * channels);
        if (bound(context + frames * channels) > peak) {
            oversampling.add(heard, 0, CONTEXT_FRAMES);
            oversampling.add(heard, context, frames);
            peak = Math.max(peak, oversampling.latestTruePeak());
        }
        System.arraycopy(heard, frames * channels, heard, 0, context);
    }

    /** Full scale is 1. */
    double peak() {
        return peak;
    }

    /** As if nothing had been heard. */
    void reset() {
        peak = 0;
        Arrays.fill(heard, 0);
    }

    @Override
    public void close() {
        oversampling.close();
    }

    /** What no value between or at these samples exceeds. By squares, for the daemon's compiler is slow at absolute values. */
    private double bound(int length) {
        float[] samples = heard;
        int step = channels;
        float largest = 0;
        float bend = 0;
        for (int channel = 0; channel < step; channel++) {
            float beforeLast = samples[channel];
            float last = samples[channel + step];
            largest = Math.max(largest, Math.max(beforeLast * beforeLast, last * last));
            for (int i = channel + 2 * step; i < length; i += step) {
                float sample = samples[i];
                float bent = sample - 2 * last + beforeLast;
                if (sample * sample > largest) {
                    largest = sample * sample;
                }
                if (bent * bent > bend) {
                    bend = bent * bent;
                }
                beforeLast = last;
                last = sample;
            }
        }
        return STRAIGHT * Math.sqrt(largest) + BENT * Math.sqrt(bend);
    }
}
