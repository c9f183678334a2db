package org.relaysupervisor.process;

import com.sun.jna.Memory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What the kernel says of a TCP socket that is known by its descriptor alone. Never throws and never blocks; a descriptor that is
 * no such socket has no properties.
 *
 * @param descriptor the caller's own, open meanwhile
 */
public record TcpSocket(int descriptor) {
    /** What {@link #bytesTaken} counts besides for the end that made the connection: its SYN takes a number in the sequence as well. */
    public static final int SYN = 1;

    /** So often two readings between which the peer acknowledges something are made again. */
    private static final int MOST_READINGS = 16;

    /** The port is in network order, behind the family; the address behind it, in IPv6 behind a flow label as well. */
    private static final int PORT = 2;

    private static final int IPV4 = 4;
    private static final int IPV6 = 8;

    /** Whether connections that are made to this very address and port arrive here. */
    public boolean listensOn(InetSocketAddress address) {
        return option(LibC.SO_TYPE).equals(OptionalInt.of(LibC.SOCK_STREAM))
                && option(LibC.SO_ACCEPTCONN).equals(OptionalInt.of(1))
                && localAddress().filter(address::equals).isPresent();
    }

    private OptionalInt option(int name) {
        try (Memory value = new Memory(4);
                Memory length = new Memory(4)) {
            length.setInt(0, 4);
            boolean known = LibC.getsockopt(descriptor, LibC.SOL_SOCKET, name, value, length) == 0;
            return known ? OptionalInt.of(value.getInt(0)) : OptionalInt.empty();
        }
    }

    private Optional<InetSocketAddress> localAddress() {
        try (Memory address = new Memory(LibC.SOCKET_ADDRESS_BYTES);
                Memory length = new Memory(4)) {
            length.setInt(0, LibC.SOCKET_ADDRESS_BYTES);
            if (LibC.getsockname(descriptor, address, length) != 0) {
                return Optional.empty();
            }
            ByteBuffer raw = ByteBuffer.wrap(address.getByteArray(0, LibC.SOCKET_ADDRESS_BYTES));
            int port = raw.getShort(PORT) & 0xFFFF;
            return switch (address.getShort(0)) {
                case LibC.AF_INET -> address(raw, IPV4, 4, port);
                case LibC.AF_INET6 -> address(raw, IPV6, 16, port);
                default -> Optional.empty();
            };
        }
    }

    /** One of IPv4 in IPv6 becomes the IPv4 address that it is. */
    private static Optional<InetSocketAddress> address(ByteBuffer raw, int from, int length, int port) {
        byte[] bytes = new byte[length];
        raw.position(from).get(bytes);
        try {
            return Optional.of(new InetSocketAddress(InetAddress.getByAddress(bytes), port));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address of " + length + " bytes", e);
        }
    }

    /**
     * How many bytes the kernel has taken to send since the connection was accepted, sent or not; {@link #SYN} more where it was made and
     * not accepted. Empty when it isn't established any more. It is what the peer has acknowledged and what waits for that, which no call
     * reads at once: it is read until nothing was acknowledged meanwhile.
     */
    public OptionalLong bytesTaken() {
        for (int i = 0; i < MOST_READINGS; i++) {
            OptionalLong before = acknowledged();
            OptionalInt waiting = waiting();
            if (before.isEmpty() || waiting.isEmpty()) {
                return OptionalLong.empty();
            }
            if (acknowledged().equals(before)) {
                return OptionalLong.of(before.getAsLong() + waiting.getAsInt());
            }
        }
        return OptionalLong.empty();
    }

    private OptionalLong acknowledged() {
        try (Memory info = new Memory(LibC.TCP_INFO_BYTES);
                Memory length = new Memory(4)) {
            length.setInt(0, LibC.TCP_INFO_BYTES);
            boolean established = LibC.getsockopt(descriptor, LibC.IPPROTO_TCP, LibC.TCP_INFO, info, length) == 0
                    && length.getInt(0) >= LibC.TCP_INFO_BYTES_ACKED + 8
                    && info.getByte(0) == LibC.TCP_ESTABLISHED;
            return established ? OptionalLong.of(info.getLong(LibC.TCP_INFO_BYTES_ACKED)) : OptionalLong.empty();
        }
    }

    private OptionalInt waiting() {
        try (Memory bytes = new Memory(4)) {
            boolean known = LibC.ioctl(descriptor, LibC.SIOCOUTQ, bytes) == 0;
            return known ? OptionalInt.of(bytes.getInt(0)) : OptionalInt.empty();
        }
    }

    /**
     * Ends the connection with a reset, and has the kernel forget what it still was to send, whoever else has the socket open. Closing
     * it does that only where nobody else has. The descriptor stays open.
     */
    public void reset() {
        try (Memory nowhere = new Memory(LibC.SOCKET_ADDRESS_BYTES)) {
            nowhere.clear();
            nowhere.setShort(0, (short) LibC.AF_UNSPEC);
            LibC.connect(descriptor, nowhere, 16);
        }
    }

    /** Ends the connection in order, whoever else has the socket open, and closes the descriptor. */
    public void close() {
        LibC.shutdown(descriptor, LibC.SHUT_RDWR);
        LibC.close(descriptor);
    }
}
