package org.relaysupervisor.archive;

import java.io.IOException;

/** A disk in memory, on which the test is everybody else. */
final class FakeVolume implements Volume {
    final long capacity;
    long used;
    long reserve;

    /** Beyond this the disk gives nothing, whatever it says. */
    long quota = Long.MAX_VALUE;

    boolean broken;

    /** The least that was ever left by our own doing. */
    long leastLeftByReserving = Long.MAX_VALUE;

    FakeVolume(long capacity) {
        this.capacity = capacity;
    }

    /** What somebody else can write at most. */
    long room() {
        return Math.max(0, Math.min(capacity, quota) - used - reserve);
    }

    @Override
    public long usable() throws IOException {
        if (broken) {
            throw new IOException("Input/output error");
        }
        return capacity - used - reserve;
    }

    @Override
    public long reserved() {
        return reserve;
    }

    @Override
    public boolean reserve(long bytes) {
        if (bytes - reserve > room()) {
            return false;
        }
        reserve = bytes;
        leastLeftByReserving = Math.min(leastLeftByReserving, room());
        return true;
    }

    @Override
    public void release() {
        reserve = 0;
    }

    @Override
    public boolean takes(long bytes) {
        return bytes <= room();
    }
}
