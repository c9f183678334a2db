package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.loop.SystemClock;

/** An edge, from one daemon to the next: its primary plays on meanwhile. */
@Timeout(120)
class EdgeResumptionTest extends ResumptionScene {
    /** What one who joins again may be wrong by: the primary's and our own turns. */
    private static final Duration JOINT = Duration.ofSeconds(1);

    private final Clock clock = new SystemClock();
    private final Instant began = clock.now();

    /** How many frames the primary has played by now. */
    private int played() {
        return (int) (Duration.between(began, clock.now()).toNanos() / Mp3.FRAME.toNanos());
    }

    /** A burst of four seconds, and then each frame when it is due, until the edge leaves. */
    private Future<?> playToWhoComesNext() {
        return icecast.next(socket -> {
            FakeIcecast.head(socket.getInputStream());
            socket.getOutputStream().write(EdgeScene.OK.getBytes(ISO_8859_1));
            int sent = Math.max(0, played() - EdgeScene.BURST);
            try {
                while (true) {
                    int last = sent;
                    await().until(() -> played() > last + 3);
                    int due = played();
                    socket.getOutputStream().write(Mp3.frames(sent, due));
                    sent = due;
                }
            } catch (IOException gone) {
                return null;
            }
        });
    }

    private static List<Integer> hear(Socket listener, int frames) throws IOException {
        return Mp3.numbers(listener.getInputStream().readNBytes(frames * Mp3.LENGTH));
    }

    @Test
    @SuppressWarnings("FutureReturnValueIgnored") // it plays until the end
    void whatThePrimaryPlayedMeanwhileIsHeardAfterwards() throws Exception {
        die();
        source.close();
        primary = Optional.of(new Primary("127.0.0.1", icecast.port(), Optional.empty()));
        Future<?> first = playToWhoComesNext();
        start("audio/mpeg");
        await().until(() ->
                proxy.snapshot().mounts().get("/live").feed().orElseThrow().heldBytes() > 0);
        try (Socket listener = listener(PLAIN)) {
            hear(listener, 20);
            die();
            first.get();
            int then = played();
            await().until(() -> played() > then + 120);
            playToWhoComesNext();
            start("audio/mpeg");
            List<Integer> heard = hear(listener, 400);
            assertThat(missing(heard)).isLessThan((int) (JOINT.toNanos() / Mp3.FRAME.toNanos()));
        }
    }

    /** Between any two frames, at the most. */
    private static int missing(List<Integer> heard) {
        int most = 0;
        for (int i = 1; i < heard.size(); i++) {
            most = Math.max(most, heard.get(i) - heard.get(i - 1) - 1);
        }
        return most;
    }
}
