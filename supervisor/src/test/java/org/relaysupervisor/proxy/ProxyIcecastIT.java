package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.proxy.ProxySettings.MountSettings;

/** The proxy between the real Icecast and the real ffmpeg. */
@Timeout(60)
@SuppressWarnings("StringConcatToTextBlock") // the line ends are the point
class ProxyIcecastIT {
    private static final int BURST = 64 * 1024;
    private static final int LIMIT = 50;
    /** As Icecast 2.4 says it, and 2.5. */
    private static final String OK = "HTTP/1\\.[01] 200 OK";

    private static final InetAddress LOCAL = InetAddress.getLoopbackAddress();

    @TempDir
    private Path directory;

    private final List<Process> started = new ArrayList<>();
    private RealIcecast icecast;
    private Proxy proxy;

    @BeforeEach
    void open() throws IOException {
        icecast = new RealIcecast(directory);
        ProxySettings settings = new ProxySettings(
                LOCAL,
                0,
                0,
                icecast.port(),
                LIMIT,
                Set.of(),
                BURST,
                Map.of("/live", new MountSettings("audio/mpeg", false)),
                ProxyLimits.DEFAULTS);
        proxy = Proxy.open(settings, new ManualLoop(), new Silent());
        proxy.icecastAvailable(true);
    }

    @AfterEach
    void close() {
        started.forEach(Process::destroyForcibly);
        proxy.close();
        icecast.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1"})
    void carriesFfmpegAsSourceAndAsListener(String legacy) throws Exception {
        source(RealIcecast.PASSWORD, legacy);
        onAir();
        Path recorded = directory.resolve("heard.mp3");
        Process listener =
                ffmpeg("-user_agent", "test", "-i", listenUrl(), "-t", "2", "-c", "copy", recorded.toString());

        assertThat(listener.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(listener.exitValue()).isZero();
        assertThat(Files.size(recorded)).isBetween(30_000L, 40_000L);
        assertThat(mount().sourceBytes()).isPositive();
        assertThat(mount().sentBytes().get(Role.LISTENER)).isPositive();
    }

    @Test
    void carriesTitlesBothWays() throws Exception {
        source(RealIcecast.PASSWORD, "0");
        onAir();
        String update = converse(
                proxy.sourcePort(),
                "GET /admin/metadata?mode=updinfo&mount=/live&song=Sweet%20Thing HTTP/1.0\r\n"
                        + "Authorization: Basic c291cmNlOmhhY2ttZQ==\r\n\r\n");
        assertThat(update).contains("Metadata update successful");

        try (Socket listener = listen("Icy-MetaData: 1\r\n")) {
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
        assertThat(mount().sourceBytes()).isZero();

        source(RealIcecast.PASSWORD, "0");
        onAir();
        Process second = source(RealIcecast.PASSWORD, "0");
        assertThat(second.waitFor(20, TimeUnit.SECONDS)).isTrue();
        // Icecast 2.4 says 403. 2.5 says 409, which ffmpeg has no words for.
        assertThat(output(second)).containsAnyOf("403", "4XX");
        assertThat(mount().sourceConnected()).isTrue();
    }

    @Test
    void aFloodOfListenersLocksNobodyOut() throws Exception {
        Process source = source(RealIcecast.PASSWORD, "0");
        onAir();
        await().until(() -> mount().connected().get(Role.LISTENER) == 0);
        long answers = proxy.snapshot().upstream().answers();
        List<Socket> flood = new ArrayList<>();
        try {
            for (int i = 0; i < 400; i++) {
                flood.add(listen(""));
            }
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> mount().connected().get(Role.LISTENER) == LIMIT
                            && proxy.snapshot().refusals().get(Refusal.LIMIT) == 400 - LIMIT
                            && proxy.snapshot().upstream().answers() == answers + LIMIT);
            try (Socket recorder = listen("User-Agent: " + ProxySettings.RECORDER_USER_AGENT + "\r\n")) {
                assertThat(line(recorder)).matches(OK);
                assertThat(mount().connected()).containsEntry(Role.RECORDER, 1);
            }
            long before = mount().sourceBytes();
            await().until(() -> mount().sourceBytes() > before);
            assertThat(source.isAlive()).isTrue();
        } finally {
            for (Socket socket : flood) {
                socket.close();
            }
        }
        await().until(() -> mount().connected().get(Role.LISTENER) == 0);
        try (Socket again = listen("")) {
            assertThat(line(again)).matches(OK);
        }
    }

    @Test
    void closesTheSourceAndRefusesAtOnceWhenIcecastIsKilled() throws Exception {
        try (Socket source = new Socket(LOCAL, proxy.sourcePort());
                Socket listener = new Socket()) {
            source.getOutputStream().write(Exchanges.LIQUIDSOAP_HEAD.getBytes(ISO_8859_1));
            assertThat(line(source)).matches(OK);
            onAir();
            source.getInputStream().readNBytes(2);
            listener.connect(new InetSocketAddress(LOCAL, proxy.listenerPort()));
            listener.getOutputStream().write("GET /live HTTP/1.0\r\n\r\n".getBytes(ISO_8859_1));
            assertThat(line(listener)).matches(OK);
            long killed = System.nanoTime();
            icecast.kill();

            assertThat(ends(source)).isTrue();
            assertThat(ends(listener)).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofMillis(500));
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
        String target = "icecast://source:%s@127.0.0.1:%d/live".formatted(password, proxy.sourcePort());
        List<String> arguments = new ArrayList<>(List.of("-re", "-f", "lavfi", "-i", "sine=440", "-c:a", "libmp3lame"));
        arguments.addAll(List.of("-b:a", "128k", "-content_type", "audio/mpeg", "-ice_name", "Test"));
        arguments.addAll(List.of("-legacy_icecast", legacy, "-flush_packets", "1", "-f", "mp3", target));
        return ffmpeg(arguments.toArray(String[]::new));
    }

    private Process ffmpeg(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-nostdin", "-v", "error"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        started.add(process);
        return process;
    }

    /** Waits until a listener hears the mount. */
    private void onAir() {
        await().atMost(Duration.ofSeconds(20)).until(() -> mount().sourceConnected());
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            try (Socket listener = listen("")) {
                return line(listener).matches(OK);
            }
        });
    }

    private Socket listen(String headers) throws IOException {
        Socket socket = new Socket(LOCAL, proxy.listenerPort());
        socket.getOutputStream().write(("GET /live HTTP/1.0\r\n" + headers + "\r\n").getBytes(ISO_8859_1));
        return socket;
    }

    private String listenUrl() {
        return "http://127.0.0.1:%d/live".formatted(proxy.listenerPort());
    }

    private static String converse(int port, String request) throws IOException {
        try (Socket socket = new Socket(LOCAL, port)) {
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
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

    private ProxySnapshot.MountTraffic mount() {
        return proxy.snapshot().mounts().get("/live");
    }

    private static final class Silent implements AccessLog {
        @Override
        public void append(String line) {}

        @Override
        public long dropped() {
            return 0;
        }
    }
}
