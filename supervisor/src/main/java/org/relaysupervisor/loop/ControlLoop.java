package org.relaysupervisor.loop;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The real {@link Loop}: one daemon thread named {@code relay-loop}, a bounded queue and a heap of timers. */
public final class ControlLoop implements Loop, AutoCloseable {
    /** A task that holds the loop for longer than this counts as a stall. */
    public static final Duration STALL = Duration.ofMillis(250);

    private static final int QUEUE_CAPACITY = 10_000;
    private static final long NOT_RUNNING = Long.MIN_VALUE;
    private static final Logger log = System.getLogger(ControlLoop.class.getName());

    private final ArrayBlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(QUEUE_CAPACITY);
    private final PriorityQueue<ArmedTimer> timers = new PriorityQueue<>();
    private final Thread thread = new Thread(this::run, "relay-loop");
    private volatile boolean closed;

    // Read by any thread.
    private final AtomicLong tasks = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong stalls = new AtomicLong();
    private volatile long longestNanos;
    private volatile long runningSince = NOT_RUNNING;
    private final AtomicLong rejected = new AtomicLong();
    // Of the loop's thread.
    private long timerSequence;
    private boolean lastWasTimer;

    public ControlLoop() {
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public void post(Runnable task) {
        if (closed || !queue.offer(task)) {
            rejected.incrementAndGet();
            throw new RejectedExecutionException(
                    closed ? "the control loop is closed" : "the control loop is overloaded");
        }
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        ArmedTimer timer = new ArmedTimer(nanoTime() + delay.toNanos(), task, null);
        arm(timer);
        return timer;
    }

    @Override
    public Timer every(Duration period, Runnable task) {
        if (period.isZero() || period.isNegative()) {
            throw new IllegalArgumentException("a period must be positive");
        }
        ArmedTimer timer = new ArmedTimer(nanoTime() + period.toNanos(), task, period);
        arm(timer);
        return timer;
    }

    private void arm(ArmedTimer timer) {
        if (Thread.currentThread() == thread) {
            push(timer);
        } else {
            post(() -> push(timer));
        }
    }

    private void push(ArmedTimer timer) {
        timer.sequence = timerSequence++;
        timers.add(timer);
    }

    /** A view for any thread; never blocks. */
    public LoopStatus status() {
        long since = runningSince;
        Duration current = since == NOT_RUNNING ? Duration.ZERO : Duration.ofNanos(Math.max(0, nanoTime() - since));
        return new LoopStatus(
                tasks.get(),
                failures.get(),
                rejected.get(),
                stalls.get(),
                Duration.ofNanos(longestNanos),
                current,
                queue.size());
    }

    /** Ends the loop after the task it is running; what is queued is dropped. Waits for at most two seconds. */
    @Override
    public void close() {
        closed = true;
        // Wakes an idle loop. Not an interrupt: that would close the file a running task is writing. A full queue needs
        // no waking.
        queue.offer(() -> {});
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join(2_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            try {
                Runnable task = next();
                if (task != null) {
                    execute(task);
                }
            } catch (InterruptedException e) {
                // Nothing here interrupts the loop; a task that left the flag set has no say in whether it goes on.
                log.log(Level.WARNING, "the control loop was interrupted; it goes on");
            }
        }
    }

    /**
     * The next task to run, or null when the wait ended with nothing to do. While both are there, due timers and posted tasks
     * take turns, so that neither can starve the other.
     */
    private Runnable next() throws InterruptedException {
        ArmedTimer first = timers.peek();
        if (first == null) {
            lastWasTimer = false;
            return queue.take();
        }
        long wait = first.dueNanos - nanoTime();
        if (wait > 0) {
            lastWasTimer = false;
            return queue.poll(wait, TimeUnit.NANOSECONDS);
        }
        Runnable posted = lastWasTimer ? queue.poll() : null;
        if (posted != null) {
            lastWasTimer = false;
            return posted;
        }
        lastWasTimer = true;
        timers.poll();
        return first.cancelled ? null : () -> fire(first);
    }

    private void fire(ArmedTimer timer) {
        try {
            timer.task.run();
        } finally {
            if (timer.period != null && !timer.cancelled) {
                timer.dueNanos = nanoTime() + timer.period.toNanos();
                push(timer);
            }
        }
    }

    private void execute(Runnable task) {
        long start = nanoTime();
        runningSince = start;
        try {
            task.run();
        } catch (Throwable e) {
            // Even a checked exception thrown past the compiler must not end the one thread that keeps the radio on the
            // air.
            failures.incrementAndGet();
            log.log(Level.ERROR, "a control loop task failed; the loop goes on", e);
        } finally {
            runningSince = NOT_RUNNING;
            long took = nanoTime() - start;
            tasks.incrementAndGet();
            longestNanos = Math.max(longestNanos, took);
            if (took > STALL.toNanos()) {
                stalls.incrementAndGet();
                log.log(Level.WARNING, "a control loop task took {0} ms", took / 1_000_000);
            }
        }
    }

    private final class ArmedTimer implements Timer, Comparable<ArmedTimer> {
        private final Runnable task;
        private final Duration period;
        private long dueNanos;
        private long sequence;
        private volatile boolean cancelled;

        ArmedTimer(long dueNanos, Runnable task, Duration period) {
            this.dueNanos = dueNanos;
            this.task = task;
            this.period = period;
        }

        @Override
        public void cancel() {
            cancelled = true;
            if (Thread.currentThread() == thread) {
                // At once, not when it is due: timers of minutes that are re-armed every second would pile up.
                timers.remove(this);
            }
        }

        @Override
        public int compareTo(ArmedTimer other) {
            // A difference, because nanoTime may wrap.
            int byTime = Long.signum(dueNanos - other.dueNanos);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }
}
