package org.relaysupervisor.memory;

import java.util.Locale;

/** Who sees to it that no child uses more memory than its limit; the values of the {@code mode} label, in lower case. */
public enum Enforcement {
    /** Nobody. */
    NONE,
    /**
     * This daemon, which looks every other second and kills what is above its limit; and the kernel refuses memory far above it
     * (RLIMIT_DATA), which a child might take between two looks.
     */
    RLIMIT,
    /** The kernel, by each child's cgroup. */
    CGROUP;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
