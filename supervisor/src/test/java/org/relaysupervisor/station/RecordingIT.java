package org.relaysupervisor.station;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What can go wrong with the recording touches only the recording, and nothing recorded is lost by it. */
@Execution(ExecutionMode.CONCURRENT)
class RecordingIT {
    private static final Duration SOON = Duration.ofSeconds(45);

    @TempDir
    Path directory;

    @Test
    void anUnwritableDirectoryIsNamedAndUsedOnceItIsWritable() throws Exception {
        Path spool = Files.createDirectory(directory.resolve("spool"));
        Files.setPosixFilePermissions(spool, PosixFilePermissions.fromString("r-x------"));
        try (Station station = Station.prepare(directory)) {
            station.edit("# spool: /srv/radio/spool", "spool: " + spool);
            station.edit("segment: 1m", "segment: 5s");
            station.edit("maximum_delay: 30s", "maximum_delay: 1s");
            station.edit("failed_delay: 30s", "failed_delay: 1s");
            station.start();
            station.awaitOnAir();
            await("the directory is named; the daemon said:\n" + station.output())
                    .atMost(SOON)
                    .until(() -> station.child("recorder").toString().contains("cannot write recordings to " + spool));
            Files.setPosixFilePermissions(spool, PosixFilePermissions.fromString("rwx------"));
            await("the first segment is in the store; the daemon said:\n" + station.output())
                    .atMost(SOON)
                    .until(() -> station.metric("relay_uploaded_bytes_total") > 0);
            assertThat(station.child("recorder").get("state")).isEqualTo("up");
        }
    }
}
