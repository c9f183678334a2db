package org.relaysupervisor.process;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The service manager's end: a real AF_UNIX datagram socket, which the JDK can't make. */
public final class NotifySocket implements AutoCloseable {
    private static final Sockets sockets = Native.load("c", Sockets.class);

    private final String name;
    private final int fd;

    /** The few calls of libc that it takes. */
    public interface Sockets extends Library {
        int socket(int domain, int type, int protocol);

        int bind(int fd, Pointer address, int length);

        long recv(int fd, byte[] bytes, long count, int flags);

        int close(int fd);
    }

    private NotifySocket(String name, int fd) {
        this.name = name;
        this.fd = fd;
    }

    /** @param name as in NOTIFY_SOCKET: a path, or an abstract name that starts with @ */
    public static NotifySocket bind(String name) {
        byte[] path = name.getBytes(StandardCharsets.UTF_8);
        if (path[0] == '@') {
            path[0] = 0;
        }
        int fd = sockets.socket(LibC.AF_UNIX, LibC.SOCK_DGRAM, 0);
        try (Memory address = new Memory(2 + path.length)) {
            address.setShort(0, (short) LibC.AF_UNIX);
            address.write(2, path, 0, path.length);
            if (fd < 0 || sockets.bind(fd, address, 2 + path.length) != 0) {
                throw new AssertionError("no socket " + name + ": " + LibC.errorName(Native.getLastError()));
            }
        }
        return new NotifySocket(name, fd);
    }

    public String name() {
        return name;
    }

    /** The next message; empty when there is none yet. */
    public Optional<String> next() {
        byte[] bytes = new byte[4096];
        long length = sockets.recv(fd, bytes, bytes.length, LibC.MSG_DONTWAIT);
        return length < 0 ? Optional.empty() : Optional.of(new String(bytes, 0, (int) length, StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        sockets.close(fd);
    }
}
