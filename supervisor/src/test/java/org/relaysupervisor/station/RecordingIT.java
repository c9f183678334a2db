package org.relaysupervisor.station;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.relaysupervisor.process.TestDisk;

/** What can go wrong with the recording touches only the recording, and nothing recorded is lost by it. */
@Execution(ExecutionMode.CONCURRENT)
class RecordingIT {
    private static final Duration SOON = Duration.ofSeconds(45);

    @TempDir
    Path directory;

    @Test
    void aFullDiskStopsTheRecordingAloneAndItComesBackWithTheRoom() throws Exception {
        try (TestDisk disk = TestDisk.with("size=12m", directory);
                Station station = recordingTo(disk.path())) {
            station.start();
            station.awaitOnAir();
            awaitRecorder(station, "up");
            List<Path> before = recorded(disk.path());
            Path filler = disk.path().resolve("filler");
            fill(filler);
            await("the full disk is named; the daemon said:\n" + station.output())
                    .atMost(SOON)
                    .until(() -> station.child("recorder").toString().contains("no room for recordings"));
            assertThat(station.child("liquidsoap").get("state")).isEqualTo("up");
            assertThat(station.metric("relay_on_air{mount=\"/live\"}")).isEqualTo(1);

            Files.delete(filler);
            awaitRecorder(station, "up");
            assertThat(recorded(disk.path())).containsAll(before).hasSizeGreaterThan(before.size());
            assertThat(before).allSatisfy(file -> assertThat(file).isNotEmptyFile());
        }
    }

    @Test
    void anUnwritableDirectoryIsNamedAndUsedOnceItIsWritable() throws Exception {
        Path store = Files.createDirectory(directory.resolve("store"));
        Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("r-x------"));
        try (Station station = recordingTo(store)) {
            station.start();
            station.awaitOnAir();
            await("the directory is named; the daemon said:\n" + station.output())
                    .atMost(SOON)
                    .until(() -> station.child("recorder").toString().contains("cannot write recordings to " + store));
            Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rwx------"));
            awaitRecorder(station, "up");
        }
    }

    @Test
    void aRestartOfTheRecorderAndOfTheDaemonKeepsWhatIsRecorded() throws Exception {
        Path store = Files.createDirectory(directory.resolve("store"));
        Station station = recordingTo(store);
        try (station) {
            station.start();
            station.awaitOnAir();
            awaitRecorder(station, "up");
            Path first = recorded(store).get(0);
            Station.signal("KILL", station.pid("recorder"));
            await().atMost(SOON).until(() -> recorded(store).size() == 2);
            long size = Files.size(first);
            assertThat(size).isPositive();
            station.close();
            station.start();
            await().atMost(SOON).until(() -> recorded(store).size() == 3);
            assertThat(Files.size(first)).isEqualTo(size);
        }
    }

    private Station recordingTo(Path store) throws IOException {
        Station station = Station.prepare(directory);
        station.edit("(?m)^store:$", "store:\n  directory: " + store);
        station.edit("maximum_delay: 30s", "maximum_delay: 1s");
        station.edit("failed_delay: 30s", "failed_delay: 1s");
        return station;
    }

    private static void awaitRecorder(Station station, String state) {
        await("recorder " + state + "; the daemon said:\n" + station.output())
                .atMost(SOON)
                .until(() -> state.equals(station.child("recorder").get("state")));
    }

    private static void fill(Path filler) {
        try (OutputStream out = Files.newOutputStream(filler)) {
            byte[] block = new byte[16 * 1024];
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    private static List<Path> recorded(Path store) throws IOException {
        try (Stream<Path> files = Files.walk(store)) {
            return files.filter(file -> file.toString().endsWith(".mp3"))
                    .sorted()
                    .toList();
        }
    }
}
