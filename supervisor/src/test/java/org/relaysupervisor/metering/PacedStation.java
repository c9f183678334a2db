package org.relaysupervisor.metering;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Serves streams in real time, every 160 ms. As the proxy's tap does, it leaves audio out for a client that is more than two seconds
 * behind, and counts it.
 */
final class PacedStation implements AutoCloseable {
    private static final long TURN_MILLIS = 160;

    private final ServerSocket server = new ServerSocket(0, 20, InetAddress.getLoopbackAddress());
    private final Map<String, Stream> streams = new ConcurrentHashMap<>();
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();

    /** Its time begins with the first client. */
    private static final class Stream {
        final byte[] bytes;
        final double bytesPerMilli;
        final AtomicInteger splices = new AtomicInteger();
        private long begun;

        Stream(byte[] bytes, double seconds) {
            this.bytes = bytes;
            this.bytesPerMilli = bytes.length / seconds / 1000;
        }

        synchronized int position() {
            long now = System.nanoTime();
            begun = begun == 0 ? now : begun;
            return (int) Math.min(bytes.length, (now - begun) / 1e6 * bytesPerMilli);
        }
    }

    PacedStation() throws IOException {
        start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    void serve(String path, byte[] bytes, double seconds) {
        streams.put(path, new Stream(bytes, seconds));
    }

    int splices(String path) {
        return streams.get(path).splices.get();
    }

    void breakConnections() {
        clients.forEach(PacedStation::closeQuietly);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "paced-station");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                clients.add(client);
                start(() -> {
                    try (client) {
                        serve(client);
                    } catch (IOException e) {
                        // It went away, or was sent away.
                    } finally {
                        clients.remove(client);
                    }
                });
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket client) throws IOException {
        client.setSendBufferSize(8192);
        BufferedReader head =
                new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
        Stream stream = streams.get(head.readLine().split(" ")[1]);
        OutputStream out = client.getOutputStream();
        out.write("HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        stream.splices.incrementAndGet();
        int sent = stream.position();
        while (true) {
            int now = stream.position();
            if (now - sent > 2000 * stream.bytesPerMilli) {
                stream.splices.incrementAndGet();
                sent = now;
            }
            out.write(stream.bytes, sent, now - sent);
            sent = now;
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(TURN_MILLIS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        breakConnections();
    }
}
