package org.relaysupervisor.archive;

import java.lang.System.Logger.Level;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs what it is given in order, one at a time, on an executor that has at most two of its tasks. Any thread may post. */
final class Mailbox {
    private static final int CAPACITY = 10_000;
    private static final System.Logger log = System.getLogger(Mailbox.class.getName());

    private final Executor executor;
    private final ConcurrentLinkedQueue<Runnable> messages = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicBoolean scheduled = new AtomicBoolean();

    Mailbox(Executor executor) {
        this.executor = executor;
    }

    /** @return false when it is full, and the message was not taken */
    boolean offer(Runnable message) {
        if (size.get() >= CAPACITY) {
            return false;
        }
        post(message);
        return true;
    }

    /** For messages of which there can only be a few. */
    void post(Runnable message) {
        size.incrementAndGet();
        messages.add(message);
        schedule();
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            try {
                executor.execute(this::drain);
            } catch (RejectedExecutionException ending) {
                scheduled.set(false);
            }
        }
    }

    private void drain() {
        for (Runnable message = messages.poll(); message != null; message = messages.poll()) {
            size.decrementAndGet();
            try {
                message.run();
            } catch (RuntimeException e) {
                log.log(Level.ERROR, "a task of the archive failed; it goes on", e);
            }
        }
        scheduled.set(false);
        if (!messages.isEmpty()) {
            schedule();
        }
    }
}
