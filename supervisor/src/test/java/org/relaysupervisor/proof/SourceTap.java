package org.relaysupervisor.proof;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands between Liquidsoap and the source route, passes everything on both ways unchanged, and remembers the frames that
 * Liquidsoap sent: what listeners ought to hear. Remembers a frame before it is passed on, so that nobody can have heard one
 * that isn't remembered.
 */
final class SourceTap implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MILLIS = 2_000;

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int sourceRoute;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "source tap");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Run> runs = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** @param sourceRoute the port of 127.0.0.1 that Liquidsoap would otherwise connect to */
    SourceTap(int sourceRoute) throws IOException {
        this.sourceRoute = sourceRoute;
        threads.execute(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** What came on each connection that brought audio, in order. Safe from any thread. */
    List<SourceChain.Run> runs() {
        return runs.stream().map(Run::snapshot).toList();
    }

    private void accept() {
        try {
            while (true) {
                Socket source = server.accept();
                open.add(source);
                threads.execute(() -> connect(source));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void connect(Socket source) {
        Socket relay = new Socket();
        open.add(relay);
        try {
            source.setTcpNoDelay(true);
            relay.setTcpNoDelay(true);
            relay.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), sourceRoute), CONNECT_TIMEOUT_MILLIS);
        } catch (IOException e) {
            hangUp(source, relay);
            return;
        }
        threads.execute(() -> pump(relay, source, new Ignored()));
        pump(source, relay, new Run());
    }

    private interface Watcher {
        void see(byte[] bytes, int length);
    }

    private static final class Ignored implements Watcher {
        @Override
        public void see(byte[] bytes, int length) {}
    }

    /** The request of one connection, and its frames when the request is a source's. */
    private final class Run implements Watcher {
        private final Chain chain = new Chain();
        private final StringBuilder head = new StringBuilder();
        private final FrameWalker walker = new FrameWalker(
                frame -> {
                    if (chain.size() == 0) {
                        runs.add(this);
                    }
                    chain.add(frame, System.nanoTime());
                },
                // Liquidsoap's encoder makes nothing else; were it to, listeners would be compared with what is left.
                fault -> {});
        private boolean audio;

        @Override
        public synchronized void see(byte[] bytes, int length) {
            int at = 0;
            while (!audio && at < length) {
                head.append((char) (bytes[at] & 0xFF));
                at++;
                audio = head.length() >= 4 && head.substring(head.length() - 4).equals("\r\n\r\n");
            }
            if (audio && head.indexOf("GET ") != 0) {
                walker.accept(bytes, at, length - at);
            }
        }

        synchronized SourceChain.Run snapshot() {
            return new SourceChain.Run(chain.frames(), chain.times());
        }
    }

    private void pump(Socket from, Socket to, Watcher watcher) {
        byte[] bytes = new byte[16_384];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                watcher.see(bytes, length);
                out.write(bytes, 0, length);
            }
        } catch (IOException e) {
            // One of them has gone, and so the other goes.
        } finally {
            hangUp(from, to);
        }
    }

    private void hangUp(Socket... sockets) {
        for (Socket socket : sockets) {
            open.remove(socket);
            try {
                socket.close();
            } catch (IOException e) {
                // It is gone either way.
            }
        }
    }

    /** Commands for a {@link LiquidsoapWrapper} that connect Liquidsoap to this tap instead of the source route. */
    String start() {
        return """
                umask 077
                sed 's/^\\( *port=\\)%d,/\\1%d,/' "$1" >"$1.tapped" || exit
                exec liquidsoap $library "$1.tapped"
                """.formatted(sourceRoute, port());
    }

    @Override
    public void close() throws IOException {
        server.close();
        hangUp(open.toArray(Socket[]::new));
        threads.shutdownNow();
    }
}
