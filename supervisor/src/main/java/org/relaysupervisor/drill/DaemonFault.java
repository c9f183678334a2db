package org.relaysupervisor.drill;

import java.util.Optional;

/** The daemon itself is killed. Its service manager has to start it again. */
final class DaemonFault implements Fault {
    private final boolean startedAgain;
    private final Runnable kill;

    /**
     * @param startedAgain whether somebody starts the daemon again
     * @param kill SIGKILL for this process, in a moment: the answer to who asked leaves before
     */
    DaemonFault(boolean startedAgain, Runnable kill) {
        this.startedAgain = startedAgain;
        this.kill = kill;
    }

    @Override
    public String what() {
        return "the daemon is killed, and its service manager starts it again";
    }

    @Override
    public Optional<String> impossible() {
        return startedAgain
                ? Optional.empty()
                : Optional.of("no service manager started this daemon, so nobody would start it again");
    }

    @Override
    public void begin() {
        kill.run();
    }

    @Override
    public void repair() {
        // Who can be asked to is alive again.
    }
}
