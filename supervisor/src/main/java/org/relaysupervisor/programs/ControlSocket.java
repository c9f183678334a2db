package org.relaysupervisor.programs;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Asks Liquidsoap commands over its Unix socket. One connection serves them all, because Liquidsoap logs each; after any failure,
 * also that of an earlier process of Liquidsoap, the next question makes a new one. One thread at a time.
 */
final class ControlSocket implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int MAXIMUM_ANSWER = 16 * 1024;
    private static final String END = "\r\nEND\r\n";

    private final Path path;
    private Connection connection;

    private record Connection(SocketChannel channel, Selector selector, SelectionKey key) {
        static Connection open(Path path) throws IOException {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            Selector selector = Selector.open();
            try {
                channel.configureBlocking(false);
                // On a Unix socket this succeeds or fails at once, also when it doesn't block.
                if (!channel.connect(UnixDomainSocketAddress.of(path))) {
                    throw new IOException("Liquidsoap's socket takes no connection");
                }
                return new Connection(channel, selector, channel.register(selector, SelectionKey.OP_READ));
            } catch (IOException e) {
                channel.close();
                selector.close();
                throw e;
            }
        }

        void close() throws IOException {
            channel.close();
            selector.close();
        }
    }

    ControlSocket(Path path) {
        this.path = path;
    }

    /**
     * Blocks for at most some seconds; an interrupt ends the wait at once.
     *
     * @throws IOException when nothing answers in time
     */
    String ask(String command) throws IOException {
        try {
            if (connection == null) {
                connection = Connection.open(path);
            }
            ByteBuffer request = ByteBuffer.wrap((command + '\n').getBytes(StandardCharsets.UTF_8));
            while (request.hasRemaining()) {
                if (connection.channel().write(request) == 0) {
                    throw new IOException("Liquidsoap does not read its socket");
                }
            }
            return readAnswer(connection);
        } catch (IOException e) {
            disconnect();
            throw new IOException("Liquidsoap's socket " + path + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            disconnect();
        } catch (IOException e) {
            // A socket that can't be closed is lost all the same.
        }
    }

    /** An answer that comes late would be taken for that to the next question, so nothing is kept after a failure. */
    private void disconnect() throws IOException {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    private static String readAnswer(Connection connection) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(MAXIMUM_ANSWER);
        while (answer.hasRemaining()) {
            connection.selector().selectedKeys().clear();
            if (connection.selector().select(TIMEOUT_MILLIS) == 0
                    || !connection.key().isReadable()) {
                throw new IOException(
                        Thread.currentThread().isInterrupted()
                                ? "interrupted"
                                : "no answer within " + TIMEOUT_MILLIS + " ms");
            }
            int n = connection.channel().read(answer);
            String text = new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
            int end = text.indexOf(END);
            if (end >= 0) {
                return text.substring(0, end);
            }
            if (n < 0) {
                throw new IOException("closed without an answer");
            }
        }
        throw new IOException("an answer of more than " + MAXIMUM_ANSWER + " bytes");
    }
}
