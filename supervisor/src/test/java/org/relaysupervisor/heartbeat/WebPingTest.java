package org.relaysupervisor.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.relaysupervisor.http.LocalWebServer;

@Timeout(60)
class WebPingTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private LocalWebServer server;

    @BeforeEach
    void start() throws IOException {
        server = new LocalWebServer();
    }

    @AfterEach
    void stop() {
        server.close();
        threads.shutdownNow();
    }

    private URI answering(int status) {
        return server.answer("/" + status, status, "");
    }

    @Test
    void aYesIsAStatusOf2xx() {
        WebPing ping = new WebPing(threads);
        assertThat(ping.ask(answering(204))).isEmpty();
        assertThat(ping.ask(answering(200))).isEmpty();
        assertThat(ping.ask(answering(503))).hasValue("the server answers with HTTP status 503");
    }

    @Test
    void whoDoesNotAnswerIsGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            WebPing ping = new WebPing(threads, Duration.ofMillis(300));
            assertThat(ping.ask(URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/s3cr3t"))
                            .orElseThrow())
                    .contains("no answer")
                    .doesNotContain("s3cr3t");
        }
    }

    @Test
    void aRefusedConnectionIsToldWithoutTheAddress() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        assertThat(new WebPing(threads)
                        .ask(URI.create("http://127.0.0.1:" + port + "/s3cr3t"))
                        .orElseThrow())
                .isEqualTo("its host refuses the connection");
    }
}
