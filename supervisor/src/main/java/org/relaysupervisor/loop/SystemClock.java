package org.relaysupervisor.loop;

import java.time.Instant;

/** This machine's clock, for programs that have no loop. */
public final class SystemClock implements Clock {
    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }
}
