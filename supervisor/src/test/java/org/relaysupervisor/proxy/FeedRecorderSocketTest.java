package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.proxy.ProxySnapshot.RecorderConnection;
import org.relaysupervisor.proxy.ProxySnapshot.RecorderConnection.End;

/** A recorder on real sockets: what the kernel does with what is on its way. */
@Timeout(60)
class FeedRecorderSocketTest {
    /** In bytes; more than a quarter of what the ring holds would hide what is tested. */
    private static final int RECEIVE_BUFFER = 32 * 1024;

    private PlayedProxy played;

    private void open(Transport transport) throws IOException {
        played = new PlayedProxy(transport);
    }

    @AfterEach
    void close() throws IOException {
        played.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRecorderThatTakesNothingForAWhileLosesNothing(boolean epoll) throws Exception {
        open(epoll ? Transport.best() : Transport.nio());
        try (Socket recorder = recorder("a", "")) {
            assertThat(numbers(recorder, 10)).startsWith(0, 1, 2);
            // Of 25 s, some 21.
            for (int i = 0; i < 8; i++) {
                played.send(100);
                int sent = played.next();
                await().until(() -> played.mount().sourceBytes() >= (long) sent * Mp3.LENGTH);
            }
            assertThat(given()).as("what waits for it is in the ring").isLessThan(300_000);
            List<Integer> waiting = numbers(recorder, 800);

            Hearer.assertContiguous(waiting);
            assertThat(waiting.get(0)).isEqualTo(10);
            played.send(30);
            assertThat(numbers(recorder, 30)).endsWith(played.next() - 1);
            assertThat(published().overruns()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRecorderThatStopsHasAllThatWasOnItsWayAndThenTheEnd(boolean epoll) throws Exception {
        open(epoll ? Transport.best() : Transport.nio());
        List<Integer> taken;
        try (Socket recorder = recorder("a", "")) {
            numbers(recorder, 1);
            await().pollInterval(Duration.ofMillis(50)).until(() -> {
                played.send(100);
                return published().overruns() == 1;
            });
            assertThat(published().end()).contains(End.OVERRUN);
            long given = given();
            byte[] rest = recorder.getInputStream().readAllBytes();
            assertThat(Mp3.LENGTH + rest.length)
                    .as("what our memory still had is lost, and no more")
                    .isGreaterThanOrEqualTo((int) given - 2 * ProxyLimits.DEFAULTS.recorderBufferBytes());
            taken = Mp3.numbers(Arrays.copyOf(rest, rest.length - rest.length % Mp3.LENGTH));
            assertThat(taken.get(0)).isEqualTo(1);
            Hearer.assertContiguous(taken);
        }
        long wanted = taken.get(taken.size() - 1) + 1L;
        String after = RecorderRequest.AFTER + ": "
                + played.mount().feed().orElseThrow().name() + " " + wanted + "\r\n";
        try (Socket recorder = recorder("b", after)) {
            List<Integer> newer = numbers(recorder, 100);

            Hearer.assertContiguous(newer);
            assertThat(published().session()).isEqualTo("b");
            assertThat(published().firstFrame()).isEqualTo(newer.get(0).longValue());
            assertThat(published().missedFrames())
                    .isEqualTo(newer.get(0) - wanted)
                    .isPositive();
            assertThat(published().connects()).isEqualTo(2);
        }
        await().until(() -> published().end().filter(End.CLIENT_LEFT::equals).isPresent());
    }

    private Socket recorder(String session, String headers) throws IOException {
        String request = FeedScene.RECORDER + RecorderRequest.SESSION + ": " + session + "\r\n" + headers + "\r\n";
        return played.reader(request, RECEIVE_BUFFER);
    }

    private static List<Integer> numbers(Socket recorder, int frames) throws IOException {
        return Mp3.numbers(recorder.getInputStream().readNBytes(frames * Mp3.LENGTH));
    }

    /** Bytes of audio. */
    private long given() {
        return played.mount().sentBytes().get(Role.RECORDER);
    }

    private RecorderConnection published() {
        return played.mount().recorder().orElseThrow();
    }
}
