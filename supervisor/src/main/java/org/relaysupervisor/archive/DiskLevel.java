package org.relaysupervisor.archive;

import java.util.Locale;

/** How much room the spool's disk has; the values of the {@code level} label. */
public enum DiskLevel {
    AMPLE,
    /** All that is verified in the store was deleted before its time, and that isn't enough: optional outputs are off. */
    LOW,
    /** The reserve is given up; recording goes on into it. */
    RESERVE,
    /** Nothing can be recorded until there is room. */
    FULL;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
