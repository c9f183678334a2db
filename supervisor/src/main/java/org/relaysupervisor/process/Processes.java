package org.relaysupervisor.process;

import java.io.IOException;
import java.util.function.Consumer;

/** Where child processes come from: Linux, or a scripted fake in tests. */
public interface Processes {
    /**
     * Starts a process in a session and process group of its own (so a terminal's Ctrl-C reaches only the daemon), with every
     * signal at its default and none blocked.
     *
     * @param onExit called exactly once, on a thread of this object's own, after the process is reaped
     * @throws IOException when it can't be started; the message says what is wrong and what to do
     */
    Child spawn(ProcessSpec spec, Consumer<Exit> onExit) throws IOException;

    /** A process that was started. Safe from any thread. */
    interface Child {
        long pid();

        /**
         * Sends a signal to the whole process group. Once the process has been reaped this does nothing, so that a reused pid
         * is never hit.
         */
        void signal(Signal signal);
    }

    /** The signals this daemon sends. */
    enum Signal {
        TERM,
        KILL,
        HUP,
        STOP,
        CONT
    }
}
