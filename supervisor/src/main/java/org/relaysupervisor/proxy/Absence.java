package org.relaysupervisor.proxy;

import org.relaysupervisor.proxy.ProxySnapshot.Outage;

/** Whether one of a feed's two neighbours is away just now, and how the listeners fare meanwhile. */
final class Absence {
    private final Outage outage;
    private final Meters meters;
    private boolean present;
    private long countedUntilNanos;
    private long arrivalsBefore;

    Absence(Outage outage, Meters meters) {
        this.outage = outage;
        this.meters = meters;
    }

    boolean isPresent() {
        return present;
    }

    void begin(long sinceNanos, Audience audience) {
        if (!present) {
            present = true;
            countedUntilNanos = sinceNanos;
            arrivalsBefore = audience.arrivals();
        }
    }

    /** Adds what has passed since the last time. */
    void count(long nowNanos) {
        if (present) {
            meters.bridged(outage, Math.max(0, nowNanos - countedUntilNanos));
            countedUntilNanos = nowNanos;
        }
    }

    /** The neighbour is back; the listeners that were there before are told to have survived. */
    void end(long nowNanos, Audience audience) {
        if (present) {
            count(nowNanos);
            present = false;
            meters.survived(outage, audience.peopleSince(arrivalsBefore));
        }
    }

    /** It did not come back: the feed ended. */
    void giveUp(long nowNanos) {
        count(nowNanos);
        present = false;
    }
}
