package org.relaysupervisor.monitoring;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.MonitoringFiles;
import org.relaysupervisor.process.FreePort;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;

/**
 * The module that is rendered for an https public address, run by Debian's Blackbox against a front with TLS. Nothing in it is other than
 * rendered but whose certificates are trusted, and how long is waited.
 */
@Timeout(120)
class TlsProbeIT {
    private static final byte[] AUDIO = audio();

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private Process blackbox;
    private int blackboxPort;

    /** Bytes that are no text, as audio is; the same each time. */
    private static byte[] audio() {
        byte[] audio = new byte[4096];
        for (int i = 0; i < audio.length; i++) {
            audio[i] = (byte) (i % 64 == 63 ? '\n' : 0x80 | i);
        }
        return audio;
    }

    @BeforeEach
    void choosePort() {
        blackboxPort = FreePort.next();
    }

    @AfterEach
    void stop() {
        if (blackbox != null) {
            blackbox.destroyForcibly();
        }
    }

    @Test
    void audioInChunksIsAStream() throws Exception {
        try (TlsFront front = new TlsFront(directory, TlsProbeIT::endlessChunks)) {
            String probe = probe(front, true);
            assertThat(probe).contains("\nprobe_success 1\n").containsPattern("\nprobe_ssl_earliest_cert_expiry \\d");
            assertThat(front.requests()).singleElement().asString().isEqualTo("""
                            GET /live HTTP/1.1
                            Host: localhost:%d
                            User-Agent: Blackbox Exporter
                            Connection: close
                            """.formatted(front.port()));
        }
    }

    /** As of HAProxy, stunnel, and whatever else speaks TLS and leaves the answer as it is. */
    @Test
    void audioWithoutChunksIsAStream() throws Exception {
        try (TlsFront front = new TlsFront(directory, TlsProbeIT::endlessAudio)) {
            assertThat(probe(front, true)).contains("\nprobe_success 1\n");
        }
    }

    @Test
    void aCertificateThatNobodyVouchesForIsNoStream() throws Exception {
        try (TlsFront front = new TlsFront(directory, TlsProbeIT::endlessChunks)) {
            assertThat(probe(front, false)).contains("\nprobe_success 0\n");
            assertThat(front.requests()).isEmpty();
        }
    }

    @Test
    void aHeadWithoutAudioIsNoStream() throws Exception {
        assertNoStream("""
                HTTP/1.1 200 OK
                Content-Type: audio/mpeg
                Transfer-Encoding: chunked

                0

                """);
    }

    @Test
    void aPageIsNoStream() throws Exception {
        assertNoStream("""
                HTTP/1.1 200 OK
                Content-Type: text/html
                Transfer-Encoding: chunked

                1d
                <h1>We will be back soon</h1>
                0

                """);
    }

    @Test
    void aFrontThatDoesNotReachTheStationIsNoStream() throws Exception {
        assertNoStream("""
                HTTP/1.1 502 Bad Gateway
                Content-Type: text/html
                Content-Length: 0

                """);
    }

    private void assertNoStream(String answer) throws Exception {
        try (TlsFront front = new TlsFront(directory, out -> send(out, answer))) {
            assertThat(probe(front, true)).contains("\nprobe_success 0\n");
            assertThat(front.requests()).hasSize(1);
        }
    }

    private static void endlessChunks(OutputStream out) throws IOException {
        send(out, """
                HTTP/1.1 200 OK
                Server: front
                Content-Type: audio/mpeg
                Transfer-Encoding: chunked
                Cache-Control: no-store

                """);
        while (true) {
            send(out, Integer.toHexString(AUDIO.length) + "\n");
            out.write(AUDIO);
            send(out, "\n");
            pause();
        }
    }

    private static void endlessAudio(OutputStream out) throws IOException {
        send(out, """
                HTTP/1.0 200 OK
                Content-Type: audio/mpeg
                Connection: close

                """);
        while (true) {
            out.write(AUDIO);
            out.flush();
            pause();
        }
    }

    /** @param text with line feeds alone */
    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.replace("\n", "\r\n").getBytes(US_ASCII));
        out.flush();
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return what Blackbox answers to Prometheus, with the target and the module that the rendered prometheus.yml names */
    private String probe(TlsFront front, boolean trusted) throws Exception {
        Path config = render(front.port());
        String jobs = Files.readString(config.resolve("prometheus.yml"));
        assertThat(jobs)
                .contains("__param_module: \"/live\"\n", "__param_target: \"localhost:" + front.port() + "\"\n");
        start(Files.writeString(
                directory.resolve("blackbox.yml"),
                adapted(config.resolve("blackbox.yml"), trusted ? Optional.of(front.certificate) : Optional.empty())));
        return get("/probe?module=/live&target=localhost:" + front.port());
    }

    @SuppressWarnings("unchecked")
    private static String adapted(Path rendered, Optional<Path> authority) {
        Map<String, Object> blackbox = (Map<String, Object>) Rules.yaml(rendered);
        Map<String, Object> module =
                (Map<String, Object>) Rules.map(blackbox.get("modules")).get("/live");
        Map<String, Object> tcp = (Map<String, Object>) module.get("tcp");
        assertThat(tcp).containsEntry("tls", true);
        module.put("timeout", "3s");
        Map<String, Object> tls =
                (Map<String, Object>) tcp.computeIfAbsent("tls_config", none -> new LinkedHashMap<>());
        authority.ifPresent(certificate -> tls.put("ca_file", certificate.toString()));
        return new Dump(DumpSettings.builder().build()).dumpToString(blackbox);
    }

    private Path render(int port) throws IOException {
        Path config = Files.writeString(
                directory.resolve("relay.yaml"), "{listeners: {public_url: 'https://localhost:" + port + "'}}");
        PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream(), false, UTF_8);
        assertThat(new MonitoringFiles().render(config, directory.resolve("out"), nowhere, nowhere))
                .isZero();
        return directory.resolve("out");
    }

    private void start(Path config) throws IOException {
        blackbox = new ProcessBuilder(
                        "prometheus-blackbox-exporter",
                        "--config.file=" + config,
                        "--web.listen-address=127.0.0.1:" + blackboxPort)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("blackbox.log").toFile())
                .start();
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> get("/-/healthy").contains("Healthy"));
    }

    private String get(String target) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + blackboxPort + target))
                                .timeout(Duration.ofSeconds(20))
                                .build(),
                        BodyHandlers.ofString(UTF_8))
                .body();
    }
}
