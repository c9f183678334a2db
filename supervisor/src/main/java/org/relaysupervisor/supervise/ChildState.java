package org.relaysupervisor.supervise;

import java.util.Locale;

/** The actual state of a child, beside which the wanted state stands apart. */
public enum ChildState {
    /** No process, and none wanted or none tried yet. */
    STOPPED,
    /** Wanted, but a child it needs is not up. */
    WAITING,
    /** The process runs; the readiness probe has not passed. */
    STARTING,
    /** The readiness probe has passed; the liveness probe watches. */
    UP,
    /** It was asked to end, or is being killed, and its exit is awaited. */
    STOPPING,
    /** It died; the restart timer is armed. */
    BACKOFF,
    /** It died more often than the policy allows in its window. Still retried, slowly, and alerted. */
    FAILED;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
