package org.relaysupervisor.supervise;

import java.util.Locale;

/** Why a child was restarted; the values of the {@code cause} label, in lower case. */
public enum Cause {
    /** A signal that the daemon didn't send ended it. */
    SIGNAL,
    /** It exited by itself, with whatever code. */
    EXIT,
    /** It ran but no longer did its work, or never began to, and was killed. */
    HANG,
    /** {@code relayctl restart}, or a reload that changed its configuration. */
    OPERATOR,
    /** It could not be started at all: program missing, no permission, out of processes. */
    SPAWN;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
