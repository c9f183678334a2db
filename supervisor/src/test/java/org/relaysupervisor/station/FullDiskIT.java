package org.relaysupervisor.station;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.process.TestDisk;

/** A real disk that others fill up while a real recording is made on it. */
@Order(4)
class FullDiskIT {
    private static final long MIB = 1L << 20;
    private static final Duration SOON = Duration.ofSeconds(45);

    /** Longer than the proxy's memory reaches back, so that a piece is missing for certain. */
    private static final Duration LONG = Duration.ofSeconds(45);

    @TempDir
    Path directory;

    @Test
    void whatIsRecordedOutlivesAFullDiskAndRecordingComesBackByItself() throws Exception {
        try (TestDisk disk = TestDisk.with("size=128m", directory);
                Station station = Station.prepare(directory)) {
            Path filler = disk.path().resolve("filler");
            Path spool = disk.path().resolve("spool");
            station.edit("# spool: /srv/radio/spool", "spool: " + spool);
            station.edit("reserve: 64MiB", "reserve: 16MiB");
            station.edit("segment: 1m", "segment: 5s");
            station.edit("maximum_delay: 30s", "maximum_delay: 1s");
            station.edit("failed_delay: 30s", "failed_delay: 1s");
            station.goOnAir();
            awaitMetric(station, "relay_recording_active", 1);
            awaitLevel(station, "ample");
            assertThat(station.metric("relay_recording_seconds_until_full"))
                    .isFinite()
                    .isPositive();

            fill(disk.path(), filler, 40 * MIB);
            awaitLevel(station, "low");
            fill(disk.path(), filler, 4 * MIB);
            awaitLevel(station, "reserve");
            double before = lastSegment(station);
            await("recording goes on into the reserve").atMost(SOON).until(() -> lastSegment(station) > before + 10);

            fill(disk.path(), filler, 0);
            awaitLevel(station, "full");
            awaitMetric(station, "relay_recording_active", 0);
            assertThat(station.metric("relay_recording_seconds_until_full")).isZero();
            assertThat(station.relayctl("status").output()).containsPattern("(?i)disk.*full");
            assertThat(station.metric("relay_on_air{mount=\"/live\"}")).isEqualTo(1);
            Set<String> recorded = atRest(spool, station.state.resolve("recordings"));
            assertThat(recorded).isNotEmpty();
            await().pollDelay(LONG).atMost(LONG.plus(SOON)).until(() -> true);

            Files.delete(filler);
            awaitLevel(station, "ample");
            awaitMetric(station, "relay_recording_active", 1);
            await("the gap is counted")
                    .atMost(SOON)
                    .until(() -> station.metric("relay_recording_gap_seconds_total{cause=\"disk\"}") > 0);
            for (String cause : new String[] {"recorder", "overrun", "daemon", "operator"}) {
                assertThat(station.metric("relay_recording_gap_seconds_total{cause=\"" + cause + "\"}"))
                        .as("gap by %s", cause)
                        .isZero();
            }
            assertThat(sums(spool, station.state.resolve("recordings"))).containsAll(recorded);
        }
    }

    private static double lastSegment(Station station) throws IOException {
        String series = "relay_recording_last_segment_timestamp_seconds";
        await().atMost(SOON).until(() -> station.metrics().contains("\n" + series + " "));
        return station.metric(series);
    }

    private static void awaitLevel(Station station, String level) {
        awaitMetric(station, "relay_recording_disk_level{level=\"" + level + "\"}", 1);
    }

    private static void awaitMetric(Station station, String series, double value) {
        await(series + " is " + value + "; the daemon said:\n" + station.output())
                .atMost(SOON)
                .until(() -> station.metric(series) == value);
    }

    /** Writes until so many bytes are left, or the disk refuses. */
    private static void fill(Path disk, Path filler, long left) throws IOException {
        byte[] block = new byte[16 * 1024];
        try (OutputStream out = Files.newOutputStream(filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (disk.toFile().getUsableSpace() > left || left == 0) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    /** What is there when nothing changes any more. */
    private static Set<String> atRest(Path... roots) {
        AtomicReference<Set<String>> last = new AtomicReference<>(Set.of());
        await().atMost(SOON)
                .pollInterval(Duration.ofSeconds(3))
                .until(() -> last.getAndSet(sums(roots)).equals(last.get()));
        return last.get();
    }

    /** Of each recorded file, wherever it is on its way. */
    private static Set<String> sums(Path... roots) throws IOException {
        Set<String> sums = new TreeSet<>();
        for (Path root : roots) {
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(file -> file.toString().endsWith(".mp3")).forEach(file -> add(file, sums));
            } catch (UncheckedIOException e) {
                // A file that is moved or deleted while it is looked at is found at its new place, or the next time.
                if (!(e.getCause() instanceof NoSuchFileException)) {
                    throw e;
                }
            }
        }
        return sums;
    }

    private static void add(Path file, Set<String> sums) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length > 0) {
                sums.add(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
