package org.relaysupervisor.station;

import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who watches from elsewhere is really asked, by the daemon itself. */
@Timeout(120)
class HeartbeatIT {
    @TempDir
    private Path directory;

    @Test
    void theAddressIsAskedFromTheStartAndItsRefusalIsCounted() throws Exception {
        AtomicInteger answer = new AtomicInteger(204);
        HttpServer elsewhere = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        elsewhere.createContext("/alive", exchange -> {
            exchange.sendResponseHeaders(answer.get(), -1);
            exchange.close();
        });
        elsewhere.start();
        try (Station station = Station.prepare(directory)) {
            station.edit(
                    "(?m)^heartbeat:$",
                    "heartbeat:\n  url: 'http://127.0.0.1:"
                            + elsewhere.getAddress().getPort() + "/alive'\n  every: 10s");
            station.start();
            awaitMetric(station, "relay_heartbeat_last_success_timestamp_seconds");
            answer.set(500);
            awaitMetric(station, "relay_heartbeat_failures_total");
        } finally {
            elsewhere.stop(0);
        }
    }

    private static void awaitMetric(Station station, String series) {
        await(series + " is above 0; the daemon said:\n" + station.output())
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .until(() -> station.metric(series) > 0);
    }
}
