package org.relaysupervisor.audio;

/** The last values of a sequence without end, read by how long ago they came. */
final class History {
    private final float[] values;
    private long count;

    History(int capacity) {
        values = new float[capacity];
    }

    void add(float value) {
        values[(int) (count % values.length)] = value;
        count++;
    }

    /** Copies values in their order: from the one that came {@code ago} steps before the next one on, {@code length} of them. */
    void copy(int ago, float[] target, int length) {
        int start = (int) ((count - ago) % values.length);
        int first = Math.min(length, values.length - start);
        System.arraycopy(values, start, target, 0, first);
        System.arraycopy(values, 0, target, first, length - first);
    }

    /** How many there are, at most the capacity. */
    int size() {
        return (int) Math.min(count, values.length);
    }

    void clear() {
        count = 0;
    }
}
