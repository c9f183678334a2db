package org.relaysupervisor.store;

import com.sun.management.OperatingSystemMXBean;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.config.SecretSource;
import org.relaysupervisor.loop.Clock;

/**
 * For scripts/upload-benchmark: sends the files of a directory and verifies each, twice: first with a client that is yet to be loaded and
 * compiled, then with the same one. Prints a line for each: name, bytes, seconds, CPU seconds, growth of the resident set's peak in MB.
 */
final class UploadBenchmark {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final ObjectStore store;
    private final Map<Path, Content> files;
    private final ExecutorService threads;
    private final long restingKilobytes;

    private UploadBenchmark(ObjectStore store, Map<Path, Content> files, int concurrency) throws Exception {
        this.store = store;
        this.files = files;
        this.threads = Executors.newFixedThreadPool(concurrency);
        this.restingKilobytes = status("VmRSS:");
    }

    /** Endpoint, bucket, access key, secret key, directory, transfers at once. */
    public static void main(String[] arguments) throws Exception {
        Map<Path, Content> files = contents(Path.of(arguments[4]));
        int concurrency = Integer.parseInt(arguments[5]);
        RelayConfig.S3Store place = new RelayConfig.S3Store(
                URI.create(arguments[0]),
                arguments[1],
                "auto",
                "",
                true,
                new SecretSource.Environment(arguments[2]),
                new SecretSource.Environment(arguments[3]));
        RelayConfig.Upload upload = new RelayConfig.Upload(
                OptionalLong.empty(), concurrency, 16 << 20, 8 << 20, Duration.ofDays(1), Duration.ofMinutes(15));
        Clock clock = SystemClock.RIGHT;
        Bandwidth bandwidth = new Bandwidth(OptionalLong.empty(), clock, length -> {});
        try (ObjectStore store =
                ObjectStores.open(place, upload, Path.of("unused"), UploadBenchmark::key, bandwidth, clock)) {
            System.gc();
            UploadBenchmark benchmark = new UploadBenchmark(store, files, concurrency);
            try {
                benchmark.run("cold");
                benchmark.run("warm");
            } finally {
                benchmark.threads.shutdownNow();
            }
        }
    }

    private static Secret key(SecretSource source) {
        return new Secret(((SecretSource.Environment) source).variable());
    }

    /** As the recorder has it when a file is finished. */
    private static Map<Path, Content> contents(Path directory) throws Exception {
        Map<Path, Content> contents = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                var md5 = Digests.md5();
                var sha256 = Digests.sha256();
                try (InputStream in = Files.newInputStream(file)) {
                    long length = Digests.read(in, md5, sha256);
                    contents.put(file, new Content(length, Digests.hex(sha256.digest()), Digests.hex(md5.digest())));
                }
            }
        }
        return contents;
    }

    private void run(String name) throws Exception {
        long cpu = PROCESS.getProcessCpuTime();
        long began = System.nanoTime();
        List<Future<Presence>> sent = new ArrayList<>();
        files.forEach((file, content) -> sent.add(threads.submit(() -> {
            String key = name + "/" + file.getFileName();
            store.put(key, file, content);
            return store.compare(key, file, content);
        })));
        for (Future<Presence> presence : sent) {
            if (presence.get() != Presence.SAME) {
                throw new IllegalStateException("the store has something else");
            }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%s %d %.3f %.3f %.1f%n",
                name,
                files.values().stream().mapToLong(Content::length).sum(),
                seconds,
                (PROCESS.getProcessCpuTime() - cpu) / 1e9,
                (status("VmHWM:") - restingKilobytes) * 1024 / 1e6);
    }

    private static long status(String field) throws Exception {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(field)) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IllegalStateException("no " + field);
    }
}
