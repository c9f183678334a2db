package org.relaysupervisor;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.relaysupervisor.process.FreePort;

/** Lets every source in, and takes what it sends. */
final class SilentIcecast implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(FreePort.next(), 5, InetAddress.getLoopbackAddress());

    SilentIcecast() throws IOException {
        Thread thread = new Thread(this::serve, "silent-icecast");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return server.getLocalPort();
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket source = server.accept()) {
                source.getOutputStream().write(LoopbackSource.OK.getBytes(StandardCharsets.US_ASCII));
                source.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // Closed by the test, or by the proxy.
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
