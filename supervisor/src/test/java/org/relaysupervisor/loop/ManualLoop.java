package org.relaysupervisor.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;

/**
 * Loop and clock in one, for tests: nothing runs until the test says so, and time stands still until it is advanced. Any thread may post.
 */
public final class ManualLoop implements Loop {
    private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
    private final List<ManualTimer> timers = new ArrayList<>();
    private long nanos = 1_000_000_000L;
    private Instant wall = Instant.parse("2026-11-22T12:00:00Z");
    private long sequence;
    private boolean refusing;

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public Instant now() {
        return wall;
    }

    /** Moves the wall clock alone, as an operator or NTP does. */
    public void jumpWallClock(Duration by) {
        wall = wall.plus(by);
    }

    /** From now on, refuses posted tasks as a loop does whose queue is full, or takes them again. */
    public void refusePosts(boolean refuse) {
        refusing = refuse;
    }

    @Override
    public void post(Runnable task) {
        if (refusing) {
            throw new RejectedExecutionException("the loop refuses");
        }
        queue.add(task);
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        return arm(delay, task, null);
    }

    @Override
    public Timer every(Duration period, Runnable task) {
        return arm(period, task, period);
    }

    private Timer arm(Duration delay, Runnable task, Duration period) {
        ManualTimer timer = new ManualTimer(nanos + delay.toNanos(), sequence++, task, period);
        timers.add(timer);
        return timer;
    }

    /** Runs what is posted, and what that posts, without moving time. */
    public void runPosted() {
        while (!queue.isEmpty()) {
            queue.remove().run();
        }
    }

    /** Moves time on, running posted tasks and due timers in the order of their time. */
    public void advance(Duration by) {
        long target = nanos + by.toNanos();
        runPosted();
        while (runTimer(target)) {
            runPosted();
        }
        moveTo(target);
    }

    /**
     * Moves time on with nothing running, as when a task holds up the loop, and then runs the timers that came due before the
     * tasks posted meanwhile: the order least like the one in which things happened.
     */
    public void stall(Duration by) {
        moveTo(nanos + by.toNanos());
        while (runTimer(nanos)) {
            // All of them.
        }
        runPosted();
    }

    private boolean runTimer(long target) {
        ManualTimer next = timers.stream()
                .filter(timer -> timer.due <= target)
                .min(Comparator.comparingLong((ManualTimer timer) -> timer.due)
                        .thenComparingLong(timer -> timer.sequence))
                .orElse(null);
        if (next == null) {
            return false;
        }
        moveTo(Math.max(nanos, next.due));
        timers.remove(next);
        next.task.run();
        if (next.period != null && !next.cancelled) {
            next.due = nanos + next.period.toNanos();
            next.sequence = sequence++;
            timers.add(next);
        }
        return true;
    }

    private void moveTo(long to) {
        wall = wall.plusNanos(to - nanos);
        nanos = to;
    }

    /** Timers that are armed now. */
    public int armedTimers() {
        return timers.size();
    }

    private final class ManualTimer implements Timer {
        private long due;
        private long sequence;
        private final Runnable task;
        private final Duration period;
        private boolean cancelled;

        ManualTimer(long due, long sequence, Runnable task, Duration period) {
            this.due = due;
            this.sequence = sequence;
            this.task = task;
            this.period = period;
        }

        @Override
        public void cancel() {
            cancelled = true;
            timers.remove(this);
        }
    }
}
