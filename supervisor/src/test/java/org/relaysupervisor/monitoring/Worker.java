package org.relaysupervisor.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The front that would be deployed at Cloudflare, in the engine that it would run in there, by way of {@code cloudflare/serve}. */
final class Worker implements AutoCloseable {
    private final Process process;
    private final URI address;

    private Worker(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /**
     * @param hls what gets into this directory, its bucket gets
     * @param log where it writes
     * @param origins such as {@code primary=http://127.0.0.1:8000/live}, the preferred one first
     */
    static Worker before(Path hls, Path log, String... origins) throws IOException {
        Path checkout = Path.of(System.getProperty("relay.checkout")).normalize();
        List<String> command =
                new ArrayList<>(List.of(checkout.resolve("cloudflare/serve").toString(), hls.toString()));
        command.addAll(List.of(origins));
        Process process =
                new ProcessBuilder(command).redirectError(log.toFile()).start();
        BufferedReader said = process.inputReader(UTF_8);
        String line = said.readLine();
        assertThat(line)
                .as("what cloudflare/serve said, with Node and npm; the rest is:\n%s", Files.readString(log))
                .startsWith("http://");
        return new Worker(process, URI.create(line));
    }

    URI at(String path) {
        return address.resolve(path);
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
