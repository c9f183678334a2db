package org.relaysupervisor.archive;

import java.util.Locale;

/** Why a piece of a recording is missing; the values of the {@code cause} label. */
public enum GapCause {
    /** The recorder died or hung. */
    RECORDER,
    /** The recorder was too slow: the disk, or the machine. */
    OVERRUN,
    /** The daemon itself, or the machine, was away. */
    DAEMON,
    /** There was no room, or the disk could not be written. */
    DISK,
    /** The mount played nothing. */
    NO_AUDIO,
    /** An operator stopped the recording. */
    OPERATOR;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
