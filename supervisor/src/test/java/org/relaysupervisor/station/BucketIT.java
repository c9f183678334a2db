package org.relaysupervisor.station;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.store.S3Server;

/** From the air to a bucket that checks signatures, and back. */
class BucketIT {
    private static final Duration SOON = Duration.ofSeconds(45);
    private static final String FAILURES = "r2_upload_failures_total{reason=\"auth\"}";

    @TempDir
    Path directory;

    @Test
    void aShowGoesToTheBucketOnceTheKeyIsRightAndComesBackWhole() throws Exception {
        try (S3Server server = S3Server.start(Files.createDirectory(directory.resolve("server")));
                Station station = Station.prepare(directory)) {
            server.bucket("radio-recordings");
            Path secret = secret("secret-key", "not-the-right-one");
            station.edit(
                    "(?m)^  s3:$",
                    "  s3:\n    endpoint: " + server.endpoint() + "\n    bucket: radio-recordings"
                            + "\n    prefix: radio/\n    access_key: {file: "
                            + secret("access-key", S3Server.ACCESS_KEY)
                            + "}\n    secret_key: {file: " + secret + "}");
            station.edit("segment: 1m", "segment: 5s");
            station.goOnAir();
            done(station.relayctl("show", "start", "Night Line"));

            await("the wrong key is told; the daemon said:\n" + station.output())
                    .atMost(SOON)
                    .until(() ->
                            station.metric(FAILURES) > 0 && station.metric("relay_recording_unverified_bytes") > 0);
            assertThat(station.relayctl("status").output()).contains("secret_key");
            assertThat(station.relayctl("doctor").output()).containsPattern("(?m)^FAILED +store.*\\n.*key");
            secretsAreNowhere(station, "not-the-right-one");

            secret("secret-key", S3Server.SECRET_KEY);
            done(station.relayctl("reload"));
            await("all is stored; the daemon said:\n" + station.output())
                    .atMost(SOON)
                    .until(() -> station.metric("relay_recording_unverified_bytes") == 0
                            && station.metric("relay_uploaded_bytes_total") > 0);
            assertThat(station.relayctl("doctor").output()).doesNotContainPattern("(?m)^FAILED");
            done(station.relayctl("show", "end"));
            await("the manifest is in the bucket; the daemon said:\n" + station.output())
                    .atMost(SOON)
                    .until(() -> station.relayctl("recordings").output().contains("stored"));
            String id = id(station);
            assertThat(done(station.relayctl("recordings", "verify", id))).contains(id);
            Path whole = directory.resolve("whole.mp3");
            done(station.relayctl("recordings", "fetch", id, whole.toString()));
            assertThat(decoded(whole)).as("what ffmpeg says of it").isEmpty();
            assertThat(Files.readAllBytes(whole)).isEqualTo(joined(directory.resolve("server/buckets"), id));
            secretsAreNowhere(station, S3Server.SECRET_KEY);

            damage(directory.resolve("server/buckets"), id);
            Station.CommandResult damaged = station.relayctl("recordings", "verify", id);
            assertThat(damaged.exitCode()).as(damaged.output()).isEqualTo(1);
            assertThat(damaged.output()).contains(id);
        }
    }

    private Path secret(String name, String value) throws IOException {
        return Files.writeString(directory.resolve(name), value + "\n");
    }

    private static String done(Station.CommandResult result) {
        assertThat(result.exitCode()).as(result.output()).isZero();
        return result.output();
    }

    private static String id(Station station) throws Exception {
        return station.relayctl("recordings")
                .output()
                .lines()
                .filter(line -> line.contains("night-line"))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .findFirst()
                .orElseThrow();
    }

    private static void secretsAreNowhere(Station station, String secret) throws Exception {
        List<String> places = List.of(
                station.output(),
                station.metrics(),
                station.relayctl("status", "--json").output(),
                station.relayctl("doctor", "--json").output(),
                station.relayctl("logs", "-n", "1000").output(),
                Files.readString(
                        Path.of("/proc", Long.toString(station.pid("recorder")), "cmdline"),
                        StandardCharsets.ISO_8859_1));
        assertThat(places).noneMatch(place -> place.contains(secret));
    }

    /** Errors of a decoder that reads all of it. */
    private static String decoded(Path file) throws Exception {
        return Station.run(List.of("ffmpeg", "-v", "error", "-i", file.toString(), "-f", "null", "-"))
                .output();
    }

    private static byte[] joined(Path buckets, String id) throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path file : audio(buckets, id)) {
            all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
        }
        return all.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static List<Path> audio(Path buckets, String id) throws IOException {
        try (Stream<Path> files = Files.list(buckets.resolve("radio-recordings/radio/" + id))) {
            return files.filter(file -> file.toString().endsWith(".mp3"))
                    .sorted()
                    .toList();
        }
    }

    private static void damage(Path buckets, String id) throws IOException {
        Path file = audio(buckets, id).get(0);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }
}
