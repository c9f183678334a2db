package org.relaysupervisor.supervise;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Probes on a few threads, one process never holding more than one of them: a probe that ignores its interrupt makes the next
 * probes of the same process fail, and leaves the other threads to the other children. Threads are made when needed and end
 * after a minute without work.
 */
public final class ThreadProbeRunner implements ProbeRunner, AutoCloseable {
    private final ThreadPoolExecutor threads;
    private final ConcurrentHashMap<Long, FutureTask<Void>> askingByPid = new ConcurrentHashMap<>();

    /** @param maximumThreads at least one per child, so that all of them can be stuck at once */
    public ThreadProbeRunner(int maximumThreads, ThreadFactory factory) {
        threads = new ThreadPoolExecutor(0, maximumThreads, 1, TimeUnit.MINUTES, new SynchronousQueue<>(), factory);
    }

    @Override
    public Question ask(Probe probe, long pid, Consumer<Answer> answer) {
        Asking asking = new Asking(probe, pid, answer);
        if (askingByPid.putIfAbsent(pid, asking.task) != null) {
            answer.accept(Answer.no("the previous probe has not returned, although it was interrupted"));
            return () -> {};
        }
        try {
            threads.execute(asking);
        } catch (RejectedExecutionException e) {
            asking.forget();
            throw new RejectedExecutionException(
                    threads.isShutdown()
                            ? "the probes are closed"
                            : "all " + threads.getMaximumPoolSize() + " probe threads are busy",
                    e);
        } catch (OutOfMemoryError e) {
            // What the JVM throws when the machine has no thread left to give.
            asking.forget();
            throw new RejectedExecutionException("no thread can be started for a probe", e);
        }
        return () -> asking.task.cancel(true);
    }

    /** Interrupts all probes; their answers may still come. */
    @Override
    public void close() {
        threads.shutdownNow();
    }

    private final class Asking implements Runnable {
        private final long pid;
        private final FutureTask<Void> task;

        Asking(Probe probe, long pid, Consumer<Answer> answer) {
            this.pid = pid;
            // A FutureTask never lets the interrupt of a cancel escape into the next task of its thread.
            this.task = new FutureTask<>(
                    () -> {
                        Answer result = check(probe);
                        forget();
                        answer.accept(result);
                    },
                    null);
        }

        @Override
        public void run() {
            try {
                task.run();
            } finally {
                forget();
            }
        }

        private Answer check(Probe probe) {
            try {
                probe.check(pid);
                return Answer.YES;
            } catch (Exception | Error e) {
                return Answer.no(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
            }
        }

        void forget() {
            askingByPid.remove(pid, task);
        }
    }
}
