package org.relaysupervisor.loop;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

/**
 * The one control thread: owner of the children's state, the timers and the current config. Everything that reaches it from
 * another thread comes as a posted task.
 */
public interface Loop extends Clock {
    /**
     * Runs a task on the loop, in the order posted. Safe from any thread, never blocks.
     *
     * @throws RejectedExecutionException when the loop is closed, or its bounded queue is full
     */
    void post(Runnable task);

    /**
     * The same for a task that something else makes up for when it can't be taken, such as the next look at the same thing.
     *
     * @return false when it was not taken
     */
    default boolean offer(Runnable task) {
        try {
            post(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Runs a task on the loop once, after the delay. Safe from any thread. A cancelled timer never runs. */
    Timer after(Duration delay, Runnable task);

    /** Runs a task on the loop again and again, one period after it last ended, until cancelled. */
    Timer every(Duration period, Runnable task);

    /** What was asked to run later. */
    interface Timer {
        /** From the loop's thread: the task will not run after this returns. Cancelling twice is harmless. */
        void cancel();
    }
}
