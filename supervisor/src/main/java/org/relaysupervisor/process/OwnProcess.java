package org.relaysupervisor.process;

import java.io.IOException;

/** The daemon's own process. */
public final class OwnProcess {
    private OwnProcess() {}

    /**
     * KILL or STOP: nothing of ours runs after either, no handler and no hook, and after STOP nothing until somebody else sends CONT.
     *
     * @throws IOException when the kernel refuses
     */
    public static void signal(Processes.Signal signal) throws IOException {
        try (PidFd self = PidFd.open(ProcessHandle.current().pid())
                .orElseThrow(() -> new IOException("the kernel doesn't know this process"))) {
            int errno = self.signal(signal.number());
            if (errno != 0) {
                throw new IOException("the daemon could not signal itself: " + LibC.errorName(errno));
            }
        }
    }
}
