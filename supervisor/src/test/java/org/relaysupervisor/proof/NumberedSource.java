package org.relaysupervisor.proof;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A source that sends as Liquidsoap does, frame by frame in real time, and knows no standstill: while nobody takes its audio it goes on,
 * so that a frame's number is the time at which it was played.
 */
final class NumberedSource implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final long RETRY_MILLIS = 100;
    private static final int MOST_HEAD = 4_096;

    private final int port;
    private final String mount;
    private final Callable<String> password;
    private final long begin = System.nanoTime();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong sent = new AtomicLong(-1);
    private final Thread thread = new Thread(this::send, "numbered source");
    private volatile boolean closed;
    private volatile Optional<Socket> open = Optional.empty();

    /** @param password asked for at each connection; that it fails means only that there is none yet */
    NumberedSource(int port, String mount, Callable<String> password) {
        this.port = port;
        this.mount = mount;
        this.password = password;
        thread.setDaemon(true);
        thread.start();
    }

    /** How many were taken. */
    int connections() {
        return connections.get();
    }

    /** The number of the newest frame that was written to a connection; -1 before the first. */
    long sent() {
        return sent.get();
    }

    private void send() {
        while (!closed) {
            try (Socket socket = new Socket()) {
                open = Optional.of(socket);
                socket.setTcpNoDelay(true);
                socket.setSoTimeout(TIMEOUT_MILLIS);
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
                begin(socket);
                connections.incrementAndGet();
                stream(socket.getOutputStream());
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                // The daemon is away, or not ready.
            }
            try {
                TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void begin(Socket socket) throws Exception {
        String login = Base64.getEncoder().encodeToString(("source:" + password.call()).getBytes(ISO_8859_1));
        String head = "SOURCE " + mount + " HTTP/1.0\r\nAuthorization: Basic " + login
                + "\r\nContent-Type: audio/mpeg\r\nUser-Agent: numbered\r\nice-name: Numbered\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(ISO_8859_1));
        String reply = head(socket.getInputStream());
        if (!reply.startsWith("HTTP/1.0 200 ") && !reply.startsWith("HTTP/1.1 200 ")) {
            throw new IOException(reply);
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < MOST_HEAD && head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("turned away: " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    /** From the frame that plays now; no frame before its time, and none left out when a write took long. */
    private void stream(OutputStream out) throws IOException, InterruptedException {
        for (long number = NumberedFrames.numberAt(System.nanoTime() - begin); !closed; number++) {
            long early = begin + NumberedFrames.nanos(number) - System.nanoTime();
            if (early > 0) {
                TimeUnit.NANOSECONDS.sleep(early);
            }
            out.write(NumberedFrames.frame(number));
            sent.set(number);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        thread.interrupt();
        if (open.isPresent()) {
            open.get().close();
        }
    }
}
