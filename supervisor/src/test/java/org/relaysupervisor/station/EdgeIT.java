package org.relaysupervisor.station;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.station.Ear.Heard;

/** A primary and an edge, two daemons with addresses of their own, and the listeners of the edge while the primary is cut off. */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class EdgeIT {
    private static final String PRIMARY = "127.0.0.2";
    private static final String EDGE = "127.0.0.3";
    private static final int LISTENERS = 20;

    /** From the primary to the standby and back, twice, and where a listener comes in: a frame may refer to bytes before each. */
    private static final int CUTS = 5;

    /** A standby that the edge alone has, and that an ear can tell from all else. */
    private static final String TONE = "sine=frequency=1000:sample_rate=44100:duration=10";

    @TempDir
    Path directory;

    private Station primary;
    private Station edge;
    private final List<Listener> listeners = new ArrayList<>();

    @BeforeEach
    void goOnAir() throws Exception {
        primary = Station.prepare(Files.createDirectory(directory.resolve("primary")));
        primary.edit("bind: 127.0.0.1\\n(  # 1 to 65535. All ports)", "bind: " + PRIMARY + "\n$1");
        primary.edit("  enabled: true\\n  # The mount to record", "  enabled: false\n  # The mount to record");
        primary.edit("  enabled: true\\n  # The mounts to listen to", "  enabled: false\n  # The mounts to listen to");
        primary.goOnAir();

        edge = Station.prepare(Files.createDirectory(directory.resolve("edge")));
        Path tone = directory.resolve("tone.wav");
        assertThat(Station.run(List.of(
                                "ffmpeg",
                                "-nostdin",
                                "-loglevel",
                                "error",
                                "-f",
                                "lavfi",
                                "-i",
                                TONE,
                                "-ac",
                                "2",
                                tone.toString()))
                        .exitCode())
                .isZero();
        Files.writeString(edge.config, """
                role: edge
                upstream: {url: 'http://%s:%d'}
                listeners: {bind: %s, port: %d}
                standby: {file: %s}
                metrics: {port: %d}
                """.formatted(
                        PRIMARY, primary.listenerPort, EDGE, edge.listenerPort, tone, edge.metricsPort));
        edge.goOnAir();
        await("the standby, and the primary")
                .atMost(Duration.ofSeconds(60))
                .until(() -> edge.output().contains("the standby programme was encoded") && isConnected());
    }

    @AfterEach
    void close() throws IOException {
        for (Listener listener : listeners) {
            listener.close();
        }
        edge.close();
        primary.close();
    }

    @Test
    void listenersOfTheEdgeStayWhenThePrimaryIsKilledAndWhenItHangs() throws Exception {
        for (int i = 0; i < LISTENERS; i++) {
            listeners.add(new Listener(edge.listenerPort));
        }
        try (Ear ear = new Ear(URI.create("http://" + EDGE + ":" + edge.listenerPort + "/live"))) {
            hears(ear, Heard.PROGRAMME);

            primary.daemon().destroyForcibly().waitFor();
            hears(ear, Heard.TONE);
            assertThat(edge.status().get("on_air")).isEqualTo(false);
            assertThat(upstream().get("problem").toString()).contains(PRIMARY);
            primary.goOnAir();
            hears(ear, Heard.PROGRAMME);

            Station.signal("STOP", primary.daemon().pid());
            hears(ear, Heard.TONE);
            await().atMost(Duration.ofSeconds(15)).until(() -> edge.metric(reconnects("stalled")) >= 1);
            Station.signal("CONT", primary.daemon().pid());
            hears(ear, Heard.PROGRAMME);
        }

        assertThat(isConnected()).isTrue();
        assertThat(edge.metric("relay_upstream_connected{mount=\"/live\"}")).isEqualTo(1);
        assertThat(edge.metric("relay_upstream_lag_seconds{mount=\"/live\"}")).isBetween(0.0, 5.0);
        assertThat(edge.metric(reconnects("closed"))).isPositive();
        assertThat(edge.metric(reconnects("connect"))).isPositive();
        assertThat(edge.metric("relay_listener_survivals_total{cause=\"source\"}"))
                .isGreaterThanOrEqualTo(2 * LISTENERS);
        assertThat(edge.relayctl("status").output()).contains("UPSTREAM", "connected");
        for (Listener listener : listeners) {
            assertThat(listener.isConnected()).isTrue();
            listener.close();
            assertThat(errors(listener.heard()))
                    .as("what ffmpeg says of the audio")
                    .hasSizeLessThanOrEqualTo(CUTS);
        }
    }

    private void hears(Ear ear, Heard what) {
        await("hears " + what + "; the edge said:\n" + edge.output())
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(100))
                .until(ear::heard, what::equals);
    }

    private static String reconnects(String cause) {
        return "relay_upstream_reconnects_total{cause=\"" + cause + "\",mount=\"/live\"}";
    }

    private boolean isConnected() throws IOException, InterruptedException {
        return Boolean.TRUE.equals(upstream().get("connected"));
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> upstream() throws IOException, InterruptedException {
        List<Map<String, Object>> mounts =
                (List<Map<String, Object>>) edge.status().get("mounts");
        return (Map<String, Object>) mounts.get(0).get("upstream");
    }

    /** Of decoding all of it. */
    private List<String> errors(byte[] audio) throws IOException, InterruptedException {
        Path file = directory.resolve("heard.mp3");
        Files.write(file, audio);
        return Station.run(List.of(
                        "ffmpeg", "-nostdin", "-v", "error", "-f", "mp3", "-i", file.toString(), "-f", "null", "-"))
                .output()
                .lines()
                .toList();
    }

    /** Reads all it is sent. */
    private static final class Listener implements AutoCloseable {
        private final Socket socket = new Socket();
        private final ByteArrayOutputStream audio = new ByteArrayOutputStream();
        private final Thread reader = new Thread(this::read, "edge-listener");
        private volatile boolean ended;

        Listener(int port) throws IOException {
            socket.connect(new InetSocketAddress(EDGE, port));
            socket.getOutputStream().write("GET /live HTTP/1.0\r\n\r\n".getBytes(ISO_8859_1));
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int c = in.read();
                if (c < 0) {
                    throw new IOException("closed before the audio, after " + head);
                }
                head.append((char) c);
            }
            assertThat(head).startsWith("HTTP/1.0 200 ");
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            byte[] buffer = new byte[8192];
            try {
                for (int length = 0;
                        length >= 0;
                        length = socket.getInputStream().read(buffer)) {
                    audio.write(buffer, 0, length);
                }
            } catch (IOException e) {
                // Closed by the test, or else it is told below.
            }
            ended = true;
        }

        boolean isConnected() {
            return !ended;
        }

        /** After it was closed. */
        byte[] heard() throws InterruptedException {
            reader.join(5_000);
            return audio.toByteArray();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
