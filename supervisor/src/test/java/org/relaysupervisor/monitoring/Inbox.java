package org.relaysupervisor.monitoring;

import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Who is told: keeps every notification that Alertmanager sends. */
final class Inbox implements AutoCloseable {
    private final HttpServer server;
    private final List<Notification> notifications = new CopyOnWriteArrayList<>();

    /** @param alerts their names */
    record Notification(Instant at, String status, List<String> alerts, Map<?, ?> annotations) {
        @Override
        public String toString() {
            return status + " " + alerts;
        }
    }

    Inbox() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            Map<?, ?> message = JSON.std.mapFrom(exchange.getRequestBody());
            List<?> alerts = (List<?>) message.get("alerts");
            notifications.add(new Notification(
                    Instant.now(),
                    (String) message.get("status"),
                    alerts.stream()
                            .map(alert -> (String)
                                    Rules.map(Rules.map(alert).get("labels")).get("alertname"))
                            .toList(),
                    Rules.map(message.get("commonAnnotations"))));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    List<Notification> notifications() {
        return notifications;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
