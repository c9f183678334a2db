package org.relaysupervisor;

import java.util.concurrent.ThreadFactory;

/** Threads that don't keep the daemon from ending, all of one name. */
record DaemonThreads(String name) implements ThreadFactory {
    @Override
    public Thread newThread(Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
