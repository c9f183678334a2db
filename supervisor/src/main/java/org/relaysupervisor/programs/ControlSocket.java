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

/** Asks Liquidsoap one command per connection, over its Unix socket. */
final class ControlSocket {
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int MAXIMUM_ANSWER = 16 * 1024;
    private static final String END = "\r\nEND\r\n";

    private final Path path;

    ControlSocket(Path path) {
        this.path = path;
    }

    /**
     * Blocks for at most some seconds; an interrupt ends the wait at once.
     *
     * @throws IOException when nothing answers in time
     */
    String ask(String command) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            // On a Unix socket this succeeds or fails at once, also when it doesn't block.
            if (!channel.connect(UnixDomainSocketAddress.of(path))) {
                throw new IOException("Liquidsoap's socket takes no connection");
            }
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            // The second command ends the connection from Liquidsoap's side, and its goodbye is not waited for.
            ByteBuffer request = ByteBuffer.wrap((command + "\nquit\n").getBytes(StandardCharsets.UTF_8));
            while (request.hasRemaining()) {
                if (channel.write(request) == 0) {
                    throw new IOException("Liquidsoap does not read its socket");
                }
            }
            return readAnswer(channel, selector, key);
        } catch (IOException e) {
            throw new IOException("Liquidsoap's socket " + path + ": " + e.getMessage(), e);
        }
    }

    private static String readAnswer(SocketChannel channel, Selector selector, SelectionKey key) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(MAXIMUM_ANSWER);
        while (answer.hasRemaining()) {
            selector.selectedKeys().clear();
            if (selector.select(TIMEOUT_MILLIS) == 0 || !key.isReadable()) {
                throw new IOException(
                        Thread.currentThread().isInterrupted()
                                ? "interrupted"
                                : "no answer within " + TIMEOUT_MILLIS + " ms");
            }
            int n = channel.read(answer);
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
