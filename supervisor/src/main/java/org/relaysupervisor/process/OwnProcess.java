package org.relaysupervisor.process;

import java.io.IOException;

/** The daemon's own process. */
public final class OwnProcess {
    private OwnProcess() {}

    /** SIGKILL: nothing of ours runs after this, no handler and no hook. */
    public static void kill() throws IOException {
        try (PidFd self = PidFd.open(ProcessHandle.current().pid())
                .orElseThrow(() -> new IOException("the kernel doesn't know this process"))) {
            int errno = self.signal(LibC.SIGKILL);
            throw new IOException("the daemon could not kill itself: " + LibC.errorName(errno));
        }
    }
}
