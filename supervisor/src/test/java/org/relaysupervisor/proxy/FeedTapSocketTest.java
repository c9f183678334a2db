package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.proxy.ProxySettings.MountSettings;
import org.relaysupervisor.proxy.ProxySnapshot.Tap;

/** A tap on real sockets: what the kernel keeps of it. */
@Timeout(30)
@SuppressWarnings("FutureReturnValueIgnored") // a script whose result is of no interest
class FeedTapSocketTest {
    private static final InetAddress LOCAL = InetAddress.getLoopbackAddress();
    /** The least that Linux takes is 2304. */
    private static final int LEAST = 1;

    private FakeIcecast icecast;
    private Proxy proxy;
    private Socket source;
    private int next;

    private void open(Transport transport) throws IOException {
        icecast = new FakeIcecast();
        ProxySettings settings = new ProxySettings(
                LOCAL,
                0,
                0,
                icecast.port(),
                10,
                Set.of(),
                64 * 1024,
                Map.of("/live", new MountSettings("audio/mpeg", true)),
                ProxyLimits.DEFAULTS);
        proxy = Proxy.open(settings, transport, new ManualLoop(), new SilentAccessLog());
        proxy.icecastAvailable(true);
        icecast.next(socket -> {
            FakeIcecast.head(socket.getInputStream());
            socket.getOutputStream().write(Exchanges.SOURCE_OK.getBytes(ISO_8859_1));
            return socket.getInputStream().readAllBytes();
        });
        source = new Socket(LOCAL, proxy.sourcePort());
        source.getOutputStream().write(FeedScene.HEAD.getBytes(ISO_8859_1));
        FakeIcecast.head(source.getInputStream());
        send(10);
        await().until(() -> mount().feed().orElseThrow().held().toMillis() > 100);
    }

    @AfterEach
    void close() throws IOException {
        source.close();
        proxy.close();
        icecast.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nextToNothingWaitsForADecoderThatHasStopped(boolean epoll) throws Exception {
        open(epoll ? Transport.best() : Transport.nio());
        try (Socket decoder = decoder()) {
            FakeIcecast.head(decoder.getInputStream());
            byte[] first = decoder.getInputStream().readNBytes(Mp3.LENGTH);
            long before = given();
            // It takes two seconds until it counts as behind; all the while the source goes on.
            await().pollInterval(Duration.ofMillis(100)).until(() -> {
                send(4);
                return tap().moves() == 1;
            });
            assertThat(given() - before).isLessThan(8 * 1024);

            int resumed = next;
            List<Integer> waiting = Mp3.numbers(decoder.getInputStream().readNBytes((int) (given() - before)));
            assertThat(waiting.get(0)).isEqualTo(Mp3.numbers(first).get(0) + 1);
            send(30);
            List<Integer> newest = Mp3.numbers(decoder.getInputStream().readNBytes(20 * Mp3.LENGTH));
            assertThat(newest.get(0)).as("no older than what was not read yet").isGreaterThan(resumed - 40);
            int missed = newest.get(0) - waiting.get(waiting.size() - 1) - 1;
            assertThat(tap()).isEqualTo(new Tap(1, 1, missed, (long) missed * Mp3.LENGTH));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDecoderThatReadsHasAllOfABurst(boolean epoll) throws Exception {
        open(epoll ? Transport.best() : Transport.nio());
        try (Socket decoder = decoder()) {
            FakeIcecast.head(decoder.getInputStream());
            // Half a minute of audio, in pieces that the ring has room for.
            for (int i = 0; i < 4; i++) {
                int upTo = next + 300;
                send(300);
                List<Integer> numbers;
                do {
                    numbers = Mp3.numbers(decoder.getInputStream().readNBytes(Mp3.LENGTH));
                } while (numbers.get(0) < upTo - 1);
            }
            assertThat(given()).isEqualTo((long) (next - 9) * Mp3.LENGTH);
            assertThat(tap()).isEqualTo(new Tap(1, 0, 0, 0));
        }
    }

    private Socket decoder() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(LEAST);
        socket.connect(new InetSocketAddress(LOCAL, proxy.listenerPort()));
        socket.getOutputStream().write(FeedScene.DECODER.getBytes(ISO_8859_1));
        return socket;
    }

    private void send(int frames) throws IOException {
        source.getOutputStream().write(Mp3.frames(next, next + frames));
        next += frames;
    }

    /** Bytes of audio. */
    private long given() {
        return mount().sentBytes().get(Role.DECODER);
    }

    private Tap tap() {
        return mount().tap();
    }

    private ProxySnapshot.MountTraffic mount() {
        return proxy.snapshot().mounts().get("/live");
    }
}
