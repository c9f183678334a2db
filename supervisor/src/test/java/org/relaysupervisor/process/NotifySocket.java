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

    /**
     * @param descriptor what came with it, the test's to close; negative when nothing did
     */
    public record Message(String text, int descriptor) {}

    /** The text of the next message; empty when there is none yet. */
    public Optional<String> next() {
        return nextMessage().map(Message::text);
    }

    /** The next message; empty when there is none yet. */
    public Optional<Message> nextMessage() {
        try (Memory bytes = new Memory(4096);
                Memory vector = new Memory(LibC.VECTOR_BYTES);
                Memory control = new Memory(LibC.CONTROL_BYTES);
                Memory header = new Memory(LibC.MESSAGE_BYTES)) {
            vector.setPointer(0, bytes);
            vector.setLong(8, bytes.size());
            control.clear();
            header.clear();
            header.setPointer(LibC.MESSAGE_VECTORS, vector);
            header.setLong(LibC.MESSAGE_VECTOR_COUNT, 1);
            header.setPointer(LibC.MESSAGE_CONTROL, control);
            header.setLong(LibC.MESSAGE_CONTROL_BYTES, LibC.CONTROL_BYTES);
            int closedOnExec = 0x40000000;
            long length = LibC.recvmsg(fd, header, LibC.MSG_DONTWAIT | closedOnExec);
            if (length < 0) {
                return Optional.empty();
            }
            boolean passed = header.getLong(LibC.MESSAGE_CONTROL_BYTES) >= LibC.CONTROL_LENGTH
                    && control.getInt(LibC.CONTROL_TYPE) == LibC.SCM_RIGHTS;
            String text = new String(bytes.getByteArray(0, (int) length), StandardCharsets.UTF_8);
            return Optional.of(new Message(text, passed ? control.getInt(LibC.CONTROL_DATA) : -1));
        }
    }

    /** Waits until there is a message, or for so long. */
    public void awaitMessage(int millis) {
        try (Memory descriptor = new Memory(8)) {
            descriptor.setInt(0, fd);
            descriptor.setShort(4, LibC.POLLIN);
            descriptor.setShort(6, (short) 0);
            LibC.poll(descriptor, 1, millis);
        }
    }

    @Override
    public void close() {
        sockets.close(fd);
    }
}
