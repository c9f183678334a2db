package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.relaysupervisor.proxy.IcecastScene.LOCAL;
import static org.relaysupervisor.proxy.IcecastScene.OK;
import static org.relaysupervisor.proxy.IcecastScene.converse;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The proxy between the real Icecast and the real ffmpeg. */
@Isolated("connections have to end within 500 ms")
@Timeout(60)
@SuppressWarnings("StringConcatToTextBlock") // the line ends are the point
class ProxyIcecastIT {
    @TempDir
    private Path directory;

    private IcecastScene scene;
    private Proxy proxy;

    @BeforeEach
    void open() throws IOException {
        scene = new IcecastScene(directory, "audio/mpeg", false);
        proxy = scene.proxy;
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1"})
    void carriesFfmpegAsSourceAndAsListener(String legacy) throws Exception {
        source(RealIcecast.PASSWORD, legacy);
        onAir();
        Path recorded = directory.resolve("heard.mp3");
        Process listener =
                scene.ffmpeg("-user_agent", "test", "-i", listenUrl(), "-t", "2", "-c", "copy", recorded.toString());

        assertThat(listener.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(listener.exitValue()).isZero();
        assertThat(Files.size(recorded)).isBetween(30_000L, 40_000L);
        assertThat(scene.mount().sourceBytes()).isPositive();
        assertThat(scene.mount().sentBytes().get(Role.LISTENER)).isPositive();
    }

    @Test
    void carriesTitlesBothWays() throws Exception {
        source(RealIcecast.PASSWORD, "0");
        onAir();
        assertThat(scene.tellTitle("Sweet%20Thing")).contains("Metadata update successful");

        try (Socket listener = scene.listen("Icy-MetaData: 1\r\n")) {
            String stream = new String(listener.getInputStream().readNBytes(40_000), ISO_8859_1);
            assertThat(stream).contains("icy-metaint:16000").contains("StreamTitle='Sweet Thing'");
        }
        assertThat(converse(proxy.listenerPort(), "HEAD /live HTTP/1.1\r\nHost: h\r\n\r\n"))
                .startsWith("HTTP/1.0 200 OK\r\n")
                .contains("audio/mpeg", "icy-name:")
                .endsWith("\r\n\r\n");
    }

    @Test
    void passesOnThatThePasswordIsWrongAndThatTheMountIsTaken() throws Exception {
        Process wrong = source("wrong", "0");
        assertThat(wrong.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(output(wrong)).contains("401");
        assertThat(scene.mount().sourceBytes()).isZero();

        source(RealIcecast.PASSWORD, "0");
        onAir();
        Process second = source(RealIcecast.PASSWORD, "0");
        assertThat(second.waitFor(20, TimeUnit.SECONDS)).isTrue();
        // Icecast 2.4 says 403. 2.5 says 409, which ffmpeg has no words for.
        assertThat(output(second)).containsAnyOf("403", "4XX");
        assertThat(scene.mount().sourceConnected()).isTrue();
    }

    @Test
    void aFloodOfListenersLocksNobodyOut() throws Exception {
        Process source = source(RealIcecast.PASSWORD, "0");
        onAir();
        await().until(() -> scene.mount().connected().get(Role.LISTENER) == 0);
        long answers = proxy.snapshot().upstream().answers();
        List<Socket> flood = new ArrayList<>();
        try {
            for (int i = 0; i < 400; i++) {
                flood.add(scene.listen(""));
            }
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> scene.mount().connected().get(Role.LISTENER) == IcecastScene.LIMIT
                            && proxy.snapshot().refusals().get(Refusal.LIMIT) == 400 - IcecastScene.LIMIT
                            && proxy.snapshot().upstream().answers() == answers + IcecastScene.LIMIT);
            try (Socket recorder = scene.listen("User-Agent: " + ProxySettings.RECORDER_USER_AGENT + "\r\n")) {
                assertThat(line(recorder)).matches(OK);
                assertThat(scene.mount().connected()).containsEntry(Role.RECORDER, 1);
            }
            long before = scene.mount().sourceBytes();
            await().until(() -> scene.mount().sourceBytes() > before);
            assertThat(source.isAlive()).isTrue();
        } finally {
            for (Socket socket : flood) {
                socket.close();
            }
        }
        await().until(() -> scene.mount().connected().get(Role.LISTENER) == 0);
        try (Socket again = scene.listen("")) {
            assertThat(line(again)).matches(OK);
        }
    }

    @Test
    void closesTheSourceAndRefusesAtOnceWhenIcecastIsKilled() throws Exception {
        try (Socket source = new Socket(LOCAL, proxy.sourcePort())) {
            source.getOutputStream().write(Exchanges.LIQUIDSOAP_HEAD.getBytes(ISO_8859_1));
            assertThat(line(source)).matches(OK);
            onAir();
            source.getInputStream().readNBytes(2);
            try (Socket listener = scene.listen("")) {
                assertThat(line(listener)).matches(OK);
                long killed = System.nanoTime();
                scene.killIcecast();

                assertThat(ends(source)).isTrue();
                assertThat(ends(listener)).isTrue();
                assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofMillis(500));
            }
        }
        // It is not marked as away yet, and still nobody is held.
        assertThat(converse(proxy.sourcePort(), Exchanges.LIQUIDSOAP_HEAD)).startsWith("HTTP/1.0 503 ");
        proxy.icecastAvailable(false);
        assertThat(converse(proxy.sourcePort(), Exchanges.LIQUIDSOAP_HEAD)).startsWith("HTTP/1.0 503 ");
        assertThat(converse(proxy.listenerPort(), "GET /live HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.0 503 ");
        assertThat(proxy.snapshot().refusals())
                .containsEntry(Refusal.UPSTREAM_FAILED, 1L)
                .containsEntry(Refusal.UPSTREAM_DOWN, 2L);
        await().until(() -> proxy.snapshot().openConnections() == 0);
    }

    private Process source(String password, String legacy) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-re", "-f", "lavfi", "-i", "sine=440", "-c:a", "libmp3lame"));
        arguments.addAll(List.of("-b:a", "128k", "-content_type", "audio/mpeg", "-ice_name", "Test"));
        arguments.addAll(
                List.of("-legacy_icecast", legacy, "-flush_packets", "1", "-f", "mp3", scene.target(password)));
        return scene.ffmpeg(arguments.toArray(String[]::new));
    }

    /** Waits until a listener hears the mount. */
    private void onAir() {
        await().atMost(Duration.ofSeconds(20)).until(() -> scene.mount().sourceConnected());
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            try (Socket listener = scene.listen("")) {
                return line(listener).matches(OK);
            }
        });
    }

    private String listenUrl() {
        return "http://127.0.0.1:%d/live".formatted(proxy.listenerPort());
    }

    private static String line(Socket socket) throws IOException {
        StringBuilder line = new StringBuilder();
        InputStream in = socket.getInputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    private static boolean ends(Socket socket) throws IOException {
        try {
            socket.getInputStream().readAllBytes();
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
        return true;
    }

    private static String output(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), ISO_8859_1);
    }
}
