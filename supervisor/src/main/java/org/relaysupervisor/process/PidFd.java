package org.relaysupervisor.process;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.util.Optional;

/** A handle on one process, our child or not, that never comes to mean another one when its number is used again. */
final class PidFd implements AutoCloseable {
    private final int fd;

    private PidFd(int fd) {
        this.fd = fd;
    }

    /** Empty when there is no such process. Which one it is must be looked up after this, not before. */
    static Optional<PidFd> open(long pid) {
        long fd = LibC.syscall(LibC.SYS_PIDFD_OPEN, pid, 0, 0, 0);
        return fd < 0 ? Optional.empty() : Optional.of(new PidFd((int) fd));
    }

    /** @return zero, or the errno: ESRCH when it is gone, EPERM when it belongs to another user */
    int signal(int number) {
        return LibC.syscall(LibC.SYS_PIDFD_SEND_SIGNAL, fd, number, 0, 0) == 0 ? 0 : Native.getLastError();
    }

    /** Whether it ended within the time; reaped or not. */
    boolean awaitEnd(long timeoutMillis) {
        try (Memory descriptor = new Memory(8)) {
            descriptor.setInt(0, fd);
            descriptor.setShort(4, LibC.POLLIN);
            descriptor.setShort(6, (short) 0);
            return LibC.poll(descriptor, 1, (int) Math.max(0, timeoutMillis)) == 1;
        }
    }

    @Override
    public void close() {
        LibC.close(fd);
    }
}
