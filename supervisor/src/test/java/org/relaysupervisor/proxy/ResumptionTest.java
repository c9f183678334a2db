package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.process.ImitatedManager;
import org.relaysupervisor.proxy.ProxySettings.MountSettings;
import org.relaysupervisor.proxy.ProxySnapshot.Continuity;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;

/** Listeners on real sockets, from one proxy to the next, with somebody who keeps their connections. */
@Timeout(120)
class ResumptionTest {
    private static final InetAddress LOCAL = InetAddress.getLoopbackAddress();
    private static final String PLAIN = "GET /live HTTP/1.0\r\nUser-Agent: plain\r\n\r\n";
    private static final String WITH_TITLES = "GET /live HTTP/1.0\r\nIcy-MetaData: 1\r\n\r\n";

    @TempDir
    Path directory;

    private final List<String> accessLog = new ArrayList<>();
    private ImitatedManager manager;
    private FakeIcecast icecast;
    private Proxy proxy;
    private Socket source;
    private int port;
    private int next;

    @BeforeEach
    void begin() throws IOException {
        manager = new ImitatedManager(directory.resolve("notify"));
        icecast = new FakeIcecast();
        start("audio/mpeg");
        port = proxy.listenerPort();
        connectSource();
        send(10);
    }

    @AfterEach
    void end() throws IOException {
        source.close();
        proxy.close();
        icecast.close();
        manager.close();
    }

    private void start(String contentType) throws IOException {
        ProxySettings settings = new ProxySettings(
                LOCAL,
                port,
                0,
                icecast.port(),
                50,
                Set.of(),
                List.of(),
                64 * 1024,
                Map.of("/live", new MountSettings(contentType, true)),
                ProxyLimits.DEFAULTS);
        AccessLog log = new AccessLog() {
            @Override
            public void append(String line) {
                synchronized (accessLog) {
                    accessLog.add(line);
                }
            }

            @Override
            public long dropped() {
                return 0;
            }
        };
        proxy = Proxy.open(settings, Transport.best(), new ManualLoop(), log, Runnable::run, manager.nextLife());
        manager.read();
        proxy.icecastAvailable(true);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a script whose result is of no interest
    private void connectSource() throws IOException {
        icecast.next(socket -> {
            FakeIcecast.head(socket.getInputStream());
            socket.getOutputStream().write(Exchanges.SOURCE_OK.getBytes(ISO_8859_1));
            return socket.getInputStream().readAllBytes();
        });
        source = new Socket(LOCAL, proxy.sourcePort());
        source.getOutputStream().write(FeedScene.HEAD.getBytes(ISO_8859_1));
        assertThat(FakeIcecast.head(source.getInputStream())).startsWith("HTTP/1.0 200 ");
    }

    /** Sends frames, and waits until the feed has them. */
    private void send(int frames) throws IOException {
        long before = proxy.snapshot().mounts().get("/live").sourceBytes();
        source.getOutputStream().write(Mp3.frames(next, next + frames));
        next += frames;
        await().until(() ->
                proxy.snapshot().mounts().get("/live").sourceBytes() == before + (long) frames * Mp3.LENGTH);
    }

    /** The proxy ends as a process that is killed: what it had not given to the kernel is lost. */
    private void die() throws IOException {
        manager.read();
        proxy.close();
        source.close();
    }

    private Socket listener(String request) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(8 * 1024);
        socket.connect(new InetSocketAddress(LOCAL, port));
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        assertThat(FakeIcecast.head(socket.getInputStream())).startsWith("HTTP/1.0 200 ");
        return socket;
    }

    /** Frames up to and with that of this number. */
    private static void hear(Socket listener, int first, int last) throws IOException {
        byte[] audio = listener.getInputStream().readNBytes((last + 1 - first) * Mp3.LENGTH);
        assertThat(Mp3.numbers(audio)).startsWith(first).endsWith(last);
        Hearer.assertContiguous(Mp3.numbers(audio));
    }

    /** The same of one who has asked for titles. */
    private static final class Weaver {
        private final ByteArrayOutputStream audio = new ByteArrayOutputStream();
        private final List<String> titles = new ArrayList<>();
        private final IcyReader reader = new IcyReader(IcyWriter.INTERVAL);

        void hear(Socket listener, int frames) throws IOException {
            byte[] buffer = new byte[1_000];
            while (audio.size() < frames * Mp3.LENGTH) {
                int length = listener.getInputStream().read(buffer);
                assertThat(length).as("bytes of an open connection").isPositive();
                reader.accept(Arrays.copyOf(buffer, length), new IcyReader.Owner() {
                    @Override
                    public void audio(byte[] bytes, int offset, int count) {
                        audio.write(bytes, offset, count);
                    }

                    @Override
                    public void title(String text, String url) {
                        titles.add(text);
                    }
                });
            }
            assertThat(audio.size()).isEqualTo(frames * Mp3.LENGTH);
            Hearer.assertContiguous(Mp3.numbers(audio.toByteArray()));
        }
    }

    private Continuity continuity() {
        return proxy.snapshot().continuity();
    }

    private int listeners() {
        return proxy.snapshot().mounts().get("/live").connected().get(Role.LISTENER);
    }

    @Test
    void listenersGoOnAtTheVeryNextByteOverTwoDeaths() throws Exception {
        try (Socket plain = listener(PLAIN);
                Socket woven = listener(WITH_TITLES)) {
            Weaver weaver = new Weaver();
            hear(plain, 0, 9);
            weaver.hear(woven, 10);
            for (int life = 1; life <= 2; life++) {
                send(300);
                die();
                start("audio/mpeg");
                assertThat(continuity().resumed()).isEqualTo(2);
                assertThat(listeners()).isEqualTo(2);
                hear(plain, next - 300, next - 1);
                weaver.hear(woven, next);
                connectSource();
                send(100);
                hear(plain, next - 100, next - 1);
                weaver.hear(woven, next);
            }
            assertThat(continuity().lost().values()).containsOnly(0L);
        }
        await().until(() -> listeners() == 0);
        await().untilAsserted(() -> {
            manager.read();
            assertThat(manager.kept()).noneMatch(name -> name.startsWith("listener-"));
        });
    }

    @Test
    void whoComesBetweenTheDeathAndTheSourceIsAnsweredAndHearsTheSource() throws Exception {
        die();
        try (Socket between = new Socket(LOCAL, port)) {
            between.getOutputStream().write(PLAIN.getBytes(ISO_8859_1));
            start("audio/mpeg");
            assertThat(FakeIcecast.head(between.getInputStream())).startsWith("HTTP/1.0 200 ");
            connectSource();
            send(50);
            hear(between, next - 50, next - 1);
        }
    }

    @Test
    void whoLeftMeanwhileIsForgottenAndNotCountedAsLost() throws Exception {
        Socket leaving = listener(PLAIN);
        hear(leaving, 0, 9);
        die();
        leaving.close();
        start("audio/mpeg");
        await().until(() -> listeners() == 0);
        assertThat(continuity().lost().values()).containsOnly(0L);
        await().untilAsserted(() -> {
            manager.read();
            assertThat(manager.kept()).noneMatch(name -> name.startsWith("listener-"));
        });
    }

    @Test
    void aMountOfAnotherFormatDisconnectsItsListenersAndCountsThem() throws Exception {
        try (Socket plain = listener(PLAIN)) {
            hear(plain, 0, 9);
            die();
            start("audio/aac");
            assertThat(plain.getInputStream().read()).isEqualTo(-1);
            assertThat(continuity().lost()).containsEntry(Loss.NOT_RESUMED, 1L);
            assertThat(continuity().resumed()).isZero();
        }
    }

    @Test
    void aConnectionThatWeCloseEndsAtOnceAlthoughItIsKept() throws Exception {
        try (Socket plain = listener(PLAIN)) {
            hear(plain, 0, 9);
            proxy.streamWanted(false);
            source.close();
            // Nobody reads the notifications: the manager still has the connection open.
            assertThat(plain.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aConnectionThatWeCutOffIsResetAtOnceAlthoughItIsKept() throws Exception {
        try (Socket plain = listener(PLAIN)) {
            hear(plain, 0, 9);
            assertThatThrownBy(() -> {
                        plain.getOutputStream().write(new byte[200_000]);
                        plain.getInputStream().readAllBytes();
                    })
                    .isInstanceOf(SocketException.class);
        }
    }

    @Test
    void aManagerThatDoesNotListenIsToldLater() throws Exception {
        manager.read();
        List<Socket> many = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                many.add(listener(PLAIN));
            }
            await().until(() -> listeners() == 40);
            await().until(() -> {
                manager.read();
                return keptListeners() == 40;
            });
        } finally {
            for (Socket each : many) {
                each.close();
            }
        }
        await().until(() -> {
            manager.read();
            return keptListeners() == 0;
        });
    }

    private long keptListeners() {
        return manager.kept().stream()
                .filter(name -> name.startsWith("listener-"))
                .count();
    }

    @Test
    void theAccessLogHasOneLineForTheWholeConnection() throws Exception {
        try (Socket plain = listener(PLAIN)) {
            hear(plain, 0, 9);
            die();
            start("audio/mpeg");
            connectSource();
            send(10);
            hear(plain, 10, 19);
        }
        await().untilAsserted(() -> {
            synchronized (accessLog) {
                assertThat(accessLog)
                        .filteredOn(line -> line.contains("\"plain\""))
                        .hasSize(1);
                assertThat(accessLog.get(0)).contains("\"GET /live HTTP/1.0\" 200 ");
            }
        });
    }
}
