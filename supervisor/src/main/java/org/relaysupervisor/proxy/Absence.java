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

    /** @param arrivals listeners that have come so far */
    void begin(long sinceNanos, long arrivals) {
        if (!present) {
            present = true;
            countedUntilNanos = sinceNanos;
            arrivalsBefore = arrivals;
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
    void end(long nowNanos, Iterable<FeedListener> listeners) {
        if (present) {
            count(nowNanos);
            present = false;
            int survivors = 0;
            for (FeedListener listener : listeners) {
                survivors += listener.role() == Role.LISTENER && listener.arrival() < arrivalsBefore ? 1 : 0;
            }
            meters.survived(outage, survivors);
        }
    }

    /** It did not come back: the feed ended. */
    void giveUp(long nowNanos) {
        count(nowNanos);
        present = false;
    }
}
