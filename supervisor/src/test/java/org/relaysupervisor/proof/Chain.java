package org.relaysupervisor.proof;

import java.util.Arrays;

/** Frames and when each came. */
final class Chain {
    private long[] frames = new long[1_024];
    private long[] times = new long[1_024];
    private int size;

    void add(long frame, long nanos) {
        if (size == frames.length) {
            frames = Arrays.copyOf(frames, 2 * size);
            times = Arrays.copyOf(times, 2 * size);
        }
        frames[size] = frame;
        times[size] = nanos;
        size++;
    }

    int size() {
        return size;
    }

    long[] frames() {
        return Arrays.copyOf(frames, size);
    }

    long[] times() {
        return Arrays.copyOf(times, size);
    }
}
