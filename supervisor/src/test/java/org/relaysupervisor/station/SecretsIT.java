package org.relaysupervisor.station;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** No secret is where another user or a log reader could see it, and nothing listens beyond loopback. */
@TestInstance(Lifecycle.PER_CLASS)
class SecretsIT {
    /** An address in 127.0.0.0/8 as the kernel writes it for an IPv4 socket, and for an IPv6 one that is bound to the same address. */
    private static final Pattern LOOPBACK = Pattern.compile("(0000000000000000FFFF0000)?[0-9A-F]{6}7F");

    private Station station;

    @BeforeAll
    void goOnAir(@TempDir Path directory) throws IOException {
        station = Station.onAir(directory);
    }

    @AfterAll
    void goOffAir() {
        station.close();
    }

    @Test
    void noSecretIsInArgumentsEnvironmentsLogsMetricsOrStatus() throws Exception {
        List<String> secrets = secrets();
        assertThat(secrets).hasSizeGreaterThanOrEqualTo(3);
        List<String> places = new ArrayList<>();
        places.add(station.output());
        places.add(station.metrics());
        places.add(station.relayctl("status").output());
        places.add(statusAsJson());
        places.add(station.relayctl("logs", "-n", "1000").output());
        List<Long> pids = List.of(
                station.daemon().pid(), station.pid("icecast"), station.pid("liquidsoap"), station.pid("recorder"));
        for (long pid : pids) {
            places.add(processFile(pid, "cmdline"));
            places.add(processFile(pid, "environ"));
        }
        for (String secret : secrets) {
            assertThat(places).noneMatch(place -> place.contains(secret));
        }
    }

    @Test
    void filesThatHoldASecretAreTheOwnersAlone() throws Exception {
        List<String> secrets = secrets();
        Files.walkFileTree(station.state, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    assertReadByOwnerOnlyIfSecret(file, secrets);
                }
                return FileVisitResult.CONTINUE;
            }

            /** The station is on the air meanwhile: records of processes come and go. */
            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                return e instanceof NoSuchFileException ? FileVisitResult.CONTINUE : super.visitFileFailed(file, e);
            }
        });
    }

    private static void assertReadByOwnerOnlyIfSecret(Path file, List<String> secrets) throws IOException {
        try {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            if (secrets.stream().anyMatch(text::contains)) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .as("permissions of %s", file)
                        .endsWith("------");
            }
        } catch (NoSuchFileException e) {
            // Gone between the walk and here.
        }
    }

    @Test
    void everySocketListensOnLoopback() throws Exception {
        for (int port : new int[] {
            station.listenerPort, station.sourcePort, station.icecastPort, station.harborPort, station.metricsPort
        }) {
            assertThat(listenAddresses(port))
                    .as("who listens on port %s", port)
                    .isNotEmpty()
                    .allMatch(address -> LOOPBACK.matcher(address).matches());
        }
    }

    /** Local addresses of the LISTEN rows of a port, as the kernel writes them; IPv6 ones in full. */
    private static List<String> listenAddresses(int port) throws IOException {
        String suffix = String.format(":%04X", port);
        List<String> addresses = new ArrayList<>();
        for (String table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
            for (String row : Files.readAllLines(Path.of(table))) {
                String[] fields = row.strip().split("\\s+");
                if (fields[1].endsWith(suffix) && fields[3].equals("0A")) {
                    addresses.add(fields[1].substring(0, fields[1].indexOf(':')));
                }
            }
        }
        return addresses;
    }

    private List<String> secrets() throws IOException {
        try (Stream<Path> files = Files.list(station.state.resolve("secrets"))) {
            List<String> secrets = new ArrayList<>();
            for (Path file : files.toList()) {
                secrets.add(Files.readString(file).strip());
            }
            return secrets;
        }
    }

    private String statusAsJson() throws Exception {
        Station.CommandResult result = station.relayctl("status", "--json");
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(JSON.std.mapFrom(result.output()))
                .containsOnlyKeys(station.status().keySet());
        return result.output();
    }

    private static String processFile(long pid, String name) throws IOException {
        return Files.readString(Path.of("/proc", Long.toString(pid), name), StandardCharsets.ISO_8859_1);
    }
}
