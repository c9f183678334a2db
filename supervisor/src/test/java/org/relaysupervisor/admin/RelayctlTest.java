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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.audio.DeadAirKind;
import org.relaysupervisor.http.HttpServer;
import org.relaysupervisor.status.Snapshots;

@Timeout(60)
class RelayctlTest {
    @TempDir
    Path directory;

    private final FakeRelay relay = new FakeRelay();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void printsTheStatus() throws Exception {
        assertThat(withDaemon("status")).isZero();
        assertThat(out()).isEqualTo(StatusText.render(Snapshots.onAir().build(), false));
        assertThat(err()).isEmpty();
    }

    @Test
    void printsTheStatusAsJson() throws Exception {
        assertThat(withDaemon("status", "--json")).isZero();
        assertThat(JSON.std.mapFrom(out())).containsEntry("station", "Test Radio");
    }

    @Test
    void givesCommands() throws Exception {
        assertThat(withDaemon("restart", "icecast")).isZero();
        assertThat(withDaemon("stop", "recorder")).isZero();
        assertThat(withDaemon("start", "recorder")).isZero();
        assertThat(withDaemon("reload")).isZero();
        assertThat(withDaemon("reload", "--canary")).isZero();
        assertThat(relay.commands)
                .containsExactly("restart icecast", "stop recorder", "start recorder", "reload", "canary");
        assertThat(out()).isEqualTo("done\ndone\ndone\ndone\ndone\n");
    }

    @Test
    void startsAndEndsAShow() throws Exception {
        assertThat(withDaemon("show", "start", "Jazz & more")).isZero();
        assertThat(withDaemon(
                        "show",
                        "start",
                        "Minute",
                        "--profile",
                        "talk",
                        "--expect",
                        "digital_silence,near_silence",
                        "--expect=tone",
                        "--for",
                        "1h30m"))
                .isZero();
        assertThat(withDaemon("show", "end")).isZero();
        assertThat(relay.commands)
                .containsExactly(
                        "start show Jazz & more, profile none, expected [], for ever",
                        "start show Minute, profile talk, expected [digital_silence, near_silence, tone], for PT1H30M",
                        "end show");
    }

    @Test
    void showsTheShow() throws Exception {
        assertThat(withDaemon("show", "status")).isZero();
        assertThat(out()).isEqualTo(ShowText.render(Snapshots.onAir().build(), false));
        out.reset();
        assertThat(withDaemon("show", "status", "--json")).isZero();
        assertThat(JSON.std.mapFrom(out())).containsEntry("known", true);
    }

    @Test
    void refusesAShowThatIsNotWellFormed() throws Exception {
        assertThat(withDaemon("show", "start", "A", "--expect", "noise")).isEqualTo(1);
        assertThat(err()).contains("there is no dead air of kind noise; there are no_bytes, digital_silence");
        assertThat(withDaemon("show", "start", "two\nlines")).isEqualTo(1);
        assertThat(withDaemon("show", "start", "x".repeat(101))).isEqualTo(1);
        assertThat(relay.commands).isEmpty();
    }

    @Test
    void completesTheKindsThereAre() {
        assertThat(CommandModel.KINDS)
                .containsExactlyElementsOf(
                        Stream.of(DeadAirKind.values()).map(DeadAirKind::label).toList());
    }

    @Test
    void endsWithOneWhenRefused() throws Exception {
        relay.outcome = new Commands.Outcome(false, "icecast did not stop in time");
        assertThat(withDaemon("stop", "icecast")).isEqualTo(1);
        assertThat(err()).isEqualTo("relayctl: icecast did not stop in time\n");
        assertThat(withDaemon("stop", "../x y&z")).isEqualTo(1);
        assertThat(err()).contains("there is no child ../x y&z; there are icecast, liquidsoap, recorder");
    }

    @Test
    void endsWithTwoForAUsageError() {
        assertThat(run("stattus")).isEqualTo(2);
        assertThat(err()).contains("relayctl: Unmatched argument").contains("Did you mean: relayctl status");
        assertThat(run()).isEqualTo(2);
        assertThat(run("restart")).isEqualTo(2);
        assertThat(run("restart", "a", "b")).isEqualTo(2);
        assertThat(run("status", "--jsn")).isEqualTo(2);
        assertThat(run("logs", "-n", "many")).isEqualTo(2);
        assertThat(run("logs", "-n", "-1")).isEqualTo(2);
        assertThat(run("show")).isEqualTo(2);
        assertThat(run("show", "start")).isEqualTo(2);
        assertThat(run("show", "begin")).isEqualTo(2);
        assertThat(run("show", "end", "now")).isEqualTo(2);
        for (String time : new String[] {"", "soon", "0s", "90", "-5m", "5m1h", "99999999s"}) {
            assertThat(run("show", "start", "A", "--for", time)).as(time).isEqualTo(2);
        }
        assertThat(run("completion", "fish")).isEqualTo(2);
        assertThat(out()).isEmpty();
    }

    @Test
    void endsWithThreeWhenTheDaemonIsNotThere() throws Exception {
        Path socket = directory.resolve("s");
        assertThat(run("--socket", socket.toString(), "status")).isEqualTo(3);
        assertThat(err()).isEqualTo("relayctl: relay-supervisor is not running: there is no " + socket + "\n");

        try (ServerSocketChannel dead = listen(socket)) {
            assertThat(dead.isOpen()).isTrue();
        }
        assertThat(run("--socket", socket.toString(), "status")).isEqualTo(3);
        assertThat(err()).endsWith("relay-supervisor is not running: nobody answers on " + socket + "\n");

        assertThat(run("--socket", "/" + "x".repeat(200), "status")).isEqualTo(3);
        assertThat(err()).contains("longer than the 107 bytes");
    }

    @Test
    void tellsAStrangerFromTheDaemon() throws Exception {
        assertThat(answered("SSH-2.0-OpenSSH\r\n")).isEqualTo(3);
        assertThat(err()).contains("is not relay-supervisor");
        assertThat(answered("HTTP/1.1 abc\r\n\r\n")).isEqualTo(3);
        assertThat(answered("HTTP/1.1 200 OK\r\n\r\n")).isEqualTo(3);
        assertThat(answered("")).isEqualTo(3);
        assertThat(answered("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")).isEqualTo(3);
        assertThat(err()).contains("broke off");
        assertThat(out()).isEmpty();
    }

    @Test
    void givesUpOnADaemonThatIsSilent() throws Exception {
        Path socket = directory.resolve("s");
        try (ServerSocketChannel silent = listen(socket)) {
            assertThat(silent.isOpen()).isTrue();
            assertThat(run("--socket", socket.toString(), "status")).isEqualTo(3);
        }
        assertThat(err()).contains("did not answer within 5 s");
    }

    @Test
    void printsTheLogsAndFollowsThemWhileSomebodyReads() throws Exception {
        relay.print("icecast", "one");
        relay.print("daemon", "two");
        assertThat(withDaemon("logs", "icecast", "-n", "5")).isZero();
        assertThat(out()).isEqualTo("2026-11-22T12:00:00Z icecast: one\n");

        Path socket = directory.resolve("c");
        ClosablePipe pipe = new ClosablePipe();
        try (HttpServer server = HttpServer.openUnix("test", socket, Optional.empty(), relay.api())) {
            assertThat(server.port()).isZero();
            CompletableFuture<Integer> following = CompletableFuture.supplyAsync(() -> Relayctl.run(
                    new String[] {"logs", "-f", "-n", "1", "--socket", socket.toString()},
                    print(pipe),
                    print(err),
                    (file, o, e) -> 0));
            pipe.awaitText("two\n");
            relay.print("recorder", "three");
            pipe.awaitText("three\n");
            pipe.closed = true;
            relay.print("recorder", "four");
            assertThat(following.get(10, TimeUnit.SECONDS)).isZero();
        }
        assertThat(pipe.text()).isEqualTo("2026-11-22T12:00:00Z daemon: two\n2026-11-22T12:00:00Z recorder: three\n");
    }

    @Test
    void tellsTheVersions() throws Exception {
        assertThat(withDaemon("version")).isZero();
        assertThat(out()).startsWith("relayctl ").endsWith("relay-supervisor 0.1.0\n");
    }

    @Test
    void leavesTheCheckToTheCheck() {
        Check check = (file, o, e) -> {
            o.println("checked " + file);
            return 1;
        };
        int code = Relayctl.run(new String[] {"check", "a.yaml"}, print(out), print(err), check);
        assertThat(code).isEqualTo(1);
        assertThat(out()).isEqualTo("checked a.yaml\n");
    }

    @Test
    void helpsWithEverything() {
        assertThat(run("--help")).isZero();
        for (String verb : new CommandModel().verbs()) {
            out.reset();
            assertThat(run(verb, "--help")).isZero();
            assertThat(out()).startsWith("Usage: relayctl " + verb).contains("--socket");
        }
    }

    @Test
    void readsByHandJustWhatTheModelMeans() {
        CommandModel model = new CommandModel();
        for (String verb : model.verbs()) {
            if (!Invocation.isVerb(verb)) {
                continue;
            }
            String operand = verb.equals("completion") ? "bash" : "name";
            String[] line = Invocation.operandOf(verb) == Invocation.Operand.NONE
                    ? new String[] {"--socket", "/s", verb}
                    : new String[] {"--socket", "/s", verb, operand};
            assertAgreed(model, line);
            assertThat(Invocation.read(line)).as(verb).isPresent();
        }
        assertAgreed(model, "status", "--json", "--socket", "/s");
        assertAgreed(model, "logs", "-f", "name", "-n", "7");
        assertAgreed(model, "logs");
        assertThat(Invocation.read(new String[] {"burn"})).isEmpty();
        // The rare spellings are left to the model.
        assertThat(model.parse(new String[] {"logs", "--follow", "--lines=3"}, print(out)))
                .contains(new Invocation("logs", Optional.empty(), Optional.empty(), false, true, 3, Map.of()));
    }

    @Test
    void printsACompletionScriptThatBashAccepts() throws Exception {
        assertThat(run("completion", "bash")).isZero();
        Path script = Files.writeString(directory.resolve("completion"), out());
        Process bash = new ProcessBuilder("bash", "-n", script.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(bash.waitFor()).isZero();
        assertThat(out()).contains("restart").contains("reload");
    }

    private void assertAgreed(CommandModel model, String... line) {
        assertThat(Invocation.read(line)).isPresent().isEqualTo(model.parse(line, print(out)));
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

    private int run(String... arguments) {
        return Relayctl.run(arguments, print(out), print(err), (file, o, e) -> 1);
    }

    /** What {@code status} makes of a peer that says this and closes. */
    private int answered(String bytes) throws Exception {
        Path socket = directory.resolve("stranger");
        try (ServerSocketChannel server = listen(socket)) {
            CompletableFuture<Void> said = CompletableFuture.runAsync(() -> say(server, bytes));
            int code = run("--socket", socket.toString(), "status");
            said.get(10, TimeUnit.SECONDS);
            return code;
        } finally {
            Files.delete(socket);
        }
    }

    private static void say(ServerSocketChannel server, String bytes) {
        try (SocketChannel client = server.accept()) {
            client.read(ByteBuffer.allocate(4096));
            client.write(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ServerSocketChannel listen(Path socket) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        return server;
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

    /** A reader that may go away. */
    private static final class ClosablePipe extends OutputStream {
        private final ByteArrayOutputStream text = new ByteArrayOutputStream();
        private volatile boolean closed;

        @Override
        public void write(int b) throws IOException {
            if (closed) {
                throw new IOException("Broken pipe");
            }
            text.write(b);
        }

        String text() {
            return text.toString(StandardCharsets.UTF_8);
        }

        void awaitText(String end) {
            Awaitility.await().until(() -> text().endsWith(end));
        }
    }
}
