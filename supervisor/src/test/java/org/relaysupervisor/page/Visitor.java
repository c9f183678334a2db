package org.relaysupervisor.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Somebody who looks at the page in Debian's Chromium, by way of {@code src/test/browser/visit.mjs}. */
public final class Visitor implements AutoCloseable {
    private static final Path BUILD =
            Path.of(System.getProperty("relay.home")).resolveSibling("browser").toAbsolutePath();

    private final Process process;
    private final BufferedReader answers;
    private final Path pictures;

    private Visitor(Process process, Path pictures) {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.pictures = pictures;
    }

    /** Starts the browser. */
    public static Visitor come() throws IOException, InterruptedException {
        prepare();
        Path pictures = Files.createDirectories(BUILD.resolve("pictures"));
        ProcessBuilder visit = new ProcessBuilder(
                        "node", BUILD.resolve("visit.mjs").toString(), pictures.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        return new Visitor(start(visit, "nodejs, chromium"), pictures);
    }

    /** Opens the page of the daemon with this metrics port. */
    public void open(int port) throws IOException {
        assertThat(ask("open http://127.0.0.1:" + port + "/")).isEqualTo(200);
    }

    /** Once a build: the one package that drives the browser. */
    private static synchronized void prepare() throws IOException, InterruptedException {
        Path source = Path.of(System.getProperty("relay.checkout"), "supervisor", "src", "test", "browser");
        Files.createDirectories(BUILD);
        for (String file : List.of("package.json", "package-lock.json", "visit.mjs")) {
            Files.copy(source.resolve(file), BUILD.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (Files.exists(BUILD.resolve("node_modules/playwright-core/package.json"))) {
            return;
        }
        Path log = BUILD.resolve("npm.log");
        Process npm = start(
                new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
                        .directory(BUILD.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile()),
                "npm");
        assertThat(npm.waitFor(120, TimeUnit.SECONDS)).as("npm ci ends").isTrue();
        assertThat(npm.exitValue())
                .as("npm ci; it said:\n%s", Files.readString(log))
                .isZero();
    }

    private static Process start(ProcessBuilder program, String packages) {
        try {
            return program.start();
        } catch (IOException e) {
            throw new AssertionError(
                    program.command().get(0) + " could not be started; install " + packages + " with apt-get", e);
        }
    }

    /** What the page says: its verdict, each answer by its id, programs, events. */
    @SuppressWarnings("unchecked")
    public Map<String, Object> read() throws IOException {
        return (Map<String, Object>) ask("read");
    }

    /** Such as {@code good: Yes, on the air}. */
    public String answer(String id) throws IOException {
        Map<?, ?> card = (Map<?, ?>) read().get(id);
        assertThat(card.get("shape")).as("shape and colour of " + id).isEqualTo("#" + card.get("mark"));
        return card.get("mark") + ": " + card.get("text");
    }

    /** Sees it in light and dark, on a wide screen and on a phone; fails where it doesn't fit or can't be read. */
    public void looks(String name) throws IOException {
        for (String scheme : List.of("light", "dark")) {
            for (String device : List.of("wide", "phone")) {
                Map<?, ?> seen = (Map<?, ?>) ask("picture " + name + " " + scheme + " " + device);
                String where = name + ", " + scheme + ", " + device + "; pictures are in " + pictures;
                assertThat((Integer) seen.get("overflow"))
                        .as("overflow of " + where)
                        .isLessThanOrEqualTo(0);
                assertThat((List<?>) seen.get("faint"))
                        .as("too faint in " + where)
                        .isEmpty();
            }
        }
    }

    /** After so many steps with the tabulator: the role of what has the focus, and what it says before and after two arrows to the left. */
    public List<?> keys(int steps) throws IOException {
        return (List<?>) ask("keys " + steps);
    }

    /** From now on nobody answers. */
    public void expectSilence() throws IOException {
        ask("expectSilence");
    }

    /** What the browser found fault with: errors, violations of the policy, requests to elsewhere. */
    public List<?> complaints() throws IOException {
        return (List<?>) ask("complaints");
    }

    Object ask(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        String answer = answers.readLine();
        assertThat(answer).as("an answer to %s: see what node printed", line).isNotNull();
        Map<String, Object> fields = JSON.std.mapFrom(answer);
        assertThat(fields.get("failed")).as(line).isNull();
        return fields.get("ok");
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
