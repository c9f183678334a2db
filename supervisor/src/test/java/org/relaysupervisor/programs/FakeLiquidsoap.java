package org.relaysupervisor.programs;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Liquidsoap's socket as a test wants it: one connection after the other, each question answered by what is set then. */
final class FakeLiquidsoap implements AutoCloseable {
    /** Answer that ends the connection. */
    static final String CLOSE = "close";
    /** Answer that never comes. */
    static final String NOTHING = "";

    final AtomicInteger connections = new AtomicInteger();
    final AtomicInteger questions = new AtomicInteger();
    private final ServerSocketChannel socket;
    private volatile SocketChannel client;
    private volatile String answer;

    FakeLiquidsoap(Path path, String answer) throws IOException {
        this.answer = answer;
        Files.deleteIfExists(path);
        socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        socket.bind(UnixDomainSocketAddress.of(path));
        Thread thread = new Thread(this::serve, "fake-liquidsoap");
        thread.setDaemon(true);
        thread.start();
    }

    /** From the next question on. What is given is sent as it is. */
    void answers(String raw) {
        answer = raw;
    }

    /** Answers as Liquidsoap does. */
    void plays(String text) {
        answers(whole(text));
    }

    static String whole(String text) {
        return text + "\r\nEND\r\n";
    }

    private void serve() {
        while (socket.isOpen()) {
            try (SocketChannel accepted = socket.accept()) {
                client = accepted;
                connections.incrementAndGet();
                converse(accepted);
            } catch (IOException e) {
                // Closed by the test, or by who asks.
            }
        }
    }

    private void converse(SocketChannel accepted) throws IOException {
        ByteBuffer command = ByteBuffer.allocate(100);
        while (accepted.read(command.clear()) > 0) {
            questions.incrementAndGet();
            String raw = answer;
            if (raw.equals(CLOSE)) {
                return;
            }
            accepted.write(ByteBuffer.wrap(raw.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        SocketChannel last = client;
        if (last != null) {
            last.close();
        }
    }
}
