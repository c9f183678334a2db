package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.process.DescriptorStore;
import org.relaysupervisor.proxy.ProxySettings.MountSettings;

/** The proxy on real sockets, against a stand-in for Icecast that says what the real one was heard to say. */
@SuppressWarnings("FutureReturnValueIgnored") // scripts whose result is of no interest
class ProxyTest {
    private static final int AUDIO_BYTES = 3_000_000;
    private static final InetAddress LOCAL = InetAddress.getLoopbackAddress();

    private final byte[] audio = new byte[AUDIO_BYTES];
    private final MemoryLog log = new MemoryLog();
    private FakeIcecast icecast;
    private Proxy proxy;

    @BeforeEach
    void open() throws IOException {
        new Random(1).nextBytes(audio);
        icecast = new FakeIcecast();
        start(Transport.best(), ProxyLimits.DEFAULTS);
    }

    /** A mount that is passed through. */
    private Settings settings() {
        Settings settings = new Settings();
        settings.icecastPort = icecast.port();
        settings.listenerLimit = 300;
        settings.mounts = Map.of("/live", new MountSettings("audio/mpeg", false));
        return settings;
    }

    private void start(Transport transport, ProxyLimits limits) throws IOException {
        Settings settings = settings();
        settings.limits = limits;
        proxy = Proxy.open(settings.build(), transport, new ManualLoop(), log, Runnable::run, DescriptorStore.none());
        proxy.icecastAvailable(true);
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        icecast.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void carriesLiquidsoapsAudioByteByByteOnEitherTransport(boolean epoll) throws Exception {
        proxy.close();
        start(epoll ? Transport.best() : Transport.nio(), ProxyLimits.DEFAULTS);
        carriesASource(Exchanges.LIQUIDSOAP_HEAD, Exchanges.SOURCE_OK, false);
    }

    @Test
    void carriesFfmpegsPutWithItsTwoReplies() throws Exception {
        carriesASource(Exchanges.FFMPEG_PUT_HEAD, Exchanges.CONTINUE + Exchanges.SOURCE_OK, false);
    }

    @Test
    void carriesFfmpegsLegacySourceThatDoesNotWaitForAReply() throws Exception {
        carriesASource(Exchanges.FFMPEG_LEGACY_HEAD, Exchanges.SOURCE_OK, true);
    }

    private void carriesASource(String head, String reply, boolean bodyAtOnce) throws Exception {
        Future<String> heard = icecast.next(socket -> {
            String received = FakeIcecast.head(socket.getInputStream());
            socket.getOutputStream().write(reply.getBytes(ISO_8859_1));
            return received + sha256(socket.getInputStream().readAllBytes());
        });
        try (Socket source = new Socket(LOCAL, proxy.sourcePort())) {
            source.getOutputStream().write(head.getBytes(ISO_8859_1));
            if (!bodyAtOnce) {
                assertThat(read(source, reply.length())).isEqualTo(reply);
            }
            source.getOutputStream().write(audio);
            if (bodyAtOnce) {
                assertThat(read(source, reply.length())).isEqualTo(reply);
            }
        }

        assertThat(heard.get(10, TimeUnit.SECONDS)).isEqualTo(head + sha256(audio));
        await().until(() -> mount().sourceBytes() == AUDIO_BYTES && !mount().sourceConnected());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void carriesAListenersStreamByteByByteHoweverSlowlyItReads(boolean epoll) throws Exception {
        proxy.close();
        start(epoll ? Transport.best() : Transport.nio(), ProxyLimits.DEFAULTS);
        Future<String> asked = icecast.next(socket -> {
            String head = FakeIcecast.head(socket.getInputStream());
            socket.getOutputStream().write(Exchanges.LISTENER_OK.getBytes(ISO_8859_1));
            socket.getOutputStream().write(audio);
            return head;
        });
        try (Socket listener = new Socket()) {
            listener.setReceiveBufferSize(4096);
            listener.connect(new InetSocketAddress(LOCAL, proxy.listenerPort()));
            listener.getOutputStream().write(Exchanges.LISTENER_HEAD.getBytes(ISO_8859_1));
            assertThat(read(listener, Exchanges.LISTENER_OK.length())).isEqualTo(Exchanges.LISTENER_OK);

            assertThat(sha256(listener.getInputStream().readAllBytes())).isEqualTo(sha256(audio));
        }

        assertThat(asked.get(10, TimeUnit.SECONDS)).isEqualTo(Exchanges.LISTENER_HEAD);
        long all = AUDIO_BYTES + (long) Exchanges.LISTENER_OK.length();
        await().until(() -> log.lines().size() == 1);
        assertThat(log.lines().get(0)).contains("\"GET /live HTTP/1.1\" 200 " + all + " \"-\" \"curl/7.88.1\"");
        assertThat(mount().sentBytes()).containsEntry(Role.LISTENER, all);
        assertThat(mount().connected()).containsEntry(Role.LISTENER, 0);
        assertThat(proxy.snapshot().openConnections()).isZero();
        assertThat(proxy.snapshot().upstream().answers()).isOne();
    }

    @Test
    void passesTheReasonOfARefusedSourceOnEvenWhileItSends() throws Exception {
        icecast.next(socket -> {
            FakeIcecast.head(socket.getInputStream());
            socket.getOutputStream().write(Exchanges.UNAUTHORIZED.getBytes(ISO_8859_1));
            socket.shutdownOutput();
            // To close with something unread would be a reset, with which the reply might be lost before it reaches us.
            return socket.getInputStream().readAllBytes();
        });
        try (Socket source = new Socket(LOCAL, proxy.sourcePort())) {
            source.getOutputStream().write((Exchanges.FFMPEG_LEGACY_HEAD + "x".repeat(50_000)).getBytes(ISO_8859_1));

            assertThat(new String(source.getInputStream().readAllBytes(), ISO_8859_1))
                    .isEqualTo(Exchanges.UNAUTHORIZED);
        }
        assertThat(mount().sourceBytes()).isZero();
    }

    @Test
    void carriesATitleUpdate() throws Exception {
        Future<String> heard = icecast.next(socket -> {
            String head = FakeIcecast.head(socket.getInputStream());
            socket.getOutputStream().write(Exchanges.TITLE_UPDATED.getBytes(ISO_8859_1));
            return head;
        });
        try (Socket client = new Socket(LOCAL, proxy.sourcePort())) {
            client.getOutputStream().write(Exchanges.TITLE_UPDATE.getBytes(ISO_8859_1));

            assertThat(new String(client.getInputStream().readAllBytes(), ISO_8859_1))
                    .isEqualTo(Exchanges.TITLE_UPDATED);
        }
        assertThat(heard.get(10, TimeUnit.SECONDS)).isEqualTo(Exchanges.TITLE_UPDATE);
        assertThat(proxy.snapshot().titleUpdates()).isOne();
    }

    @Test
    void dropsAListenerThatReadsNothingAndKeepsLittleOfIts() throws Exception {
        proxy.close();
        start(Transport.best(), impatient());
        Future<Long> taken = icecast.next(socket -> {
            FakeIcecast.head(socket.getInputStream());
            socket.getOutputStream().write(Exchanges.LISTENER_OK.getBytes(ISO_8859_1));
            long written = 0;
            try {
                while (true) {
                    socket.getOutputStream().write(audio, 0, 1000);
                    written += 1000;
                }
            } catch (SocketException e) {
                return written;
            }
        });
        try (Socket listener = new Socket()) {
            listener.setReceiveBufferSize(4096);
            listener.connect(new InetSocketAddress(LOCAL, proxy.listenerPort()));
            listener.getOutputStream().write(Exchanges.LISTENER_HEAD.getBytes(ISO_8859_1));
            await().until(() -> refused(Refusal.SLOW) == 1);

            // The stand-in's own send queue is part of this figure.
            assertThat(taken.get(10, TimeUnit.SECONDS)).isLessThan(6_000_000);
            assertThat(mount().sentBytes().get(Role.LISTENER)).isLessThan(600_000);
        }
        await().until(() -> proxy.snapshot().openConnections() == 0);
    }

    private static ProxyLimits impatient() {
        ProxyLimits d = ProxyLimits.DEFAULTS;
        Duration soon = Duration.ofMillis(300);
        return new ProxyLimits(
                d.headBytes(),
                soon,
                d.upstreamConnect(),
                soon,
                soon,
                d.sourceIdle(),
                soon,
                soon,
                soon,
                d.pendingConnections(),
                d.sourceConnections(),
                d.recorderConnections(),
                d.decoderConnections(),
                d.probeConnections(),
                d.edgeConnections(),
                d.connectsAtOnce(),
                d.connectSpacing(),
                d.connectQueue(),
                d.writeBufferBytes(),
                d.kernelBufferBytes(),
                d.decoderBufferBytes(),
                d.recorderBufferBytes(),
                d.feed());
    }

    @Test
    void reconfiguresMountsAndLimitWhileRunning() throws IOException {
        Settings other = settings();
        other.listenerLimit = 0;
        other.mounts = Map.of("/other", new MountSettings("audio/aac", false));
        proxy.reconfigure(other.build());

        await().until(() -> proxy.snapshot().mounts().keySet().equals(Set.of("/other")));
        assertThat(ask("GET /live HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.0 404 ");
        assertThat(ask("GET /other HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.0 503 ");
        assertThat(refused(Refusal.LIMIT)).isOne();
    }

    @Test
    void startsWithIcecastAwayAndWithEveryCountAtZero() throws IOException {
        proxy.icecastAvailable(false);

        ProxySnapshot before = proxy.snapshot();
        assertThat(before.refusals()).containsOnlyKeys(Refusal.values());
        assertThat(before.accepted()).hasSize(2);
        assertThat(before.mounts().get("/live").sentBytes()).containsOnlyKeys(Role.values());
        assertThat(ask("GET /live HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.0 503 ");
    }

    @ParameterizedTest
    @CsvSource({"listeners, true", "source_route, false"})
    void saysWhichPortIsTaken(String section, boolean listeners) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, LOCAL)) {
            int port = taken.getLocalPort();
            Settings settings = new Settings();
            settings.listenerPort = listeners ? port : 0;
            settings.sourcePort = listeners ? 0 : port;

            assertThatThrownBy(() ->
                            Proxy.open(settings.build(), new ManualLoop(), log, Runnable::run, DescriptorStore.none()))
                    .isInstanceOf(IOException.class)
                    .hasMessage(section + ".port " + port + " on 127.0.0.1 is taken by another program");
        }
    }

    private String ask(String request) throws IOException {
        try (Socket client = new Socket(LOCAL, proxy.listenerPort())) {
            client.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(client.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    private static String read(Socket socket, int length) throws IOException {
        InputStream in = socket.getInputStream();
        return new String(in.readNBytes(length), ISO_8859_1);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private ProxySnapshot.MountTraffic mount() {
        return proxy.snapshot().mounts().get("/live");
    }

    private long refused(Refusal reason) {
        return proxy.snapshot().refusals().get(reason);
    }

    /** Keeps the lines for the test. */
    private static final class MemoryLog implements AccessLog {
        private final List<String> lines = new ArrayList<>();

        @Override
        public synchronized void append(String line) {
            lines.add(line);
        }

        @Override
        public long dropped() {
            return 0;
        }

        synchronized List<String> lines() {
            return List.copyOf(lines);
        }
    }
}
