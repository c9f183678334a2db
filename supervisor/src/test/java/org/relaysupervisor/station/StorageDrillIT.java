package org.relaysupervisor.station;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.process.TestDisk;
import org.relaysupervisor.station.Station.CommandResult;
import org.relaysupervisor.store.S3Server;

/** Drills of what recordings need: a disk with room, and a bucket that takes them. */
@Order(5)
@Timeout(300)
class StorageDrillIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String REFUSED = "r2_upload_failures_total{reason=\"auth\"}";

    @TempDir
    Path directory;

    private static CompletableFuture<CommandResult> drill(Station station, String... arguments) {
        String[] command = new String[arguments.length + 7];
        command[0] = "drill";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        String[] rest = {"--prometheus", "none", "--alertmanager", "none", "--settle", "1s"};
        System.arraycopy(rest, 0, command, arguments.length + 1, rest.length);
        return CompletableFuture.supplyAsync(() -> {
            try {
                return station.relayctl(command);
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static void awaitMetric(Station station, String series, double value) {
        await(series + " is " + value + "; the daemon said:\n" + station.output())
                .atMost(SOON)
                .until(() -> station.metric(series) == value);
    }

    @Test
    void theDiskIsReallyFullAndThenEmpty() throws Exception {
        try (TestDisk disk = TestDisk.with("size=128m", directory);
                Station station = Station.prepare(directory)) {
            station.edit("# spool: /srv/radio/spool", "spool: " + disk.path().resolve("spool"));
            station.edit("reserve: 64MiB", "reserve: 16MiB");
            station.edit("maximum_delay: 30s", "maximum_delay: 1s");
            station.edit("failed_delay: 30s", "failed_delay: 1s");
            station.goOnAir();
            awaitMetric(station, "relay_recording_disk_level{level=\"ample\"}", 1);
            CommandResult unforced = drill(station, "disk-full", "--for", "5s").get(60, TimeUnit.SECONDS);
            assertThat(unforced.output()).contains("in memory", "--force");

            CompletableFuture<CommandResult> full = drill(station, "disk-full", "--for", "40s", "--force");
            awaitMetric(station, "relay_recording_disk_level{level=\"full\"}", 1);
            awaitMetric(station, "relay_recording_active", 0);
            CommandResult result = full.get(120, TimeUnit.SECONDS);
            assertThat(result.exitCode()).as(result.output()).isZero();
            awaitMetric(station, "relay_recording_disk_level{level=\"ample\"}", 1);
            awaitMetric(station, "relay_recording_active", 1);
        }
    }

    @Test
    void theBucketReallyRefusesAndThenTakes() throws Exception {
        try (S3Server server = S3Server.start(Files.createDirectory(directory.resolve("server")));
                Station station = Station.prepare(directory)) {
            server.bucket("radio-recordings");
            station.edit(
                    "(?m)^  s3:$",
                    "  s3:\n    endpoint: " + server.endpoint() + "\n    bucket: radio-recordings"
                            + "\n    access_key: {file: " + secret("access-key", S3Server.ACCESS_KEY) + "}"
                            + "\n    secret_key: {file: " + secret("secret-key", S3Server.SECRET_KEY) + "}");
            station.edit("segment: 1m", "segment: 2s");
            station.goOnAir();
            await("something is stored").atMost(SOON).until(() -> station.metric("relay_uploaded_bytes_total") > 0);
            assertThat(station.metric(REFUSED)).isZero();

            CompletableFuture<CommandResult> drill = drill(station, "upload-refused", "--for", "10s");
            await("the bucket refuses; the daemon said:\n" + station.output())
                    .atMost(SOON)
                    .until(() -> station.metric(REFUSED) > 0);
            CommandResult result = drill.get(60, TimeUnit.SECONDS);
            assertThat(result.exitCode()).as(result.output()).isZero();
            double stored = station.metric("relay_uploaded_bytes_total");
            await("the bucket takes again")
                    .atMost(SOON)
                    .until(() -> station.metric("relay_uploaded_bytes_total") > stored);
        }
    }

    private Path secret(String name, String value) throws IOException {
        return Files.writeString(directory.resolve(name), value + "\n");
    }
}
