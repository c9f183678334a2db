package org.relaysupervisor.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.relaysupervisor.http.HttpServer;

/** {@code relayctl watch} on a terminal that {@code script} makes. */
@Timeout(120)
class WatchIT {
    private static final String LEFT = "\u001b[?25h\u001b[?1049l";

    @TempDir
    Path directory;

    private final FakeRelay relay = new FakeRelay();
    private Optional<HttpServer> daemon = Optional.empty();
    private Process terminal;

    @BeforeEach
    void start() throws IOException {
        daemon = Optional.of(open());
        Path relayctl = Path.of(System.getProperty("relay.checkout"), "bin", "relayctl");
        Path inner = Files.writeString(
                directory.resolve("inner"), """
                cd %s; trap : INT
                tty >tty; stty rows 24 cols 80; stty -g >before
                sh -c 'echo $$ >pid; exec %s --socket %s watch --interval 0.2' 2>errors
                echo $? >code; stty -g >after
                """.formatted(directory, relayctl.toRealPath(), socket()));
        ProcessBuilder script = new ProcessBuilder("script", "-qfc", "sh " + inner, "/dev/null")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("shown").toFile());
        script.environment().put("TERM", "xterm");
        script.environment().put("NO_COLOR", "1");
        script.environment().put("LC_ALL", "C.UTF-8");
        terminal = script.start();
        awaitShown("Test Radio");
    }

    @AfterEach
    void stop() {
        terminal.destroyForcibly();
        daemon.ifPresent(HttpServer::close);
    }

    @Test
    void endsAtQ() throws Exception {
        type("q");
        assertLeft("0");
    }

    @Test
    void endsAtControlC() throws Exception {
        type("\u0003");
        assertLeft("130");
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
    void leavesTheTerminalAsItWasWhenKilled(String signal, String code) throws Exception {
        run("kill", "-" + signal, read("pid"));
        assertLeft(code);
    }

    @Test
    void followsTheTerminalsSize() throws Exception {
        run("stty", "-F", read("tty"), "rows", "50", "cols", "132");
        int before = shown().length();
        await().until(() -> Columns.width(lastBar(shown().substring(before))) > 80);
        run("stty", "-F", read("tty"), "rows", "12", "cols", "40");
        int then = shown().length();
        await().until(() -> {
            int width = Columns.width(lastBar(shown().substring(then)));
            return width > 0 && width <= 40;
        });
        type("q");
        assertLeft("0");
    }

    @Test
    void saysThatTheDaemonIsAwayAndTakesUpWhenItIsBack() throws Exception {
        daemon.ifPresent(HttpServer::close);
        daemon = Optional.empty();
        awaitShown("NO ANSWER");
        int before = shown().length();
        daemon = Optional.of(open());
        await().atMost(30, TimeUnit.SECONDS)
                .until(() -> shown().substring(before).contains("ON AIR"));
        type("q");
        assertLeft("0");
    }

    private void assertLeft(String code) throws Exception {
        assertThat(terminal.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(read("code")).isEqualTo(code);
        assertThat(read("after")).isEqualTo(read("before"));
        assertThat(shown()).endsWith(LEFT);
        assertThat(read("errors")).isEmpty();
    }

    /** What was written last for the row of the momentary loudness; empty when none was. */
    private static String lastBar(String shown) {
        int at = shown.lastIndexOf(" M   ");
        int end = at < 0 ? -1 : shown.indexOf('\u001b', at);
        return end < 0 ? "" : shown.substring(at, end);
    }

    private HttpServer open() throws IOException {
        return HttpServer.openUnix("test", socket(), Optional.empty(), relay.api());
    }

    private Path socket() {
        return directory.resolve("c");
    }

    private void type(String keys) throws IOException {
        terminal.getOutputStream().write(keys.getBytes(StandardCharsets.US_ASCII));
        terminal.getOutputStream().flush();
    }

    private void awaitShown(String text) {
        await().atMost(30, TimeUnit.SECONDS).until(() -> shown().contains(text));
    }

    private String shown() throws IOException {
        return read("shown");
    }

    private String read(String file) throws IOException {
        return Files.readString(directory.resolve(file)).strip();
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
