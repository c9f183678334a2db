package org.relaysupervisor.drill;

import java.io.IOException;
import java.util.Optional;

/** The daemon itself is killed, or made to hang. Its service manager has to start it again. */
final class DaemonFault implements Fault {
    private final Kind kind;
    private final boolean startedAgain;
    private final Runnable begin;
    private final Work repair;

    /** What happens to it. */
    enum Kind {
        KILL(
                "the daemon is killed, and its service manager starts it again",
                "no service manager started this daemon, so nobody would start it again"),
        STALL(
                "the daemon hangs, and its service manager kills it and starts it again",
                "no service manager watches over this daemon, so it would hang for ever"),
        OOM(
                "the daemon is killed by the kernel for memory, and its service manager starts it again",
                "no service manager started this daemon in a cgroup v2 of its own, so the kernel can't kill it alone for"
                        + " memory, or nobody would start it again; see relayctl doctor");

        private final String what;
        private final String impossible;

        Kind(String what, String impossible) {
            this.what = what;
            this.impossible = impossible;
        }
    }

    /**
     * @param startedAgain whether it can happen here, and somebody starts the daemon again after this
     * @param begin has it happen in a moment: the answer to who asked leaves before
     * @param repair undoes what outlives the daemon
     */
    DaemonFault(Kind kind, boolean startedAgain, Runnable begin, Work repair) {
        this.kind = kind;
        this.startedAgain = startedAgain;
        this.begin = begin;
        this.repair = repair;
    }

    /** One of which nothing is left when the daemon can be asked again. */
    DaemonFault(Kind kind, boolean startedAgain, Runnable begin) {
        this(kind, startedAgain, begin, () -> {});
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
    public void repair() throws IOException {
        repair.run();
    }
}
