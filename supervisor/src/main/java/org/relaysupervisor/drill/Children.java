package org.relaysupervisor.drill;

import java.io.IOException;
import java.util.Optional;
import org.relaysupervisor.process.Processes.Signal;
import org.relaysupervisor.supervise.ChildSnapshot;

/** The children, as far as drills reach for them. Any thread; returns at once, and what was asked for follows. */
public interface Children {
    /** As it is now; empty when there is no such child. */
    Optional<ChildSnapshot> child(String name);

    /** Sends the process a signal that the supervisor is not told of; the process's end then counts as a drill's. */
    void signal(String name, Signal signal) throws IOException;

    /** Lets a process that was signalled go on, and takes its end for its own again. */
    void release(String name) throws IOException;

    /** From now on, or no more, each process that is tried beside the child's own stands still from its start on. */
    void stallSuccessors(String name, boolean on) throws IOException;

    void stop(String name) throws IOException;

    /** Wants it to run, and tries at once. */
    void start(String name) throws IOException;
}
