package org.relaysupervisor.archive;

import java.util.List;

/**
 * From which room on the disk has which level. Room is all that can still be recorded, the reserve included, so that making and
 * giving up the reserve never changes a level by itself. The way back begins higher than the way there ended.
 *
 * @param reserve in bytes, 0 or more, that are to be set aside while the disk is AMPLE or LOW
 */
record DiskThresholds(long reserve) {
    private static final long MIB = 1L << 20;

    /** Below this nothing is recorded: what is open is closed well, and manifests are written, within it. */
    static final long FLOOR = 8 * MIB;

    /** Nearly half an hour at 320 kbit/s. */
    private static final long LOW = 64 * MIB;

    private static final long BACK_TO_RECORDING = 8 * MIB;
    private static final long BACK_TO_AMPLE = 32 * MIB;

    private static final List<DiskLevel> WORST_FIRST = List.of(DiskLevel.FULL, DiskLevel.RESERVE, DiskLevel.LOW);

    /** @param freeable bytes beside {@code room} that may be freed, and soon will be, before optional outputs have to stop */
    DiskLevel next(DiskLevel now, long room, long freeable) {
        for (DiskLevel level : WORST_FIRST) {
            long counted = level == DiskLevel.LOW ? room + freeable : room;
            if (counted < (now.compareTo(level) < 0 ? entry(level) : exit(level))) {
                return level;
            }
        }
        return DiskLevel.AMPLE;
    }

    /** With this much room the disk is AMPLE whatever it was before. */
    long enough() {
        return exit(DiskLevel.LOW);
    }

    private long entry(DiskLevel level) {
        return switch (level) {
            case FULL -> FLOOR;
            case RESERVE -> reserve == 0 ? 0 : reserve + FLOOR;
            case LOW -> reserve + LOW;
            case AMPLE -> Long.MAX_VALUE;
        };
    }

    private long exit(DiskLevel level) {
        return switch (level) {
            case FULL -> entry(level) + BACK_TO_RECORDING;
            case RESERVE -> reserve == 0 ? 0 : entry(level) + BACK_TO_RECORDING;
            case LOW -> entry(level) + BACK_TO_AMPLE;
            case AMPLE -> Long.MAX_VALUE;
        };
    }
}
