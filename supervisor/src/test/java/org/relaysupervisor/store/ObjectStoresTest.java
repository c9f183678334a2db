package org.relaysupervisor.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.config.SecretSource;
import org.relaysupervisor.loop.ManualLoop;

class ObjectStoresTest {
    @TempDir
    Path directory;

    /** Run in a JVM of its own, which tells what it loads. */
    static final class Opening {
        private Opening() {}

        public static void main(String[] arguments) throws Exception {
            Path directory = Path.of(arguments[1]);
            ManualLoop clock = new ManualLoop();
            RelayConfig.Upload upload = new RelayConfig.Upload(
                    OptionalLong.empty(), 2, 16 << 20, 8 << 20, Duration.ofDays(1), Duration.ofMinutes(15));
            SecretSource key = new SecretSource.Environment("X");
            RelayConfig.Store bucket =
                    new RelayConfig.S3Store(URI.create("http://127.0.0.1:1"), "bucket", "auto", "", true, key, key);
            RelayConfig.Store place = new RelayConfig.DirectoryStore(Optional.empty());
            Bandwidth bandwidth = new Bandwidth(OptionalLong.empty(), clock, length -> {});
            try (ObjectStore s3 = open(bucket, upload, directory, bandwidth, clock);
                    ObjectStore local = open(place, upload, directory, bandwidth, clock)) {
                Path file = TestContent.file(directory, "a", 100, 1);
                local.put("a", file, TestContent.of(file));
                System.out.println(local.compare("a", file, TestContent.of(file)) + " " + s3.description());
                if (arguments[0].equals("use")) {
                    try {
                        s3.put("a", file, TestContent.of(file));
                    } catch (StoreException e) {
                        System.out.println(e.reason());
                    }
                }
            }
        }

        private static ObjectStore open(
                RelayConfig.Store store,
                RelayConfig.Upload upload,
                Path directory,
                Bandwidth bandwidth,
                ManualLoop clock) {
            return ObjectStores.open(store, upload, directory, source -> new Secret("x"), bandwidth, clock);
        }
    }

    private List<String> run(String what) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Opening.class.getName(),
                        what,
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines().toList();
    }

    private static Stream<String> ofTheClient(List<String> lines) {
        return lines.stream().filter(line -> line.contains("software.amazon") || line.contains("org.apache.hc"));
    }

    @Test
    void aStoreThatIsNotUsedLoadsNothingOfTheS3Client() throws Exception {
        List<String> lines = run("open");
        assertThat(lines).contains("SAME bucket bucket at http://127.0.0.1:1");
        assertThat(ofTheClient(lines)).isEmpty();
    }

    /** So that the test above can fail. */
    @Test
    void aStoreThatIsUsedLoadsIt() throws Exception {
        List<String> lines = run("use");
        assertThat(lines).contains("NETWORK");
        assertThat(ofTheClient(lines)).isNotEmpty();
    }
}
