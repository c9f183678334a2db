package org.relaysupervisor.proxy;

import java.util.Arrays;

/** Where each frame begins, in bytes and in time, and when it came, oldest first; a circle of parallel arrays that grows as needed. */
final class FrameIndex {
    private long[] positions = new long[1024];
    private long[] nanos = new long[1024];
    private long[] arrivals = new long[1024];
    private int first;
    private int count;
    private long removed;

    /** So many frames were before. To be called while it is empty. */
    void beginAt(long frames) {
        removed = frames;
    }

    /** @param arrivedNanos on any clock of its own; never earlier than the frame's before */
    void add(long position, long atNanos, long arrivedNanos) {
        if (count == positions.length) {
            grow();
        }
        int slot = (first + count) & (positions.length - 1);
        positions[slot] = position;
        nanos[slot] = atNanos;
        arrivals[slot] = arrivedNanos;
        count++;
    }

    private void grow() {
        positions = doubled(positions);
        nanos = doubled(nanos);
        arrivals = doubled(arrivals);
        first = 0;
    }

    /** Twice as long, with the oldest at the front. */
    private long[] doubled(long[] circle) {
        long[] larger = Arrays.copyOf(Arrays.copyOfRange(circle, first, circle.length), 2 * circle.length);
        System.arraycopy(circle, 0, larger, circle.length - first, first);
        return larger;
    }

    boolean isEmpty() {
        return count == 0;
    }

    boolean hasSeveral() {
        return count > 1;
    }

    void clear() {
        removed += count;
        count = 0;
    }

    void removeFirst() {
        first = (first + 1) & (positions.length - 1);
        removed++;
        count--;
    }

    long firstPosition() {
        return positions[first];
    }

    long firstNanos() {
        return nanos[first];
    }

    /** Where the newest frame begins; there must be one. */
    long lastPosition() {
        return positions[slot(count - 1)];
    }

    /** The first frame at or after a position; the given end when there is none. */
    long ceiling(long position, long end) {
        int at = indexOf(position);
        return at == count ? end : positions[slot(at)];
    }

    /** When the newest frame came; there must be one. */
    long lastArrival() {
        return arrivals[slot(count - 1)];
    }

    /** How many frames begin before a position, those that were removed included; the position must not be before the first. */
    long framesBefore(long position) {
        return removed + indexOf(position);
    }

    /** The first frame with at least this number, which counts those that were removed; the given end when there is none. */
    long positionOf(long number, long end) {
        long at = Math.max(0, number - removed);
        return at < count ? positions[slot((int) at)] : end;
    }

    /**
     * When the first frame at or after a position was played, on the clock of arrivals; the position must not be behind the last
     * frame's. That was no later than it came; and when a later one came early, as happens after a delay, it was so much earlier.
     */
    long playedNanos(long position) {
        int at = slot(indexOf(position));
        long early = 0;
        for (int i = indexOf(position); i < count; i++) {
            int slot = slot(i);
            early = Math.max(early, (nanos[slot] - nanos[at]) - (arrivals[slot] - arrivals[at]));
        }
        return arrivals[at] - early;
    }

    /** When the first frame at or after a position begins; the position must not be behind the last frame's. */
    long nanosAt(long position) {
        return nanos[slot(Math.min(indexOf(position), count - 1))];
    }

    /** Of the first frame at or after a position, by bisection; the count when there is none. */
    private int indexOf(long position) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (positions[slot(middle)] < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private int slot(int at) {
        return (first + at) & (positions.length - 1);
    }
}
