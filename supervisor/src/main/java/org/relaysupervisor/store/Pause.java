package org.relaysupervisor.store;

import java.time.Duration;

/** How a transfer waits, so that tests needn't. */
@FunctionalInterface
public interface Pause {
    /** Blocks the caller for so long, which is positive, and at most a few seconds. */
    void pause(Duration length) throws InterruptedException;
}
