package org.relaysupervisor.process;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
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

    /**
     * Takes over the process of this name that an earlier daemon left running, if there is one and it was given the same. Once for
     * each such process.
     *
     * @param onExit called exactly once, on a thread of this object's own, after the process has ended
     */
    default Optional<Child> adopt(String name, Fingerprint given, Consumer<Exit> onExit) {
        return Optional.empty();
    }

    /** A process that was started. Safe from any thread. */
    interface Child {
        long pid();

        /**
         * Sends a signal: to the whole process group of a process that we started. Once it has ended this does nothing, so that a
         * reused pid is never hit.
         */
        void signal(Signal signal);

        /** For how long it had run before it was taken over; empty for one that this daemon started. */
        default Optional<Duration> adoptedAfter() {
            return Optional.empty();
        }

        /**
         * Says what a later daemon must give as well to take the process over, in place of what was said at its start; empty: it ends the
         * process.
         */
        default void lasting(Optional<Fingerprint> given) {}
    }

    /** The signals this daemon sends. */
    enum Signal {
        TERM,
        KILL,
        HUP,
        STOP,
        CONT;

        int number() {
            return switch (this) {
                case TERM -> LibC.SIGTERM;
                case KILL -> LibC.SIGKILL;
                case HUP -> LibC.SIGHUP;
                case STOP -> LibC.SIGSTOP;
                case CONT -> LibC.SIGCONT;
            };
        }
    }
}
