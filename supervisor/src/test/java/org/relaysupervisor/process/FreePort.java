package org.relaysupervisor.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of 127.0.0.1 for what a test starts a moment later. The kernel hands out those of its own range to every connection that is
 * made meanwhile; these are below it, and no two tests of this JVM get the same.
 */
public final class FreePort {
    private static final int LOWEST = 12_000;
    private static final int END = firstOfKernels();
    private static int next = ThreadLocalRandom.current().nextInt(LOWEST, END);

    private FreePort() {}

    public static synchronized int next() {
        for (int tried = LOWEST; tried < END; tried++) {
            int port = next;
            next = next + 1 < END ? next + 1 : LOWEST;
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port from " + LOWEST + " to " + END);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static int firstOfKernels() {
        try {
            String range = Files.readString(Path.of("/proc/sys/net/ipv4/ip_local_port_range"));
            return Math.max(LOWEST + 1_000, Integer.parseInt(range.strip().split("\\s+")[0]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
