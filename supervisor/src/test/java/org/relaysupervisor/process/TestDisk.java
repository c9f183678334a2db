package org.relaysupervisor.process;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

/**
 * A small file system of a test's own. Only root may mount one, so {@code ./test} mounts them beforehand for the account that the
 * tests run as, and says where in {@code RELAY_TEST_DISKS}; a test that root runs by itself mounts its own.
 */
public final class TestDisk implements AutoCloseable {
    private static final String PREPARED = System.getenv("RELAY_TEST_DISKS");
    private static final Map<String, Semaphore> USERS = new ConcurrentHashMap<>();

    private final Path path;
    private final boolean mounted;

    private TestDisk(Path path, boolean mounted) {
        this.path = path;
        this.mounted = mounted;
    }

    /** One test at a time has a prepared disk; who comes meanwhile waits for it. */
    private static TestDisk prepared(String option) {
        USERS.computeIfAbsent(option, any -> new Semaphore(1)).acquireUninterruptibly();
        return new TestDisk(Path.of(PREPARED, option), false);
    }

    /**
     * @param option of a tmpfs, such as {@code size=12m}; one of those that {@code ./test} knows
     * @param parent below which it is mounted, when it must be
     */
    public static TestDisk with(String option, Path parent) throws IOException {
        if (PREPARED != null) {
            return prepared(option);
        }
        Path place = Files.createDirectory(parent.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", option, "tmpfs", place.toString()),
                "only root can mount a small disk");
        return new TestDisk(place, true);
    }

    public Path path() {
        return path;
    }

    /** Leaves it empty for the next test. */
    @Override
    public void close() throws IOException {
        try {
            empty();
        } finally {
            if (!mounted) {
                USERS.get(path.getFileName().toString()).release();
            }
        }
        if (mounted && !run("umount", path.toString())) {
            throw new IOException(path + " can't be unmounted");
        }
    }

    private void empty() throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder())
                    .filter(file -> !file.equals(path))
                    .toList()) {
                Files.delete(file);
            }
        }
    }

    private static boolean run(String... command) throws IOException {
        return new ProcessBuilder(List.of(command))
                        .redirectErrorStream(true)
                        .start()
                        .onExit()
                        .join()
                        .exitValue()
                == 0;
    }
}
