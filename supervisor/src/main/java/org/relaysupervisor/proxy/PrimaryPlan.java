package org.relaysupervisor.proxy;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/**
 * When an edge connects to its primary, when it gives a connection up, and when it tries again. Pure: times are nanoseconds of one
 * monotonic clock, and are arguments. Every state has an end, so that nothing is waited for without one.
 */
final class PrimaryPlan {
    enum State {
        /** For the next attempt. */
        WAITING,
        CONNECTING,
        /** For the answer. */
        ASKING,
        STREAMING
    }

    private final PrimaryLimits limits;
    private final DoubleSupplier random;
    private final Map<PrimaryFault, LongAdder> faults = new EnumMap<>(PrimaryFault.class);
    private State state = State.WAITING;
    private long dueNanos;
    private long streamingSinceNanos;
    private Duration delay;

    /** @param random from 0 to 1 */
    PrimaryPlan(PrimaryLimits limits, DoubleSupplier random, long nowNanos) {
        this.limits = limits;
        this.random = random;
        delay = limits.firstRetry();
        dueNanos = nowNanos;
        for (PrimaryFault fault : PrimaryFault.values()) {
            faults.put(fault, new LongAdder());
        }
    }

    State state() {
        return state;
    }

    /** When the state ends unless something happens. */
    long dueNanos() {
        return dueNanos;
    }

    boolean isDue(long nowNanos) {
        return nowNanos - dueNanos >= 0;
    }

    /** An attempt begins. */
    void begin(long nowNanos) {
        enter(State.WAITING, State.CONNECTING, nowNanos, limits.connect());
    }

    void connected(long nowNanos) {
        enter(State.CONNECTING, State.ASKING, nowNanos, limits.answer());
    }

    void accepted(long nowNanos) {
        enter(State.ASKING, State.STREAMING, nowNanos, limits.stall());
        streamingSinceNanos = nowNanos;
    }

    /** Audio has come. */
    void heard(long nowNanos) {
        enter(State.STREAMING, State.STREAMING, nowNanos, limits.stall());
    }

    /** Whether it has been streaming for long enough to be trusted. */
    boolean hasSettled(long nowNanos) {
        return state == State.STREAMING
                && nowNanos - streamingSinceNanos >= limits.settled().toNanos();
    }

    /** What it means that the state's time is over; empty when the next attempt is due. */
    Optional<PrimaryFault> overdue() {
        return switch (state) {
            case WAITING -> Optional.empty();
            case CONNECTING -> Optional.of(PrimaryFault.CONNECT);
            case ASKING -> Optional.of(PrimaryFault.NO_ANSWER);
            case STREAMING -> Optional.of(PrimaryFault.STALLED);
        };
    }

    /** The attempt, or the stream, has ended. */
    void failed(PrimaryFault fault, long nowNanos) {
        if (state == State.WAITING) {
            throw new IllegalStateException("there is no attempt that could fail");
        }
        faults.get(fault).increment();
        if (hasSettled(nowNanos)) {
            delay = limits.firstRetry();
        }
        // Of many edges no two come back at the same moment.
        waitFor(Duration.ofNanos((long) (delay.toNanos() * (0.5 + random.getAsDouble() / 2))), nowNanos);
        delay = delay.multipliedBy(2).compareTo(limits.longestRetry()) < 0
                ? delay.multipliedBy(2)
                : limits.longestRetry();
    }

    /** Begins anew with another primary, at once and without a past. */
    void restart(long nowNanos) {
        delay = limits.firstRetry();
        waitFor(Duration.ZERO, nowNanos);
    }

    private void waitFor(Duration time, long nowNanos) {
        state = State.WAITING;
        dueNanos = nowNanos + time.toNanos();
    }

    private void enter(State from, State to, long nowNanos, Duration atMost) {
        if (state != from) {
            throw new IllegalStateException(state + " can't become " + to);
        }
        state = to;
        dueNanos = nowNanos + atMost.toNanos();
    }

    /** By why, since the start; every fault is there. Any thread. */
    Map<PrimaryFault, Long> faults() {
        return Meters.sums(faults, PrimaryFault.class);
    }
}
