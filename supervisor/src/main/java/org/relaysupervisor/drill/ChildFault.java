package org.relaysupervisor.drill;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import org.relaysupervisor.process.Processes.Signal;
import org.relaysupervisor.supervise.ChildSnapshot;
import org.relaysupervisor.supervise.ChildState;

/** What can become of one child. The supervisor has to find it out by itself, as of any death or hang. */
final class ChildFault implements Fault {
    private final Children children;
    private final String child;
    private final Kind kind;
    private OptionalLong stalled = OptionalLong.empty();

    /** How it is put out of action. */
    enum Kind {
        /** SIGKILL, once. */
        KILL("is killed, once"),
        /** SIGSTOP, and again for each process that takes its place. */
        STALL("stands still (SIGSTOP), and so does each process that takes its place"),
        /** As {@code relayctl stop} does. */
        STOP("is stopped, as by relayctl stop");

        private final String what;

        Kind(String what) {
            this.what = what;
        }
    }

    ChildFault(Children children, String child, Kind kind) {
        this.children = children;
        this.child = child;
        this.kind = kind;
    }

    @Override
    public String what() {
        return child + " " + kind.what;
    }

    @Override
    public Optional<String> impossible() {
        return mustBeUp(children, child);
    }

    /** A fault in what is broken already would show nothing. */
    static Optional<String> mustBeUp(Children children, String child) {
        Optional<ChildSnapshot> now = children.child(child);
        if (now.filter(present -> present.state() == ChildState.UP).isPresent()) {
            return Optional.empty();
        }
        String state = now.map(present -> present.state().label()).orElse("not there");
        return Optional.of(child + " is " + state + ", and must be up for this; see relayctl status");
    }

    @Override
    public void begin() throws IOException {
        switch (kind) {
            case KILL -> children.signal(child, Signal.KILL);
            case STALL -> stall();
            case STOP -> children.stop(child);
        }
    }

    @Override
    public void keep() throws IOException {
        if (kind == Kind.STALL) {
            stall();
        }
    }

    private void stall() throws IOException {
        OptionalLong pid = children.child(child).map(ChildSnapshot::pid).orElse(OptionalLong.empty());
        if (pid.isPresent() && !pid.equals(stalled)) {
            children.signal(child, Signal.STOP);
            stalled = pid;
        }
    }

    /** A child that an operator has stopped meanwhile stays stopped, unless it was the drill that stopped it. */
    @Override
    public void repair() throws IOException {
        Optional<ChildSnapshot> now = children.child(child);
        if (now.isEmpty()) {
            return;
        }
        children.release(child);
        stalled = OptionalLong.empty();
        if (kind == Kind.STOP || now.get().wanted()) {
            children.start(child);
        }
    }
}
