package org.relaysupervisor.recording;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands where the proxy does: answers each request with what a test writes. */
final class MountServer implements AutoCloseable {
    /** Writes what a listener is to get; the connection ends when it returns. */
    interface Programme {
        void play(String head, OutputStream listener) throws IOException, InterruptedException;
    }

    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    final CopyOnWriteArrayList<String> heads = new CopyOnWriteArrayList<>();

    MountServer(Programme programme) throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        threads.execute(() -> {
            while (!server.isClosed()) {
                try {
                    Socket listener = server.accept();
                    threads.execute(() -> answer(listener, programme));
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    int port() {
        return server.getLocalPort();
    }

    private void answer(Socket listener, Programme programme) {
        try (listener) {
            InputStream in = listener.getInputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.read());
            }
            heads.add(head.toString());
            OutputStream out = listener.getOutputStream();
            out.write("HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            programme.play(head.toString(), out);
        } catch (IOException gone) {
            // The listener was killed.
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }
}
