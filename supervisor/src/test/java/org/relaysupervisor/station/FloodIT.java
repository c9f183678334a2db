package org.relaysupervisor.station;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More listeners than the station takes: the public limit holds, and source, recorder and metrics don't notice. */
class FloodIT {
    private static final int LIMIT = 20;
    private static final int CROWD = 60;

    @Test
    void aFloodOfListenersLocksNobodyOut(@TempDir Path directory) throws Exception {
        Station station = Station.prepare(directory);
        station.edit("limit: 300", "limit: " + LIMIT);
        List<Socket> crowd = new ArrayList<>();
        try (station) {
            station.start();
            station.awaitOnAir();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> "up".equals(station.child("recorder").get("state")));
            long liquidsoap = station.pid("liquidsoap");
            for (int i = 0; i < CROWD; i++) {
                crowd.add(listen(station.listenerPort));
            }
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(station.metric("relay_listeners{mount=\"/live\"}")).isEqualTo(LIMIT);
                assertThat(station.metric("relay_refusals_total{reason=\"limit\"}"))
                        .isEqualTo(CROWD - LIMIT);
            });
            // The source and the recorder still reconnect while the flood lasts.
            Station.signal("KILL", liquidsoap);
            Station.signal("KILL", station.pid("recorder"));
            await().atMost(Duration.ofSeconds(45))
                    .until(() -> "up".equals(station.child("liquidsoap").get("state"))
                            && "up".equals(station.child("recorder").get("state"))
                            && station.pid("liquidsoap") != liquidsoap);
        } finally {
            for (Socket socket : crowd) {
                socket.close();
            }
        }
    }

    private static Socket listen(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.getOutputStream().write("GET /live HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
