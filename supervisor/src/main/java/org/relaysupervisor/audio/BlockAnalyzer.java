package org.relaysupervisor.audio;

import java.util.function.Consumer;

/** Cuts audio at 48 kHz into blocks of 100 ms and takes their features. In constant memory; for one thread. */
public final class BlockAnalyzer {
    public static final int BLOCK_FRAMES = LoudnessMeter.SAMPLE_RATE / 10;
    public static final int BLOCK_MILLISECONDS = 100;

    /** An encoder's ringing makes a flat top uneven. */
    private static final float FULL_SCALE = 0.985f;

    private final int channels;
    private final Consumer<BlockFeatures> sink;
    private final float[] left = new float[BLOCK_FRAMES];
    private final float[] right = new float[BLOCK_FRAMES];
    private final Steadiness steadiness = new Steadiness();
    private final LoopFinder loop = new LoopFinder();
    private int filled;

    /**
     * @param channels 1 or 2
     * @param sink told of each block as soon as it is full, within {@link #add}
     */
    public BlockAnalyzer(int channels, Consumer<BlockFeatures> sink) {
        if (channels != 1 && channels != 2) {
            throw new IllegalArgumentException("channels must be 1 or 2, but are " + channels);
        }
        this.channels = channels;
        this.sink = sink;
    }

    /**
     * @param interleaved samples; what is not a finite number is taken as 0
     * @param offset index of the first sample
     * @param frames samples of one channel
     */
    public void add(float[] interleaved, int offset, int frames) {
        int done = 0;
        while (done < frames) {
            int now = Math.min(BLOCK_FRAMES - filled, frames - done);
            split(interleaved, offset + done * channels, left, now);
            split(interleaved, offset + done * channels + channels - 1, right, now);
            done += now;
            filled += now;
            if (filled == BLOCK_FRAMES) {
                filled = 0;
                sink.accept(features());
            }
        }
    }

    /** Frames that are missing until the next block is full, 1 to {@link #BLOCK_FRAMES}. */
    public int framesMissing() {
        return BLOCK_FRAMES - filled;
    }

    private void split(float[] interleaved, int offset, float[] channel, int frames) {
        int step = channels;
        int index = offset;
        int end = filled + frames;
        for (int i = filled; i < end; i++) {
            float sample = interleaved[index];
            channel[i] = Float.isFinite(sample) ? sample : 0;
            index += step;
        }
    }

    /** Audio is missing before the next frame: nothing is compared across the gap. */
    public void discontinuity() {
        filled = 0;
        steadiness.clear();
        loop.clear();
    }

    private BlockFeatures features() {
        float[] left = this.left;
        float[] right = this.right;
        double sumLeft = 0;
        double sumRight = 0;
        double squaresLeft = 0;
        double squaresRight = 0;
        double products = 0;
        float peak = 0;
        int clipped = 0;
        for (int i = 0; i < BLOCK_FRAMES; i++) {
            float l = left[i];
            float r = right[i];
            sumLeft += l;
            sumRight += r;
            squaresLeft += l * l;
            squaresRight += r * r;
            products += l * r;
            float larger = Math.max(Math.abs(l), Math.abs(r));
            if (larger > peak) {
                peak = larger;
            }
            if (larger >= FULL_SCALE) {
                clipped++;
            }
        }
        double meanLeft = sumLeft / BLOCK_FRAMES;
        double meanRight = sumRight / BLOCK_FRAMES;
        double powerLeft = Math.max(0, squaresLeft / BLOCK_FRAMES - meanLeft * meanLeft);
        double powerRight = Math.max(0, squaresRight / BLOCK_FRAMES - meanRight * meanRight);
        double covariance = products / BLOCK_FRAMES - meanLeft * meanRight;
        double scale = Math.sqrt(powerLeft * powerRight);
        steadiness.add(left, right, powerLeft + powerRight);
        return new BlockFeatures(
                channels == 2,
                peak,
                Math.sqrt(powerLeft),
                Math.sqrt(powerRight),
                Math.max(Math.abs(meanLeft), Math.abs(meanRight)),
                scale > 0 ? covariance / scale : 0,
                clipped / (double) BLOCK_FRAMES,
                steadiness.similarity(),
                steadiness.levelChange(),
                loop.add(left, right));
    }
}
