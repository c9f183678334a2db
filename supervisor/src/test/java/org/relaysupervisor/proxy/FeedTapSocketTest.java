package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.proxy.ProxySnapshot.Tap;

/** A tap on real sockets: what the kernel keeps of it. */
@Timeout(30)
class FeedTapSocketTest {
    /** The least that Linux takes is 2304. */
    private static final int LEAST = 1;

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
    void nextToNothingWaitsForADecoderThatHasStopped(boolean epoll) throws Exception {
        open(epoll ? Transport.best() : Transport.nio());
        try (Socket decoder = decoder()) {
            byte[] first = decoder.getInputStream().readNBytes(Mp3.LENGTH);
            long before = given();
            // It takes two seconds until it counts as behind; all the while the source goes on.
            await().pollInterval(Duration.ofMillis(100)).until(() -> {
                played.send(4);
                return tap().moves() == 1;
            });
            assertThat(given() - before).isLessThan(8 * 1024);

            int resumed = played.next();
            List<Integer> waiting = Mp3.numbers(decoder.getInputStream().readNBytes((int) (given() - before)));
            assertThat(waiting.get(0)).isEqualTo(Mp3.numbers(first).get(0) + 1);
            played.send(30);
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
            // Half a minute of audio, in pieces that the ring has room for.
            for (int i = 0; i < 4; i++) {
                int upTo = played.next() + 300;
                played.send(300);
                List<Integer> numbers;
                do {
                    numbers = Mp3.numbers(decoder.getInputStream().readNBytes(Mp3.LENGTH));
                } while (numbers.get(0) < upTo - 1);
            }
            assertThat(given()).isEqualTo((long) (played.next() - 9) * Mp3.LENGTH);
            assertThat(tap()).isEqualTo(new Tap(1, 0, 0, 0));
        }
    }

    private Socket decoder() throws IOException {
        return played.reader(FeedScene.DECODER, LEAST);
    }

    /** Bytes of audio. */
    private long given() {
        return played.mount().sentBytes().get(Role.DECODER);
    }

    private Tap tap() {
        return played.mount().tap();
    }
}
