package org.relaysupervisor.proxy;

import java.util.Arrays;

/** Where each frame begins, in bytes and in time, oldest first; a circle of two parallel arrays that grows as needed. */
final class FrameIndex {
    private long[] positions = new long[1024];
    private long[] nanos = new long[1024];
    private int first;
    private int count;
    private long removed;

    void add(long position, long atNanos) {
        if (count == positions.length) {
            grow();
        }
        int slot = (first + count) & (positions.length - 1);
        positions[slot] = position;
        nanos[slot] = atNanos;
        count++;
    }

    private void grow() {
        positions = doubled(positions);
        nanos = doubled(nanos);
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

    /** How many frames begin before a position, those that were removed included; the position must not be before the first. */
    long framesBefore(long position) {
        return removed + indexOf(position);
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
