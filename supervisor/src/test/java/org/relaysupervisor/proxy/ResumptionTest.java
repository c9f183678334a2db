package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;

/** Listeners, from one daemon to the next. */
@Timeout(120)
class ResumptionTest extends ResumptionScene {
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
                source.close();
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
    void whoComesBetweenTheDeathAndTheSourceHearsWhatWasPlayedBeforeAndThenTheSource() throws Exception {
        die();
        source.close();
        try (Socket between = new Socket(LOCAL, port)) {
            between.getOutputStream().write(PLAIN.getBytes(ISO_8859_1));
            start("audio/mpeg");
            assertThat(FakeIcecast.head(between.getInputStream())).startsWith("HTTP/1.0 200 ");
            hear(between, 0, 9);
            connectSource();
            send(50);
            hear(between, 10, next - 1);
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
