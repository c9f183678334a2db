package org.relaysupervisor.audio;

/**
 * Whether values are beyond a limit on average, without the delay of an average: a cumulative sum (E. S. Page, 1954) of how far each is
 * beyond it, never below zero. While it is positive, the mean from where it rose above zero to any later moment is beyond the limit; so it
 * rises with the very value that this begins with.
 */
final class Excess {
    private final double most;
    private double sum;
    private double greatest;

    /** @param most what the sum stays at when it would go on rising: so much within the limit ends any excess */
    Excess(double most) {
        this.most = most;
    }

    /** @param beyond negative within the limit */
    void add(double beyond) {
        sum = Math.min(most, Math.max(0, sum + beyond));
        greatest = sum > 0 ? Math.max(greatest, sum) : 0;
    }

    boolean isPresent() {
        return sum > 0;
    }

    /** Present, and what was within the limit since it began is made up for. */
    boolean isGreatest() {
        return sum > 0 && sum == greatest;
    }

    void clear() {
        sum = 0;
        greatest = 0;
    }
}
