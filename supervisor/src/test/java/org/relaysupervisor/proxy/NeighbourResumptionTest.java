package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.process.FreePort;
import org.relaysupervisor.proxy.ProxySnapshot.RecorderConnection;

/** The source, Icecast, the recorder and DJs, from one daemon to the next. */
@Timeout(120)
class NeighbourResumptionTest extends ResumptionScene {
    private void assertNothingIsKeptOf(String prefix) {
        await().untilAsserted(() -> {
            manager.read();
            assertThat(manager.kept()).noneMatch(name -> name.startsWith(prefix));
        });
    }

    @Test
    void theSourceIcecastAndAListenerGoOnOverTwoDeathsAsIfThereHadBeenNone() throws Exception {
        try (Socket plain = listener(PLAIN)) {
            hear(plain, 0, 9);
            for (int life = 1; life <= 2; life++) {
                send(100);
                hear(plain, next - 100, next - 1);
                die();
                // Meanwhile it plays on into the kernel's buffers.
                source.getOutputStream().write(Mp3.frames(next, next + 50));
                next += 50;
                start("audio/mpeg");
                hear(plain, next - 50, next - 1);
                send(100);
                hear(plain, next - 100, next - 1);
            }
            await().untilAsserted(() -> assertThat(icecastHeard()).endsWith(next - 1));
            Hearer.assertContiguous(icecastHeard());
            assertThat(icecastHeard()).startsWith(0);
            assertThat(continuity().lost().values()).containsOnly(0L);
            assertThat(proxy.snapshot().upstream().connects()).isZero();
        }
        source.close();
        assertNothingIsKeptOf("source-");
    }

    @Test
    void whatWasCutInAFrameCostsThatFrameAndNoMore() throws Exception {
        try (Socket plain = listener(PLAIN)) {
            hear(plain, 0, 9);
            source.getOutputStream().write(Mp3.frame(10), 0, 100);
            await().until(() -> proxy.snapshot().mounts().get("/live").sourceBytes() == 10 * Mp3.LENGTH + 100);
            die();
            source.getOutputStream().write(Mp3.frame(10), 100, Mp3.LENGTH - 100);
            source.getOutputStream().write(Mp3.frames(11, 30));
            next = 30;
            start("audio/mpeg");
            hear(plain, 11, 29);
        }
    }

    @Test
    void anotherSourceMayTakeThePlaceOfOneThatLeftMeanwhileAndIcecastIsNotAskedAgain() throws Exception {
        send(20);
        die();
        source.close();
        start("audio/mpeg");
        source = new Socket(LOCAL, proxy.sourcePort());
        source.getOutputStream().write(FeedScene.HEAD.getBytes(ISO_8859_1));
        assertThat(FakeIcecast.head(source.getInputStream())).startsWith("HTTP/1.0 200 ");
        send(20);
        await().untilAsserted(() -> assertThat(icecastHeard()).endsWith(next - 1));
        Hearer.assertContiguous(icecastHeard());
        assertThat(proxy.snapshot().upstream().connects()).isZero();
    }

    @Test
    void anIcecastThatEndedMeanwhileIsConnectedToAnewWithTheSourcesOwnRequest() throws Exception {
        die();
        FakeIcecast former = icecast;
        icecast = new FakeIcecast();
        former.close();
        icecastsEnd.close();
        var asked = icecast.next(socket -> {
            String head = FakeIcecast.head(socket.getInputStream());
            socket.getOutputStream().write(Exchanges.SOURCE_OK.getBytes(ISO_8859_1));
            return head;
        });
        start("audio/mpeg");
        assertThat(asked.get()).isEqualTo(FeedScene.HEAD);
    }

    @Test
    void aSourceOfAMountThatHasAnotherFormatNowIsDisconnected() throws Exception {
        die();
        start("audio/aac");
        assertThat(source.getInputStream().read()).isEqualTo(-1);
        assertNothingIsKeptOf("source-");
        assertNothingIsKeptOf("icecast-");
    }

    @Test
    void theTitleIsShownOn() throws Exception {
        try (Socket updater = new Socket(LOCAL, proxy.sourcePort())) {
            var brought = icecast.next(socket -> {
                String head = FakeIcecast.head(socket.getInputStream());
                socket.getOutputStream().write("HTTP/1.0 200 OK\r\n\r\n".getBytes(ISO_8859_1));
                return head;
            });
            String authorization = FeedScene.HEAD
                    .lines()
                    .filter(line -> line.startsWith("Authorization:"))
                    .findFirst()
                    .orElseThrow();
            String request = "GET /admin/metadata?mode=updinfo&mount=/live&song=Lost+and+found HTTP/1.0\r\n"
                    + authorization + "\r\n\r\n";
            updater.getOutputStream().write(request.getBytes(ISO_8859_1));
            assertThat(FakeIcecast.head(updater.getInputStream())).startsWith("HTTP/1.0 200 ");
            assertThat(brought.get()).isEqualTo(request);
        }
        die();
        start("audio/mpeg");
        assertThat(proxy.snapshot().mounts().get("/live").feed().orElseThrow().title())
                .contains("Lost and found");
    }

    private Optional<RecorderConnection> recorder() {
        return proxy.snapshot().mounts().get("/live").recorder();
    }

    /** As ffmpeg is told to ask. */
    private Socket record(String session, String after) throws IOException {
        Socket recorder =
                listener(FeedScene.RECORDER + RecorderRequest.SESSION + ": " + session + "\r\n" + after + "\r\n");
        await().until(() ->
                recorder().filter(now -> now.session().equals(session)).isPresent());
        return recorder;
    }

    @Test
    void aRecorderGoesOnWithTheVeryNextFrame() throws Exception {
        String feed;
        try (Socket first = record("first", "")) {
            hear(first, 0, 9);
            feed = recorder().orElseThrow().feed();
            die();
        }
        source.getOutputStream().write(Mp3.frames(10, 40));
        next = 40;
        start("audio/mpeg");
        try (Socket second = record("second", RecorderRequest.AFTER + ": " + feed + " 7\r\n")) {
            hear(second, 7, 39);
            assertThat(recorder().orElseThrow().feed()).isEqualTo(feed);
            assertThat(recorder().orElseThrow().firstFrame()).isEqualTo(7);
            assertThat(recorder().orElseThrow().missedFrames()).isZero();
        }
    }

    private static final String DJ =
            "PUT /dj HTTP/1.1\r\nAuthorization: Basic c291cmNl\r\nContent-Type: audio/mpeg\r\n\r\n";

    private void assertGets(Socket liquidsoap, int from, int to) throws IOException {
        assertThat(Mp3.numbers(liquidsoap.getInputStream().readNBytes((to - from) * Mp3.LENGTH)))
                .startsWith(from)
                .endsWith(to - 1);
    }

    private void restart(InetSocketAddress harbor) throws IOException {
        die();
        start("audio/mpeg");
        proxy.harbor(Optional.of(harbor));
    }

    private void awaitKept(String prefix) {
        await().until(() -> {
            manager.read();
            return manager.kept().stream().anyMatch(name -> name.startsWith(prefix));
        });
    }

    @Test
    void aDjGoesOnAndMayChangeToAnotherLiquidsoapAfterwards() throws Exception {
        InetSocketAddress harbor = new InetSocketAddress(LOCAL, FreePort.next());
        try (ServerSocket first = new ServerSocket(FreePort.next(), 5, Lane.A.harbor());
                ServerSocket second = new ServerSocket(first.getLocalPort(), 5, Lane.B.harbor())) {
            sourcePort = first.getLocalPort();
            restart(harbor);
            try (Socket dj = new Socket(harbor.getAddress(), harbor.getPort());
                    Socket one = first.accept()) {
                dj.getOutputStream().write(DJ.getBytes(ISO_8859_1));
                dj.getOutputStream().write(Mp3.frames(0, 20));
                assertThat(FakeIcecast.head(one.getInputStream())).isEqualTo(DJ);
                assertGets(one, 0, 20);
                awaitKept("far-");

                restart(harbor);
                dj.getOutputStream().write(Mp3.frames(20, 40));
                assertGets(one, 20, 40);
                one.getOutputStream().write(Exchanges.SOURCE_OK.getBytes(ISO_8859_1));
                assertThat(FakeIcecast.head(dj.getInputStream())).isEqualTo(Exchanges.SOURCE_OK);

                proxy.rehearse(true);
                try (Socket two = second.accept()) {
                    assertThat(FakeIcecast.head(two.getInputStream())).isEqualTo(DJ);
                    dj.getOutputStream().write(Mp3.frames(40, 50));
                    assertGets(two, 40, 50);
                    proxy.rehearse(false);
                    Set<String> before = manager.kept();
                    proxy.lane(Lane.B);
                    await("the other one is kept").until(() -> {
                        manager.read();
                        return !before.containsAll(manager.kept());
                    });
                    one.shutdownOutput();

                    restart(harbor);
                    dj.getOutputStream().write(Mp3.frames(50, 60));
                    assertGets(two, 50, 60);
                }
                assertThat(dj.getInputStream().read()).isEqualTo(-1);
            }
        }
        assertNothingIsKeptOf("dj-");
        assertNothingIsKeptOf("far-");
    }

    @Test
    void aDjWhoseLiquidsoapEndedMeanwhileIsDisconnected() throws Exception {
        InetSocketAddress harbor = new InetSocketAddress(LOCAL, FreePort.next());
        try (ServerSocket liquidsoap = new ServerSocket(FreePort.next(), 5, Lane.A.harbor())) {
            sourcePort = liquidsoap.getLocalPort();
            restart(harbor);
            try (Socket dj = new Socket(harbor.getAddress(), harbor.getPort())) {
                try (Socket heard = liquidsoap.accept()) {
                    dj.getOutputStream().write(DJ.getBytes(ISO_8859_1));
                    dj.getOutputStream().write(Mp3.frames(0, 20));
                    assertThat(FakeIcecast.head(heard.getInputStream())).isEqualTo(DJ);
                    assertGets(heard, 0, 20);
                    awaitKept("far-");
                    die();
                }
                start("audio/mpeg");
                assertThat(dj.getInputStream().read()).isEqualTo(-1);
            }
        }
        assertNothingIsKeptOf("dj-");
        assertNothingIsKeptOf("far-");
    }

    /** On a mount that isn't fed: what Icecast's own listeners hear is what it gets. */
    @Test
    void aSourceThatIsPassedOnToIcecastGoesOnAsWell() throws Exception {
        die();
        source.close();
        icecastsEnd.close();
        fed = false;
        start("audio/mpeg");
        synchronized (toIcecast) {
            toIcecast.reset();
        }
        next = 0;
        connectSource();
        send(20);
        awaitKept("far-");
        for (int life = 1; life <= 2; life++) {
            die();
            source.getOutputStream().write(Mp3.frames(next, next + 30));
            next += 30;
            start("audio/mpeg");
            send(20);
            await().untilAsserted(() -> assertThat(icecastHeard()).endsWith(next - 1));
        }
        Hearer.assertContiguous(icecastHeard());
        assertThat(icecastHeard()).startsWith(0);
        source.close();
        assertNothingIsKeptOf("passed-");
        assertNothingIsKeptOf("far-");
    }
}
