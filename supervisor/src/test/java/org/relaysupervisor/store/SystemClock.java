package org.relaysupervisor.store;

import java.time.Duration;
import java.time.Instant;
import org.relaysupervisor.loop.Clock;

/** The real time, moved: real servers have none of their own choosing. */
record SystemClock(Duration ahead) implements Clock {
    static final Clock RIGHT = new SystemClock(Duration.ZERO);

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now().plus(ahead);
    }
}
