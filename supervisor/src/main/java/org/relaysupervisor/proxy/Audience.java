package org.relaysupervisor.proxy;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;

/** Who listens to a feed: listeners, and probes, who are not counted as people. */
final class Audience {
    private final Meters meters;
    private final Set<FeedListener> present = new LinkedHashSet<>();
    private long arrivals;
    private int people;

    Audience(Meters meters) {
        this.meters = meters;
    }

    /** How many have come so far, whether they are still there or not. */
    long arrivals() {
        return arrivals;
    }

    boolean isEmpty() {
        return present.isEmpty();
    }

    int people() {
        return people;
    }

    void joined(FeedListener listener) {
        present.add(listener);
        arrivals++;
        people += isPerson(listener) ? 1 : 0;
    }

    /** Has no effect the second time. */
    void left(FeedListener listener) {
        if (present.remove(listener)) {
            people -= isPerson(listener) ? 1 : 0;
        }
    }

    /** Of those who had come when so many had, the people who are still there. */
    int peopleSince(long arrivalsThen) {
        return (int) present.stream()
                .filter(listener -> isPerson(listener) && listener.arrival() < arrivalsThen)
                .count();
    }

    /** Counts a listener whose connection we close. */
    void lost(FeedListener listener, Loss cause) {
        if (isPerson(listener)) {
            meters.lost(cause);
        }
    }

    /** Closes every connection, for this cause. */
    void dismiss(Loss cause) {
        for (FeedListener listener : List.copyOf(present)) {
            lost(listener, cause);
            listener.close();
        }
    }

    private static boolean isPerson(FeedListener listener) {
        return listener.role() == Role.LISTENER;
    }
}
