package org.relaysupervisor;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads that don't keep the daemon from ending, all of one name. */
record DaemonThreads(String name) implements ThreadFactory {
    private static final long IDLE_SECONDS = 10;

    /** One thread for one task at a time, and one more that waits; it is there only while there is work: mostly there is none. */
    static ExecutorService worker(String name) {
        return new ThreadPoolExecutor(
                0, 1, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1), new DaemonThreads(name));
    }

    /** So many threads at the most, each there while there is work for it and some time after; what is too much is refused. */
    static ExecutorService atOnce(String name, int most) {
        return new ThreadPoolExecutor(
                0, most, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), new DaemonThreads(name));
    }

    @Override
    public Thread newThread(Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
