package org.relaysupervisor.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Between a client and a server: passes bytes on both ways, or does to a connection what lines and servers do at their worst. */
final class FaultProxy implements AutoCloseable {
    private static final int BLOCK = 8192;
    private static final int LARGER_REQUEST = 8 << 20;

    /** What happens to a connection. */
    enum Kind {
        NONE,
        /** Closed before a byte. */
        REFUSE,
        /** Reset when so many bytes of the client have gone through. */
        RESET,
        /** From so many bytes on nothing moves anymore. */
        STALL,
        /** A byte of what the client sends is another one; reset when some larger request has gone through after it. */
        DAMAGE,
        /** The server does it all, and its answer breaks off after so many bytes. */
        TRUNCATED_ANSWER,
        /** An answer of our own to the first request, which the server never sees. */
        ANSWER
    }

    /**
     * @param after bytes of one direction that still go through
     * @param answer for {@link Kind#ANSWER}, head and body
     */
    record Fault(Kind kind, long after, String answer) {
        static final Fault NONE = new Fault(Kind.NONE, 0, "");

        static Fault of(Kind kind, long after) {
            return new Fault(kind, after, "");
        }

        static Fault answer(int status, String code, String headers) {
            String body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>" + code
                    + "</Code><Message>a fault of the test</Message></Error>";
            return new Fault(
                    Kind.ANSWER,
                    0,
                    "HTTP/1.1 " + status + " " + code + "\r\nContent-Type: application/xml\r\nConnection: close\r\n"
                            + headers + "Content-Length: " + body.length() + "\r\n\r\n" + body);
        }
    }

    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong bytesSent = new AtomicLong();
    private final int server;
    private volatile Supplier<Fault> next = () -> Fault.NONE;

    private FaultProxy(int server) throws IOException {
        this.server = server;
        threads.execute(this::accept);
    }

    static FaultProxy to(int server) throws IOException {
        return new FaultProxy(server);
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    /** Asked for each new connection; those there are end, so that it is the next one's. */
    void faults(Supplier<Fault> supplier) {
        next = supplier;
        endConnections();
    }

    void healthy() {
        faults(() -> Fault.NONE);
    }

    /** The next bytes, of all connections together, until the line is cut; then nobody is let in. */
    void resetAfter(long bytes) {
        long end = bytesSent.get() + bytes;
        faults(() -> {
            long left = end - bytesSent.get();
            return left > 0 ? Fault.of(Kind.RESET, left) : Fault.of(Kind.REFUSE, 0);
        });
    }

    /** What clients have sent so far and was passed on. */
    long bytesSent() {
        return bytesSent.get();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                open.add(client);
                Fault fault = next.get();
                threads.execute(() -> serve(client, fault));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client, Fault fault) {
        try {
            if (fault.kind() == Kind.REFUSE) {
                reset(client);
                return;
            }
            if (fault.kind() == Kind.ANSWER) {
                answer(client, fault.answer());
                return;
            }
            Socket upstream = new Socket(InetAddress.getLoopbackAddress(), server);
            open.add(upstream);
            threads.execute(() -> passBack(upstream, client, fault));
            passOn(client, upstream, fault);
        } catch (IOException e) {
            end(client);
        }
    }

    /** Reads the rest of the request too, as the answer would else be lost in a reset. */
    private void answer(Socket client, String answer) throws IOException {
        InputStream in = client.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return;
            }
            head.append((char) next);
        }
        client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        client.shutdownOutput();
        in.transferTo(OutputStream.nullOutputStream());
        end(client);
    }

    private void passOn(Socket client, Socket upstream, Fault fault) {
        byte[] block = new byte[BLOCK];
        long passed = 0;
        try {
            InputStream in = client.getInputStream();
            OutputStream out = upstream.getOutputStream();
            for (int count = in.read(block); count >= 0; count = in.read(block)) {
                boolean due = passed + count > fault.after();
                boolean worn = fault.kind() == Kind.DAMAGE && passed > fault.after() + LARGER_REQUEST;
                if (worn || (due && fault.kind() == Kind.RESET)) {
                    reset(client);
                    end(upstream);
                    return;
                }
                if (due && fault.kind() == Kind.STALL) {
                    return;
                }
                if (due && passed <= fault.after() && fault.kind() == Kind.DAMAGE) {
                    block[(int) (fault.after() - passed)] ^= 0x20;
                }
                out.write(block, 0, count);
                passed += count;
                bytesSent.addAndGet(count);
            }
            upstream.shutdownOutput();
        } catch (IOException e) {
            end(client);
            end(upstream);
        }
    }

    private void passBack(Socket upstream, Socket client, Fault fault) {
        byte[] block = new byte[BLOCK];
        long left = fault.kind() == Kind.TRUNCATED_ANSWER ? fault.after() : Long.MAX_VALUE;
        try {
            InputStream in = upstream.getInputStream();
            OutputStream out = client.getOutputStream();
            for (int count = in.read(block); count >= 0 && left > 0; count = in.read(block)) {
                int now = (int) Math.min(count, left);
                out.write(block, 0, now);
                left -= now;
            }
            end(client);
            end(upstream);
        } catch (IOException e) {
            end(client);
            end(upstream);
        }
    }

    private void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        end(socket);
    }

    private void end(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void endConnections() {
        open.forEach(this::end);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        endConnections();
        threads.shutdownNow();
    }
}
