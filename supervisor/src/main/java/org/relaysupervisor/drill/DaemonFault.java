package org.relaysupervisor.drill;

import java.util.Optional;

/** The daemon itself is killed, or made to hang. Its service manager has to start it again. */
final class DaemonFault implements Fault {
    private final Kind kind;
    private final boolean startedAgain;
    private final Runnable begin;

    /** What happens to it. */
    enum Kind {
        KILL(
                "the daemon is killed, and its service manager starts it again",
                "no service manager started this daemon, so nobody would start it again"),
        STALL(
                "the daemon hangs, and its service manager kills it and starts it again",
                "no service manager watches over this daemon, so it would hang for ever");

        private final String what;
        private final String impossible;

        Kind(String what, String impossible) {
            this.what = what;
            this.impossible = impossible;
        }
    }

    /**
     * @param startedAgain whether somebody starts the daemon again after this
     * @param begin has it happen in a moment: the answer to who asked leaves before
     */
    DaemonFault(Kind kind, boolean startedAgain, Runnable begin) {
        this.kind = kind;
        this.startedAgain = startedAgain;
        this.begin = begin;
    }

    @Override
    public String what() {
        return kind.what;
    }

    @Override
    public Optional<String> impossible() {
        return startedAgain ? Optional.empty() : Optional.of(kind.impossible);
    }

    @Override
    public void begin() {
        begin.run();
    }

    @Override
    public void repair() {
        // Who can be asked to is alive again.
    }
}
