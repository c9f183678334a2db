package org.relaysupervisor.supervise;

import java.util.Locale;

/** Why a child was restarted; the values of the {@code cause} label, in lower case. */
public enum Cause {
    /** The kernel killed it because it, the unit or the machine was out of memory. */
    OOM,
    /** It used more memory than its limit where the kernel doesn't enforce it, and was killed. */
    RSS,
    /** Its memory grew steadily towards its limit; it was restarted before, at a quiet moment. */
    LEAK,
    /** A signal that the daemon didn't send ended it. */
    SIGNAL,
    /** It exited by itself, with whatever code. */
    EXIT,
    /** It ran but no longer did its work, or never began to, and was killed. */
    HANG,
    /** {@code relayctl restart}, or a reload that changed its configuration. */
    OPERATOR,
    /** A drill ended it, or made it hang. */
    DRILL,
    /** It could not be started at all: program missing, no permission, out of processes. */
    SPAWN;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
