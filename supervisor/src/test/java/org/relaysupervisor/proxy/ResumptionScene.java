package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.loop.SystemClock;
import org.relaysupervisor.process.ImitatedManager;
import org.relaysupervisor.proxy.ProxySettings.MountSettings;
import org.relaysupervisor.proxy.ProxySnapshot.Continuity;

/** Real sockets, from one proxy to the next, with somebody who keeps the connections, and a source that sends numbered frames. */
abstract class ResumptionScene {
    static final InetAddress LOCAL = InetAddress.getLoopbackAddress();
    static final String PLAIN = "GET /live HTTP/1.0\r\nUser-Agent: plain\r\n\r\n";
    static final String WITH_TITLES = "GET /live HTTP/1.0\r\nIcy-MetaData: 1\r\n\r\n";

    @TempDir
    Path directory;

    final List<String> accessLog = new ArrayList<>();
    ImitatedManager manager;
    FakeIcecast icecast;
    Proxy proxy;
    /** The audio of all connections, one after the other. */
    final ByteArrayOutputStream toIcecast = new ByteArrayOutputStream();

    Socket source;
    int port;
    /** Of the newest connection to Icecast. */
    volatile Socket icecastsEnd;

    /** Of the next daemon; any when it is 0. */
    int sourcePort;

    /** Whether the next daemon has its mount in memory. */
    boolean fed = true;

    /** Of the next daemon, which is an edge then. */
    Optional<Primary> primary = Optional.empty();

    int next;

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

    void start(String contentType) throws IOException {
        Settings settings = new Settings();
        settings.listenerPort = port;
        settings.sourcePort = sourcePort;
        settings.icecastPort = icecast.port();
        settings.listenerLimit = 50;
        settings.mounts = Map.of("/live", new MountSettings(contentType, fed, primary));
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
        proxy = Proxy.open(
                settings.build(), Transport.best(), new SystemClock(), log, Runnable::run, manager.nextLife());
        manager.read();
        proxy.icecastAvailable(true);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a script whose result is of no interest
    void connectSource() throws IOException {
        icecast.next(socket -> {
            icecastsEnd = socket;
            FakeIcecast.head(socket.getInputStream());
            socket.getOutputStream().write(Exchanges.SOURCE_OK.getBytes(ISO_8859_1));
            byte[] audio = new byte[1_000];
            for (int length = 0; length >= 0; length = socket.getInputStream().read(audio)) {
                synchronized (toIcecast) {
                    toIcecast.write(audio, 0, length);
                }
            }
            return null;
        });
        source = new Socket(LOCAL, proxy.sourcePort());
        source.getOutputStream().write(FeedScene.HEAD.getBytes(ISO_8859_1));
        assertThat(FakeIcecast.head(source.getInputStream())).startsWith("HTTP/1.0 200 ");
    }

    /** Sends frames, and waits until the feed has them. */
    void send(int frames) throws IOException {
        long before = proxy.snapshot().mounts().get("/live").sourceBytes();
        source.getOutputStream().write(Mp3.frames(next, next + frames));
        next += frames;
        await().until(() ->
                proxy.snapshot().mounts().get("/live").sourceBytes() == before + (long) frames * Mp3.LENGTH);
    }

    /** The proxy ends as a process that is killed: what it had not given to the kernel is lost. */
    void die() {
        proxy.close();
        manager.read();
    }

    /** Frames that Icecast has had. */
    List<Integer> icecastHeard() {
        synchronized (toIcecast) {
            byte[] all = toIcecast.toByteArray();
            return Mp3.numbers(Arrays.copyOf(all, all.length - all.length % Mp3.LENGTH));
        }
    }

    Socket listener(String request) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(8 * 1024);
        socket.connect(new InetSocketAddress(LOCAL, port));
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        assertThat(FakeIcecast.head(socket.getInputStream())).startsWith("HTTP/1.0 200 ");
        return socket;
    }

    /** Frames up to and with that of this number. */
    static void hear(Socket listener, int first, int last) throws IOException {
        byte[] audio = listener.getInputStream().readNBytes((last + 1 - first) * Mp3.LENGTH);
        assertThat(Mp3.numbers(audio)).startsWith(first).endsWith(last);
        Hearer.assertContiguous(Mp3.numbers(audio));
    }

    Continuity continuity() {
        return proxy.snapshot().continuity();
    }

    int listeners() {
        return proxy.snapshot().mounts().get("/live").connected().get(Role.LISTENER);
    }
}
