package org.relaysupervisor.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.relaysupervisor.proof.SwarmReport.Kind;

/** The swarm's own truthfulness, against a small server that does as it's told. */
@Timeout(60)
class ListenerSwarmTest {
    private static final byte[] FRAME = TestFrames.frame(1);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> clients = new CopyOnWriteArrayList<>();
    private ServerSocket server;

    private int serve(String head) throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(() -> {
            try {
                while (true) {
                    Socket client = server.accept();
                    client.getInputStream().read(new byte[1_000]);
                    client.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                    clients.add(client);
                }
            } catch (IOException e) {
                // Closed at the end of the test.
            }
        });
        return server.getLocalPort();
    }

    private void send(byte[] bytes) {
        clients.forEach(client -> {
            try {
                OutputStream out = client.getOutputStream();
                out.write(bytes);
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private void awaitClients(int count) {
        Awaitility.await().until(() -> clients.size() == count);
    }

    @AfterEach
    void end() throws IOException {
        server.close();
        for (Socket client : clients) {
            client.close();
        }
        threads.shutdownNow();
    }

    @Test
    void connectionsThatTheServerClosesAreCountedAndFilledAgain() throws Exception {
        int port = serve("HTTP/1.0 200 OK\r\n\r\n");
        try (ListenerSwarm swarm = ListenerSwarm.start(SwarmPlan.of(port, "/live", 5))) {
            awaitClients(5);
            send(FRAME);
            swarm.fill(Duration.ofSeconds(10));
            assertThat(swarm.report().closed(Kind.STEADY)).isZero();
            clients.remove(0).close();
            clients.remove(0).close();
            Awaitility.await().until(() -> swarm.report().hearing(Kind.STEADY) == 3);
            threads.execute(() -> {
                awaitClients(5);
                send(FRAME);
            });
            swarm.fill(Duration.ofSeconds(10));
            SwarmReport report = swarm.report();
            assertThat(report.hearing(Kind.STEADY)).isEqualTo(5);
            assertThat(report.firstByteNanos()).hasSize(2);
            assertThat(report.shortestOutageNanos()).isPresent();
        }
    }

    @Test
    void aReplyThatBringsNoAudioIsARefusal() throws Exception {
        int port = serve("HTTP/1.0 404 Not Found\r\n\r\nno");
        try (ListenerSwarm swarm = ListenerSwarm.start(SwarmPlan.of(port, "/live", 2))) {
            awaitClients(2);
            Awaitility.await()
                    .until(() -> swarm.report().listeners().stream().allMatch(listener -> listener.status() == 404));
            assertThat(swarm.report().closed(Kind.STEADY)).isZero();
        }
    }

    @Test
    void silenceGrowsUntilBytesCome() throws Exception {
        int port = serve("HTTP/1.0 200 OK\r\n\r\n");
        try (ListenerSwarm swarm = ListenerSwarm.start(SwarmPlan.of(port, "/live", 1))) {
            awaitClients(1);
            send(FRAME);
            swarm.fill(Duration.ofSeconds(10));
            Awaitility.await().until(() -> swarm.report().longestSilence().toMillis() >= 200);
            Awaitility.await().until(() -> {
                send(FRAME);
                return swarm.report().longestSilence().toMillis() < 200;
            });
        }
    }

    @Test
    void sampledListenersTellTheFramesTheyHeardWithMetadataTakenOut() throws Exception {
        int port = serve("HTTP/1.0 200 OK\r\nicy-metaint: " + 3 * FRAME.length + "\r\n\r\n");
        try (ListenerSwarm swarm =
                ListenerSwarm.start(SwarmPlan.of(port, "/live", 1).withSampled(1))) {
            awaitClients(1);
            for (int frame = 0; frame < 3; frame++) {
                send(TestFrames.frame(frame));
            }
            send(TestFrames.metadata("StreamTitle='a';"));
            for (int frame = 3; frame < 6; frame++) {
                send(TestFrames.frame(frame));
            }
            Awaitility.await().until(() -> heard(swarm).frames().length == 6);
            assertThat(heard(swarm).frames()).isEqualTo(TestFrames.hashes(0, 6));
            assertThat(heard(swarm).faults()).isEmpty();
        }
    }

    @Test
    void slowListenersReadNoMoreThanTheirRate() throws Exception {
        int port = serve("HTTP/1.0 200 OK\r\n\r\n");
        try (ListenerSwarm swarm =
                ListenerSwarm.start(SwarmPlan.of(port, "/live", 0).withSlow(1))) {
            awaitClients(1);
            threads.execute(() -> send(new byte[10_000_000]));
            Awaitility.await().until(() -> swarm.report().bytes() > 0);
            assertThat(swarm.report().bytes()).isLessThan(100_000);
        }
    }

    private static Hearing.Heard heard(ListenerSwarm swarm) throws InterruptedException {
        List<Hearing.Heard> all = swarm.heard();
        return all.isEmpty()
                ? new Hearing.Heard(Kind.STEADY, 0, false, new long[0], new long[0], List.of())
                : all.get(0);
    }

    @Test
    void listenersLeaveWhenTheSwarmIsClosed() throws Exception {
        int port = serve("HTTP/1.0 200 OK\r\n\r\n");
        ListenerSwarm swarm = ListenerSwarm.start(SwarmPlan.of(port, "/live", 1));
        awaitClients(1);
        swarm.close();
        InputStream in = clients.get(0).getInputStream();
        assertThat(in.read()).isEqualTo(-1);
    }
}
