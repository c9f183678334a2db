package org.relaysupervisor.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.http.HttpServer;
import org.relaysupervisor.status.Archives;
import org.relaysupervisor.status.Finding;

/** {@code relayctl recordings} and {@code relayctl doctor}, through the control socket. */
@Timeout(60)
class RecordingsCommandTest {
    private static final String ID = Archives.EVENING.id();

    @TempDir
    Path directory;

    private final FakeRelay relay = new FakeRelay();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void listsWhatThisMachineRecorded() throws Exception {
        assertThat(withDaemon("recordings")).isZero();
        assertThat(out()).isEqualTo("""
                STATE      LENGTH  SIZE   MISSING  RECORDING
                recording  30m 0s  27.5M  -        live/20261122T133000Z-evening-session-3f9a
                """);
    }

    @Test
    void listsWhatOnlyTheStoreHasWhenAsked() throws Exception {
        assertThat(withDaemon("recordings", "--stored")).isZero();
        assertThat(out()).contains("stored     1h 0m   54.9M  -        live/20261122T120000Z-hour-3f9a\n");
        out.reset();
        assertThat(withDaemon("recordings", "--stored", "--json")).isZero();
        List<?> all = (List<?>) JSON.std.mapFrom(out()).get("recordings");
        assertThat(all).hasSize(2);
        Map<?, ?> evening = (Map<?, ?>) all.get(0);
        assertThat(evening.get("id")).isEqualTo(ID);
        assertThat(evening.get("state")).isEqualTo("recording");
        assertThat(evening.get("seconds")).isEqualTo(1800.0);
        assertThat(evening.get("missing_seconds")).isEqualTo(0.0);
    }

    @Test
    void verifiesOneOrAll() throws Exception {
        assertThat(withDaemon("recordings", "verify")).isZero();
        assertThat(withDaemon("recordings", "verify", Archives.HOUR.id())).isZero();
        assertThat(out()).isEqualTo("all: whole\n" + Archives.HOUR.id() + ": whole\n");
        assertThat(err()).isEmpty();
    }

    @Test
    void endsWithOneWhenARecordingIsNotWhole() throws Exception {
        relay.recordings.whole = false;
        assertThat(withDaemon("recordings", "verify", ID)).isEqualTo(1);
        assertThat(out()).isEqualTo(ID + ": 00003.mp3 differs in its second half\n");
        assertThat(err()).isEqualTo("relayctl: not all is as it was recorded: see above\n");
    }

    @Test
    void fetchesARecordingIntoAFile() throws Exception {
        Path file = directory.resolve("show.mp3");
        assertThat(withDaemon("recordings", "fetch", ID, file.toString())).isZero();
        assertThat(out()).isEqualTo(file + ": 8M, each byte verified\n");
        assertThat(isTheAudio(Files.readAllBytes(file))).isTrue();
        assertThat(files()).containsExactly("show.mp3");
    }

    @Test
    void fetchesARecordingToStandardOutput() throws Exception {
        assertThat(withDaemon("recordings", "fetch", ID, "-")).isZero();
        assertThat(isTheAudio(out.toByteArray())).isTrue();
        assertThat(err()).isEmpty();
    }

    @Test
    void leavesNothingOfAFetchThatFailed() throws Exception {
        relay.recordings.whole = false;
        assertThat(withDaemon("recordings", "fetch", ID, file("show.mp3"))).isEqualTo(1);
        assertThat(err())
                .isEqualTo("relayctl: 00003.mp3 is not what was recorded: half+half is no whole, says Jürgen\n");
        assertThat(files()).isEmpty();
        assertThat(withDaemon("recordings", "fetch", ID, "-")).isEqualTo(1);
        assertThat(err()).endsWith("; what was written is not to be used\n");
    }

    @Test
    void neverTouchesAFileThatIsThere() throws Exception {
        Files.writeString(directory.resolve("show.mp3"), "precious");
        assertThat(withDaemon("recordings", "fetch", ID, file("show.mp3"))).isEqualTo(1);
        assertThat(err()).contains("show.mp3 is there already and is left as it is");
        assertThat(directory.resolve("show.mp3")).hasContent("precious");

        Files.createSymbolicLink(directory.resolve("dangling.mp3"), directory.resolve("nowhere"));
        assertThat(withDaemon("recordings", "fetch", ID, file("dangling.mp3"))).isEqualTo(1);

        Files.writeString(directory.resolve("other.mp3.part"), "another's");
        assertThat(withDaemon("recordings", "fetch", ID, file("other.mp3"))).isEqualTo(1);
        assertThat(err()).contains("other.mp3.part is there already");
        assertThat(directory.resolve("other.mp3.part")).hasContent("another's");

        assertThat(withDaemon("recordings", "fetch", ID, file("no/show.mp3"))).isEqualTo(1);
        assertThat(err()).contains("there is no directory for ");
    }

    @Test
    void namesTheNearestIdsOfOneThatIsUnknown() throws Exception {
        assertThat(withDaemon("recordings", "fetch", "live/20261122T120000Z", file("x")))
                .isEqualTo(1);
        assertThat(err())
                .isEqualTo("relayctl: there is no recording live/20261122T120000Z; the nearest are "
                        + Archives.HOUR.id() + ", " + ID + "\n");
        assertThat(withDaemon("recordings", "verify", "evning")).isEqualTo(1);
        assertThat(err()).contains("there is no recording evning; the nearest are " + ID);
        assertThat(files()).isEmpty();
    }

    @Test
    void takesAnAnswerThatBrokeOffForNoAnswer() throws Exception {
        String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        for (String answer : new String[] {
            "",
            "HTTP/1.1 200",
            head,
            head + "4\r\nab",
            head + "2\r\nab\r\n",
            head + "2\r\nab\r\n0\r\n",
            head + "2\r\nab\r\n0\r\n\r\n",
            head + "2\r\nabc\r\n0\r\nX-Outcome: done\r\n\r\n",
            head + "x\r\n",
            head + "-1\r\n",
            "SSH-2.0-OpenSSH\r\n",
            "HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(9_000)
        }) {
            assertThat(answered(answer)).as(answer).isEqualTo(3);
            assertThat(files()).as(answer).isEmpty();
        }
        assertThat(answered(head + "2;x=y\r\nab\r\n1\r\nc\r\n0\r\nx-outcome: done\r\n\r\n"))
                .isZero();
        assertThat(directory.resolve("show.mp3")).hasContent("abc");
    }

    @Test
    void theDaemonStopsItsWorkWhenNobodyReadsOn() throws Exception {
        relay.recordings.silent = true;
        OutputStream gone = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        Path socket = directory.resolve("c");
        try (HttpServer server = HttpServer.openUnix("test", socket, Optional.empty(), relay.api())) {
            assertThat(server.port()).isZero();
            int code = Relayctl.run(
                    new String[] {"--socket", socket.toString(), "recordings", "verify"},
                    print(gone),
                    print(err),
                    (file, o, e) -> 0);
            assertThat(code).isEqualTo(1);
            assertThat(relay.recordings.interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void refusesWhatIsNotWellFormed() {
        for (String line : new String[] {
            "recordings fetch", "recordings fetch a", "recordings fetch a b c", "recordings verify a b",
            "recordings --json verify", "recordings --stored fetch a b", "recordings burn", "doctor now"
        }) {
            assertThat(run(line.split(" "))).as(line).isEqualTo(2);
        }
        assertThat(run("recordings", "fetch", "--help")).isZero();
        assertThat(out()).contains("Usage: relayctl recordings fetch").contains("never overwritten");
    }

    @Test
    void saysWhatTheDoctorFoundAndWhatToDo() throws Exception {
        relay.findings = List.of(
                new Finding("store: credentials", Finding.Level.OK, "accepted", ""),
                new Finding("memory", Finding.Level.WARNING, "not delegated", "add Delegate=yes to the unit"));
        assertThat(withDaemon("doctor")).isZero();
        assertThat(out()).isEqualTo("""
                ok       store: credentials  accepted
                warning  memory              not delegated
                  add Delegate=yes to the unit
                0 failed, 1 warning
                """);
        out.reset();
        relay.findings = List.of(new Finding("disk: room", Finding.Level.FAILED, "2h left", "make room"));
        assertThat(withDaemon("doctor")).isEqualTo(1);
        assertThat(out()).contains("FAILED   disk: room  2h left\n").endsWith("1 failed, 0 warnings\n");
        out.reset();
        assertThat(withDaemon("doctor", "--json")).isEqualTo(1);
        assertThat(JSON.std.mapFrom(out()))
                .containsEntry("failed", 1)
                .containsEntry(
                        "findings",
                        List.of(Map.of(
                                "check", "disk: room", "level", "failed", "found", "2h left", "advice", "make room")));
        assertThat(err()).isEmpty();
    }

    private static boolean isTheAudio(byte[] bytes) {
        boolean same = bytes.length == FakeRecordings.LENGTH;
        for (int i = 0; same && i < bytes.length; i++) {
            same = bytes[i] == FakeRecordings.audio(i);
        }
        return same;
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private int withDaemon(String... arguments) throws IOException {
        Path socket = directory.resolve("c");
        try (HttpServer server = HttpServer.openUnix("test", socket, Optional.empty(), relay.api())) {
            assertThat(server.port()).isZero();
            String[] all = Arrays.copyOf(arguments, arguments.length + 2);
            all[arguments.length] = "--socket";
            all[arguments.length + 1] = socket.toString();
            return run(all);
        }
    }

    /** What {@code fetch} makes of a peer that says this and closes. */
    private int answered(String bytes) throws Exception {
        Path socket = directory.resolve("stranger");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            CompletableFuture<Void> said = CompletableFuture.runAsync(() -> say(server, bytes));
            int code = run("--socket", socket.toString(), "recordings", "fetch", ID, file("show.mp3"));
            said.get(10, TimeUnit.SECONDS);
            return code;
        } finally {
            Files.delete(socket);
        }
    }

    private static void say(ServerSocketChannel server, String bytes) {
        try (SocketChannel client = server.accept()) {
            client.read(ByteBuffer.allocate(4096));
            ByteBuffer answer = ByteBuffer.wrap(bytes.getBytes(StandardCharsets.US_ASCII));
            while (answer.hasRemaining()) {
                client.write(answer);
            }
        } catch (IOException e) {
            // It has heard enough.
        }
    }

    private int run(String... arguments) {
        return Relayctl.run(arguments, print(out), print(err), (file, o, e) -> 1);
    }

    private static PrintStream print(OutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
