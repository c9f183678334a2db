package org.relaysupervisor.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.relaysupervisor.station.Station;

/** The comparison: HAProxy, straight before the station's Icecast. */
final class HaproxyProcess implements AutoCloseable {
    final int port = Station.freePort();
    private final Process process;

    /** Listens some milliseconds later. */
    HaproxyProcess(Path directory, int icecastPort) throws IOException {
        Path config = directory.resolve("haproxy.cfg");
        Files.writeString(config, """
                global
                    maxconn 6000
                defaults
                    mode tcp
                    timeout connect 5s
                    timeout client 1h
                    timeout server 1h
                listen icecast
                    bind 127.0.0.1:%d
                    server icecast 127.0.0.1:%d
                """.formatted(port, icecastPort), UTF_8);
        process = new ProcessBuilder("haproxy", "-db", "-f", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("haproxy.log").toFile())
                .start();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
