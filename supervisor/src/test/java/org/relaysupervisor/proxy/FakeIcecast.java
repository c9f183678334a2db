package org.relaysupervisor.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Plays Icecast's part of one conversation at a time, on a real socket. */
final class FakeIcecast implements AutoCloseable {
    /** What happens on one connection; its result is the test's. */
    interface Script<T> {
        T play(Socket socket) throws IOException;
    }

    private final ServerSocket server;
    private final ExecutorService thread = Executors.newCachedThreadPool();

    FakeIcecast() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    int port() {
        return server.getLocalPort();
    }

    /** Plays the script with whoever connects next. */
    <T> Future<T> next(Script<T> script) {
        return thread.submit(() -> {
            try (Socket socket = server.accept()) {
                return script.play(socket);
            }
        });
    }

    /** Accepts the source that connects next, and takes all that it sends. */
    @SuppressWarnings("FutureReturnValueIgnored") // a script whose result is of no interest
    void acceptSource() {
        next(socket -> {
            head(socket.getInputStream());
            socket.getOutputStream().write(Exchanges.SOURCE_OK.getBytes(StandardCharsets.ISO_8859_1));
            return socket.getInputStream().readAllBytes();
        });
    }

    /** Reads up to and with the first empty line, byte by byte, so that nothing behind it is taken. */
    static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        server.close();
        thread.shutdownNow();
    }
}
