package org.relaysupervisor.proxy;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.relaysupervisor.process.FreePort;

/** The installed icecast2 on a free port, as an unprivileged user when the tests run as root. */
final class RealIcecast implements AutoCloseable {
    static final String PASSWORD = "hackme";

    private final int port;
    private final Process process;

    RealIcecast(Path directory) throws IOException {
        this(directory, FreePort.next());
    }

    /** One that takes the place of another. */
    RealIcecast(Path directory, int port) throws IOException {
        this.port = port;
        Path log = Files.createDirectories(directory.resolve("log"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path config = Files.writeString(directory.resolve("icecast.xml"), """
                <icecast><hostname>localhost</hostname>
                <limits><clients>500</clients><sources>4</sources><burst-size>65535</burst-size></limits>
                <authentication><source-password>%s</source-password>
                <admin-user>admin</admin-user><admin-password>%s</admin-password></authentication>
                <listen-socket><port>%d</port><bind-address>127.0.0.1</bind-address></listen-socket>
                <paths><logdir>%s</logdir><webroot>/usr/share/icecast2/web</webroot>
                <adminroot>/usr/share/icecast2/admin</adminroot></paths>
                <logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog><loglevel>3</loglevel></logging>
                </icecast>
                """.formatted(PASSWORD, PASSWORD, port, log));
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
        }
        command.addAll(List.of("icecast2", "-c", config.toString()));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("icecast.out").toFile())
                .start();
        // Never by connecting: that can crash it while it starts.
        String row = " 0100007F:%04X 00000000:0000 0A ".formatted(port);
        await().until(() -> Files.readString(Path.of("/proc/net/tcp")).contains(row));
        await().pollDelay(Duration.ofMillis(150)).until(process::isAlive);
    }

    int port() {
        return port;
    }

    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
