package org.relaysupervisor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.OptionalInt;
import org.relaysupervisor.http.HttpHandler;
import org.relaysupervisor.http.HttpServer;
import org.relaysupervisor.process.DescriptorStore;

/** The port that Prometheus asks, which the service manager keeps open over the daemon's end: a scrape waits, and none is missed. */
final class MetricsPort {
    private static final String NAME = "metrics";

    private MetricsPort() {}

    /** @throws IOException when it can't be had; the message says why */
    static HttpServer open(int port, HttpHandler handler, DescriptorStore store) throws IOException {
        InetSocketAddress address = new InetSocketAddress("127.0.0.1", port);
        OptionalInt inherited = HttpServer.canTakeOver() ? store.takeListening(NAME, address) : OptionalInt.empty();
        HttpServer server = HttpServer.open(NAME, address, inherited, handler);
        if (inherited.isEmpty()) {
            server.descriptor().ifPresent(descriptor -> store.keep(NAME, descriptor));
        }
        return server;
    }
}
