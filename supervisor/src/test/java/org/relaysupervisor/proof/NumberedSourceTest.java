package org.relaysupervisor.proof;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NumberedSourceTest {
    private static final int SECOND = 38;

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        return head.toString();
    }

    private static List<Long> take(ServerSocket route, int frames) throws IOException {
        try (Socket source = route.accept()) {
            assertThat(head(source.getInputStream()))
                    .startsWith("SOURCE /live HTTP/1.0\r\n")
                    .contains(Base64.getEncoder().encodeToString("source:hackme".getBytes(ISO_8859_1)));
            source.getOutputStream().write("HTTP/1.0 200 OK\r\n\r\n".getBytes(ISO_8859_1));
            return NumberedFrames.numbers(source.getInputStream().readNBytes(frames * NumberedFrames.LENGTH));
        }
    }

    @Test
    void goesOnWithTheFrameOfTheTimeAtWhichItIsTakenAgain() throws Exception {
        try (ServerSocket route = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                NumberedSource source = new NumberedSource(route.getLocalPort(), "/live", () -> "hackme")) {
            long begin = System.nanoTime();
            List<Long> first = take(route, SECOND);
            double taken = (System.nanoTime() - begin) / 1e9;
            assertThat(NumberedFrames.seconds(first.size())).isCloseTo(taken, within(0.8));
            assertThat(first.get(SECOND - 1) - first.get(0)).isEqualTo(SECOND - 1);

            // Turned away once, as by a daemon that is not ready.
            try (Socket early = route.accept()) {
                head(early.getInputStream());
                early.getOutputStream().write("HTTP/1.0 503 Not Yet\r\n\r\n".getBytes(ISO_8859_1));
            }
            List<Long> second = take(route, SECOND);
            double later = (System.nanoTime() - begin) / 1e9;
            assertThat(second.get(0)).isGreaterThan(first.get(SECOND - 1));
            assertThat(NumberedFrames.seconds(second.get(SECOND - 1))).isCloseTo(later, within(0.8));
            assertThat(source.connections()).isEqualTo(2);
            await().until(() -> source.sent() >= second.get(SECOND - 1));
        }
    }
}
