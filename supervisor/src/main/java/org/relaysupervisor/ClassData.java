package org.relaysupervisor;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.relaysupervisor.config.ConfigReader;
import org.relaysupervisor.config.InvalidConfigException;
import org.relaysupervisor.log.DaemonLog;
import org.relaysupervisor.loop.ControlLoop;
import org.relaysupervisor.process.ChildLog;
import org.relaysupervisor.process.DescriptorStore;
import org.relaysupervisor.process.SecretMask;
import org.relaysupervisor.process.ServiceNotifier;
import org.relaysupervisor.process.StateDirectory;
import org.relaysupervisor.programs.Directories;

/**
 * Starts the daemon once, on free ports and with no program to run, so that {@code bin/make-class-data} can keep the classes that
 * a start loads. Nothing plays, so it may be run by root, as a build is.
 */
final class ClassData {
    private static final long WAIT_MILLIS = 2_000;

    private ClassData() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory("relay-class-data");
        try (DaemonLog daemonLog = DaemonLog.install(new FileOutputStream(FileDescriptor.err), false);
                StateDirectory state = StateDirectory.open(directory.resolve("state"));
                ControlLoop loop = new ControlLoop();
                ServiceNotifier nobody = ServiceNotifier.of(Map.of(), 0)) {
            SecretMask mask = new SecretMask();
            ChildLog childLog = new ChildLog(loop, mask);
            loop.start();
            ConfigReader.Loaded loaded = config(directory.resolve("relay.yaml"));
            try (Relay relay = new Relay(
                    directory.resolve("relay.yaml"),
                    loaded.config(),
                    state,
                    loop,
                    daemonLog,
                    childLog,
                    mask,
                    Map.of("PATH", directory.toString()),
                    new ServiceReport(loop, nobody),
                    Optional.empty(),
                    DescriptorStore.none())) {
                relay.start();
                scrape(loaded.config().metrics().port());
                Thread.sleep(WAIT_MILLIS);
            }
        } finally {
            Directories.delete(directory);
        }
    }

    private static ConfigReader.Loaded config(Path file) throws IOException, InvalidConfigException {
        try (ServerSocket a = free();
                ServerSocket b = free();
                ServerSocket c = free();
                ServerSocket d = free();
                ServerSocket e = free()) {
            Files.writeString(
                    file,
                    "listeners: {port: %d}\nharbor: {port: %d}\nicecast: {port: %d}\nsource_route: {port: %d}\nmetrics: {port: %d}\n"
                            .formatted(
                                    a.getLocalPort(),
                                    b.getLocalPort(),
                                    c.getLocalPort(),
                                    d.getLocalPort(),
                                    e.getLocalPort()));
        }
        return ConfigReader.read(file);
    }

    private static ServerSocket free() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    private static void scrape(int port) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + "/metrics").toURL().openConnection();
        try (var body = connection.getInputStream()) {
            body.readAllBytes();
        }
    }
}
