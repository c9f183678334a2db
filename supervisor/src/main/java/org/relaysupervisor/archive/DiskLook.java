package org.relaysupervisor.archive;

import java.io.IOException;

/**
 * What one look at the disk found, and did about the reserve. An immutable value; the next look starts from it.
 *
 * @param usable bytes that the file system says are free for us
 * @param reserved bytes that are set aside
 * @param denied bytes of {@code usable} that the disk was found not to give: beyond a quota, without an inode
 */
record DiskLook(DiskLevel level, long usable, long reserved, long denied) {
    static final DiskLook NONE = new DiskLook(DiskLevel.AMPLE, 0, 0, 0);

    /** What is tried when the disk's word is doubted: enough to record again. */
    static final long PROBE = 16L << 20;

    /** The reserve grows by this at a look, so that others who write meanwhile are seen. */
    static final long STEP = 16L << 20;

    /** Bytes that can be written beside the reserve. */
    long free() {
        return Math.max(0, usable - denied);
    }

    /** Bytes that can be recorded, the reserve included. */
    long room() {
        return free() + reserved;
    }

    /**
     * The next look. Blocks.
     *
     * @param freeable bytes of verified copies
     * @param probe whether to try if the disk gives what it says it has
     */
    DiskLook again(Volume volume, DiskThresholds thresholds, long freeable, boolean probe) throws IOException {
        long usable = volume.usable();
        DiskLook seen = new DiskLook(
                level, usable, volume.reserved(), probe ? denied(volume, usable) : Math.min(denied, usable));
        return new DiskLook(thresholds.next(level, seen.room(), freeable), usable, seen.reserved, seen.denied)
                .withReserve(volume, thresholds.reserve());
    }

    private long denied(Volume volume, long usable) throws IOException {
        if (volume.takes(PROBE)) {
            return Math.min(denied, Math.max(0, usable - PROBE));
        }
        return usable < PROBE ? Math.min(denied, usable) : usable;
    }

    private DiskLook withReserve(Volume volume, long wanted) throws IOException {
        boolean givenUp = level.compareTo(DiskLevel.RESERVE) >= 0;
        if (reserved > (givenUp ? 0 : wanted)) {
            volume.release();
            return new DiskLook(level, volume.usable(), volume.reserved(), denied);
        }
        if (givenUp || reserved == wanted) {
            return this;
        }
        boolean grown = volume.reserve(Math.min(wanted, reserved + STEP));
        long left = volume.usable();
        return new DiskLook(level, left, volume.reserved(), grown ? denied : left);
    }
}
