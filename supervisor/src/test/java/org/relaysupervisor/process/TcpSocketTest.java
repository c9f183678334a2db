package org.relaysupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TcpSocketTest {
    private static final InetAddress LOCAL = InetAddress.getLoopbackAddress();
    private static final long SEED = 20261123;

    /** Of the socket with this local port that has, or has not, a peer; found as nothing else tells it. */
    private static TcpSocket ours(SocketChannel channel) throws IOException {
        InetSocketAddress local = (InetSocketAddress) channel.getLocalAddress();
        InetSocketAddress remote = (InetSocketAddress) channel.getRemoteAddress();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .map(path -> Integer.parseInt(path.getFileName().toString()))
                    .filter(fd -> port(fd, false) == local.getPort() && port(fd, true) == remote.getPort())
                    .map(TcpSocket::new)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static int port(int fd, boolean remote) {
        try (Memory address = new Memory(LibC.SOCKET_ADDRESS_BYTES);
                Memory length = new Memory(4)) {
            length.setInt(0, LibC.SOCKET_ADDRESS_BYTES);
            address.clear();
            int failed = remote ? Peer.getpeername(fd, address, length) : LibC.getsockname(fd, address, length);
            return failed == 0 ? Short.toUnsignedInt(Short.reverseBytes(address.getShort(2))) : -1;
        }
    }

    private static final class Peer {
        static {
            Native.register(Peer.class, NativeLibrary.getInstance("libc.so.6"));
        }

        static native int getpeername(int fd, Pointer address, Pointer length);
    }

    @Test
    void theSynOfTheEndThatConnectsIsCountedAsOneByte() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(LOCAL, 0));
                SocketChannel connected = SocketChannel.open(server.getLocalAddress());
                SocketChannel accepted = server.accept()) {
            TcpSocket socket = ours(connected);
            assertThat(socket.bytesTaken()).hasValue(TcpSocket.SYN);
            connected.write(ByteBuffer.allocate(1_000));
            assertThat(socket.bytesTaken()).hasValue(1_000 + TcpSocket.SYN);
            assertThat(ours(accepted).bytesTaken()).hasValue(0);
        }
    }

    @Test
    void theBytesTakenAreCountedExactlyWhileThePeerReads() throws IOException {
        Random random = new Random(SEED);
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(LOCAL, 0));
                Socket peer = new Socket()) {
            peer.setReceiveBufferSize(4096);
            peer.connect(server.getLocalAddress());
            try (SocketChannel accepted = server.accept()) {
                TcpSocket socket = ours(accepted);
                assertThat(socket.bytesTaken()).hasValue(0);
                accepted.setOption(StandardSocketOptions.SO_SNDBUF, 65536);
                accepted.configureBlocking(false);
                long taken = 0;
                byte[] into = new byte[20_000];
                for (int i = 0; i < 400; i++) {
                    taken += accepted.write(ByteBuffer.allocate(1 + random.nextInt(9_000)));
                    assertThat(socket.bytesTaken())
                            .as("seed %s, step %s", SEED, i)
                            .hasValue(taken);
                    if (random.nextBoolean() && peer.getInputStream().available() > 0) {
                        assertThat(peer.getInputStream().read(into)).isPositive();
                    }
                }
                assertThat(taken).isGreaterThan(200_000);
            }
        }
    }

    @Test
    void aConnectionThatHasEndedHasTakenNothing() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(LOCAL, 0));
                Socket peer = new Socket(LOCAL, ((InetSocketAddress) server.getLocalAddress()).getPort());
                SocketChannel accepted = server.accept()) {
            TcpSocket socket = ours(accepted);
            accepted.shutdownOutput();
            assertThat(peer.getInputStream().read()).isEqualTo(-1);
            assertThat(socket.bytesTaken()).isEmpty();
        }
        assertThat(new TcpSocket(100_000).bytesTaken()).isEmpty();
    }

    @Test
    void aResetReachesThePeerAlthoughAnotherHasTheSocketOpen() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(LOCAL, 0));
                Socket peer = new Socket(LOCAL, ((InetSocketAddress) server.getLocalAddress()).getPort())) {
            int other;
            try (SocketChannel accepted = server.accept()) {
                TcpSocket socket = ours(accepted);
                other = LibC.fcntl(socket.descriptor(), 0, 4_000);
                accepted.write(ByteBuffer.allocate(10));
                socket.reset();
            }
            assertThatThrownBy(() -> peer.getInputStream().readAllBytes()).isInstanceOf(SocketException.class);
            LibC.close(other);
        }
    }

    @Test
    void aListeningSocketIsToldByItsAddress() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, LOCAL)) {
            InetSocketAddress address = new InetSocketAddress(LOCAL, server.getLocalPort());
            TcpSocket socket = listening(server.getLocalPort());
            assertThat(socket.listensOn(address)).isTrue();
            assertThat(socket.listensOn(new InetSocketAddress(LOCAL, server.getLocalPort() ^ 1)))
                    .isFalse();
            assertThat(socket.listensOn(new InetSocketAddress("0.0.0.0", server.getLocalPort())))
                    .isFalse();
            assertThat(socket.bytesTaken()).isEmpty();
        }
        assertThat(new TcpSocket(1).listensOn(new InetSocketAddress(LOCAL, 1))).isFalse();
    }

    private static TcpSocket listening(int port) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .map(path -> Integer.parseInt(path.getFileName().toString()))
                    .filter(fd -> port(fd, false) == port && port(fd, true) < 0)
                    .map(TcpSocket::new)
                    .findFirst()
                    .orElseThrow();
        }
    }
}
