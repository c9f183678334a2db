package org.relaysupervisor.station;

import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.http.LocalWebServer;

/** Who watches from elsewhere is really asked, by the daemon itself. */
@Timeout(120)
class HeartbeatIT {
    @TempDir
    private Path directory;

    @Test
    void theAddressIsAskedFromTheStartAndItsRefusalIsCounted() throws Exception {
        try (LocalWebServer elsewhere = new LocalWebServer();
                Station station = Station.prepare(directory)) {
            URI alive = elsewhere.answer("/alive", 204, "");
            station.edit("(?m)^heartbeat:$", "heartbeat:\n  url: '" + alive + "'\n  every: 10s");
            station.start();
            awaitMetric(station, "relay_heartbeat_last_success_timestamp_seconds");
            elsewhere.answer("/alive", 500, "");
            awaitMetric(station, "relay_heartbeat_failures_total");
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
