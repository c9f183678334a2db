package org.relaysupervisor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HttpServerTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final HttpServer.Limits SHORT = new HttpServer.Limits(
            Duration.ofMillis(300), Duration.ofMillis(500), Duration.ofSeconds(5), Duration.ofMillis(700));

    @TempDir
    Path directory;

    @Test
    void handsTheWholeRequestToTheHandler() throws Exception {
        List<HttpCall> calls = new ArrayList<>();
        HttpHandler handler = call -> {
            calls.add(call);
            return HttpReply.text(200, "h\u00e9").withHeader("X-More", "1");
        };
        try (HttpServer server = HttpServer.open("test", ANY_PORT, handler)) {
            String reply = ask(
                    server,
                    "POST /a%20b?x=1&x=2&y=%26 HTTP/1.1\r\nHost: localhost:1\r\nX-A: B\r\nContent-Length: 3\r\n\r\nabc");
            assertThat(reply)
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("X-More: 1\r\n", "content-length: 3\r\n", "connection: close\r\n")
                    .endsWith("\r\n\r\nh\u00e9");
        }
        HttpCall call = calls.get(0);
        assertThat(call.method()).isEqualTo("POST");
        assertThat(call.path()).isEqualTo("/a b");
        assertThat(call.parameter("x")).contains("1");
        assertThat(call.parameter("y")).contains("&");
        assertThat(call.header("x-a")).contains("B");
        assertThat(call.body()).isEqualTo("abc".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void refusesForeignHostNamesOnLoopback() throws Exception {
        try (HttpServer server = HttpServer.open("test", ANY_PORT, call -> HttpReply.text(200, "ok"))) {
            for (String good : List.of("localhost", "LOCALHOST:9146", "127.0.0.1:9146", "[::1]:9146", "[::1]")) {
                assertThat(ask(server, get(good))).as(good).startsWith("HTTP/1.1 200");
            }
            for (String bad :
                    List.of("evil.example", "localhost.evil.example:80", "127.0.0.1.evil.example", "", "[x]")) {
                assertThat(ask(server, get(bad))).as(bad).startsWith("HTTP/1.1 421");
            }
            assertThat(ask(server, "GET / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 421");
        }
    }

    @Test
    void boundsTheHeadAndTheBody() throws Exception {
        try (HttpServer server = HttpServer.open("test", ANY_PORT, call -> HttpReply.text(200, "ok"))) {
            assertThat(ask(server, "GET /" + "a".repeat(5000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                    .startsWith("HTTP/1.1 414");
            assertThat(ask(server, "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(9000) + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 431");
            assertThat(ask(server, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 70000\r\n\r\n"))
                    .startsWith("HTTP/1.1 413");
            assertThat(ask(server, "\u0000\u0001 garbage\r\n\r\n")).startsWith("HTTP/1.1 400");
            assertThat(ask(server, "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                    .startsWith("HTTP/1.1 400");
            assertThat(ask(server, get("localhost"))).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void cutsOffAClientThatNeverFinishesAsking() throws Exception {
        try (HttpServer server =
                HttpServer.open("test", ANY_PORT, OptionalInt.empty(), call -> HttpReply.text(200, "ok"), SHORT)) {
            assertThat(ask(server, "GET / HTTP/1.1\r\nHost: local")).isEmpty();
            assertThat(ask(server, "")).isEmpty();
        }
    }

    @Test
    void givesUpAHandlerThatTakesTooLong() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        HttpHandler handler = call -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            return HttpReply.text(200, "never");
        };
        try (HttpServer server = HttpServer.open("test", ANY_PORT, OptionalInt.empty(), handler, SHORT)) {
            assertThat(ask(server, get("localhost"))).startsWith("HTTP/1.1 504");
            assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void answersWhenItIsTooBusyAndBoundsItsConnections() throws Exception {
        CountDownLatch free = new CountDownLatch(1);
        HttpHandler handler = call -> {
            free.await();
            return HttpReply.text(200, "ok");
        };
        try (HttpServer server = HttpServer.open("test", ANY_PORT, handler)) {
            List<Socket> waiting = new ArrayList<>();
            for (int i = 0; i < HttpServer.HANDLER_THREADS + HttpServer.QUEUE; i++) {
                waiting.add(send(server, get("localhost")));
            }
            // One of these may overtake one of those: then that one is refused, but one is.
            waiting.add(send(server, get("localhost")));
            Awaitility.await().until(() -> waiting.stream().anyMatch(HttpServerTest::hasAnswer));

            while (waiting.size() < HttpServer.MAX_CONNECTIONS + 10) {
                waiting.add(send(server, ""));
            }
            assertThat(ask(server, get("localhost"))).isEmpty();
            free.countDown();
            for (Socket socket : waiting) {
                socket.close();
            }
            Awaitility.await().until(() -> ask(server, get("localhost")).startsWith("HTTP/1.1 200"));
        }
    }

    @Test
    void saysWhatAHandlerFailedOf() throws Exception {
        HttpHandler handler = call -> {
            throw new IOException("no such thing");
        };
        try (HttpServer server = HttpServer.open("test", ANY_PORT, handler)) {
            assertThat(ask(server, get("localhost"))).startsWith("HTTP/1.1 500").endsWith("no such thing\n");
        }
    }

    @Test
    void answersHeadWithoutABody() throws Exception {
        try (HttpServer server = HttpServer.open("test", ANY_PORT, call -> HttpReply.text(200, "hello"))) {
            assertThat(ask(server, "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                    .contains("content-length: 5")
                    .endsWith("\r\n\r\n");
        }
    }

    @Test
    void saysThatAPortIsTaken() throws Exception {
        try (HttpServer first = HttpServer.open("test", ANY_PORT, call -> HttpReply.text(200, ""))) {
            InetSocketAddress taken = new InetSocketAddress(InetAddress.getLoopbackAddress(), first.port());
            assertThatThrownBy(() -> HttpServer.open("test", taken, call -> HttpReply.text(200, "")))
                    .isInstanceOf(IOException.class)
                    .hasMessageMatching("port \\d+ on .*(localhost|127.0.0.1) is taken by another program");
        }
    }

    @Test
    void opensAUnixSocketForOwnerAndGroupAndRemovesIt() throws Exception {
        Path socket = directory.resolve("control.sock");
        String group = Files.readAttributes(directory, PosixFileAttributes.class)
                .group()
                .getName();
        try (HttpServer server =
                HttpServer.openUnix("test", socket, Optional.of(group), call -> HttpReply.text(200, "ok"))) {
            assertThat(server.port()).isZero();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-rw----");
            assertThat(files()).containsExactly(socket);
            assertThatThrownBy(() ->
                            HttpServer.openUnix("test", socket, Optional.empty(), call -> HttpReply.text(200, "")))
                    .hasMessageContaining("another program answers on " + socket);
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void replacesASocketThatNobodyAnswersOn() throws Exception {
        Path socket = directory.resolve("control.sock");
        try (ServerSocketChannel earlier = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            earlier.bind(UnixDomainSocketAddress.of(socket));
        }
        try (HttpServer server =
                        HttpServer.openUnix("test", socket, Optional.empty(), call -> HttpReply.text(200, "ok"));
                SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            assertThat(server.port()).isZero();
            assertThat(client.isConnected()).isTrue();
        }
    }

    @Test
    void explainsWhyAUnixSocketCannotBe() throws Exception {
        HttpHandler handler = call -> HttpReply.text(200, "");
        Path file = Files.writeString(directory.resolve("file"), "precious");
        assertThatThrownBy(() -> HttpServer.openUnix("test", file, Optional.empty(), handler))
                .hasMessageContaining("a file that is no socket is in its place");
        assertThat(file).hasContent("precious");
        assertThatThrownBy(() ->
                        HttpServer.openUnix("test", directory.resolve("x".repeat(107)), Optional.empty(), handler))
                .hasMessageContaining("at most 107 are possible");
        assertThatThrownBy(() -> HttpServer.openUnix("test", directory.resolve("no/s"), Optional.empty(), handler))
                .hasMessageContaining("its directory does not exist");
        assertThatThrownBy(() ->
                        HttpServer.openUnix("test", directory.resolve("s"), Optional.of("no-such-group"), handler))
                .hasMessageContaining("there is no group no-such-group");
        assertThat(files()).containsExactly(file);
    }

    @Test
    void streamsAnAnswerAndSaysAtItsEndHowItWent() throws Exception {
        HttpHandler handler = call -> HttpReply.stream("text/plain", body -> {
            body.write("one\n".getBytes(StandardCharsets.UTF_8));
            body.flush();
            body.write("two\n".getBytes(StandardCharsets.UTF_8));
            return call.path().equals("/bad") ? Optional.of("50%+ für nichts") : Optional.empty();
        });
        try (HttpServer server = HttpServer.open("test", ANY_PORT, handler)) {
            assertThat(ask(server, get("localhost")))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("transfer-encoding: chunked\r\n")
                    .endsWith("\r\n\r\n4\r\none\n\r\n4\r\ntwo\n\r\n0\r\nX-Outcome: done\r\n\r\n");
            assertThat(ask(server, "GET /bad HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                    .endsWith("\r\n0\r\nX-Outcome: failed\r\nX-Error: 50%25%2B f%C3%BCr nichts\r\n\r\n");
            assertThat(ask(server, "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                    .startsWith("HTTP/1.1 200")
                    .endsWith("\r\n\r\n");
        }
    }

    @Test
    void tellsWhatAStreamFailedOfAtItsEnd() throws Exception {
        HttpHandler handler = call -> HttpReply.stream("text/plain", body -> {
            body.write('x');
            if (call.path().equals("/defect")) {
                throw new IllegalStateException();
            }
            throw new IOException("the store is gone");
        });
        try (HttpServer server = HttpServer.open("test", ANY_PORT, handler)) {
            assertThat(ask(server, get("localhost")))
                    .endsWith("X-Outcome: failed\r\nX-Error: the store is gone\r\n\r\n");
            assertThat(ask(server, "GET /defect HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                    .endsWith("X-Error: java.lang.IllegalStateException\r\n\r\n");
        }
    }

    @Test
    void isNeverFarAheadOfAClientThatReadsSlowly() throws Exception {
        AtomicLong written = new AtomicLong();
        long all = 64L << 20;
        HttpHandler handler = call -> HttpReply.stream("text/plain", body -> {
            byte[] block = new byte[64 * 1024];
            while (written.get() < all) {
                body.write(block);
                written.addAndGet(block.length);
            }
            return Optional.empty();
        });
        try (HttpServer server = HttpServer.open("test", ANY_PORT, handler);
                Socket client = send(server, get("localhost"))) {
            long[] last = {-1};
            // Until it stands still: sockets' buffers are a few megabytes.
            Awaitility.await().pollInterval(Duration.ofMillis(300)).until(() -> {
                long before = last[0];
                last[0] = written.get();
                return before == last[0];
            });
            assertThat(written.get()).isBetween(1L, all / 2);
            byte[] answer = client.getInputStream().readAllBytes();
            assertThat(answer.length).isGreaterThan((int) all);
            assertThat(new String(answer, answer.length - 40, 40, StandardCharsets.UTF_8))
                    .endsWith("0\r\nX-Outcome: done\r\n\r\n");
        }
    }

    @Test
    void endsAStreamWhoseClientIsGone() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        try (HttpServer server = HttpServer.open("test", ANY_PORT, call -> endless(begun, interrupted))) {
            Socket client = send(server, get("localhost"));
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            client.close();
            assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void cutsAStreamThatSaysNothingForTooLong() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        try (HttpServer server = HttpServer.open(
                "test", ANY_PORT, OptionalInt.empty(), call -> endless(new CountDownLatch(1), interrupted), SHORT)) {
            assertThat(ask(server, get("localhost"))).endsWith("1\r\nx\r\n").doesNotContain("X-Outcome: ");
            assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void cutsAStreamWhoseClientReadsNothing() throws Exception {
        CountDownLatch failed = new CountDownLatch(1);
        HttpServer.Limits impatient = new HttpServer.Limits(
                Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMillis(300), Duration.ofSeconds(20));
        HttpHandler handler = call -> HttpReply.stream("text/plain", body -> {
            try {
                for (; ; ) {
                    body.write(new byte[64 * 1024]);
                }
            } catch (IOException e) {
                failed.countDown();
                throw e;
            }
        });
        try (HttpServer server = HttpServer.open("test", ANY_PORT, OptionalInt.empty(), handler, impatient);
                Socket client = send(server, get("localhost"))) {
            assertThat(failed.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(client.isClosed()).isFalse();
        }
    }

    @Test
    void streamsKeepNobodyElseWaitingAndAreBounded() throws Exception {
        CountDownLatch begun = new CountDownLatch(HttpServer.STREAMS);
        HttpHandler handler = call ->
                call.path().equals("/stream") ? endless(begun, new CountDownLatch(1)) : HttpReply.text(200, "ok");
        String stream = "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n";
        List<Socket> clients = new ArrayList<>();
        try (HttpServer server = HttpServer.open("test", ANY_PORT, handler)) {
            for (int i = 0; i < HttpServer.STREAMS; i++) {
                clients.add(send(server, stream));
            }
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(ask(server, stream)).startsWith("HTTP/1.1 503").contains("try again later");
            assertThat(ask(server, get("localhost"))).startsWith("HTTP/1.1 200");
            clients.get(0).close();
            Awaitility.await().until(() -> {
                Socket next = send(server, stream);
                clients.add(next);
                byte[] status = next.getInputStream().readNBytes(12);
                return new String(status, StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
            });
        }
        for (Socket client : clients) {
            client.close();
        }
    }

    private static HttpReply endless(CountDownLatch begun, CountDownLatch interrupted) {
        return HttpReply.stream("text/plain", body -> {
            body.write('x');
            body.flush();
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            return Optional.empty();
        });
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    private static String get(String host) {
        return "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    }

    private static Socket send(HttpServer server, String bytes) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    private static boolean hasAnswer(Socket socket) {
        try {
            return socket.getInputStream().available() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** All that comes back until the server closes; nothing when it resets the connection first. */
    private static String ask(HttpServer server, String bytes) throws IOException {
        try (Socket socket = send(server, bytes)) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (SocketException e) {
            return "";
        }
    }
}
