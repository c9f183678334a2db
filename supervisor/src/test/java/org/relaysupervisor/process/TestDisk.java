package org.relaysupervisor.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

/**
 * A small file system of a test's own. {@code ./test}, as root, mounts them beforehand for the account that the tests run as, and
 * says where in {@code RELAY_TEST_DISKS}. Else a test mounts its own: root where it is, any other account in a user namespace.
 * Where none of this is allowed the test fails.
 */
public final class TestDisk implements AutoCloseable {
    private static final String PREPARED = System.getenv("RELAY_TEST_DISKS");
    private static final Map<String, Semaphore> USERS = new ConcurrentHashMap<>();

    private final Path path;
    private final Cleanup unmount;

    private interface Cleanup {
        void run() throws IOException;
    }

    private TestDisk(Path path, Cleanup unmount) {
        this.path = path;
        this.unmount = unmount;
    }

    /** One test at a time has a prepared disk; who comes meanwhile waits for it. */
    private static TestDisk prepared(String option) {
        Semaphore user = USERS.computeIfAbsent(option, any -> new Semaphore(1));
        user.acquireUninterruptibly();
        return new TestDisk(Path.of(PREPARED, option), user::release);
    }

    /**
     * @param option of a tmpfs, such as {@code size=12m}; one of those that {@code ./test} knows
     * @param parent below which it is mounted, when it must be
     */
    public static TestDisk with(String option, Path parent) throws IOException {
        if (PREPARED != null) {
            return prepared(option);
        }
        Path place = Files.createDirectory(parent.resolve("disk")).toAbsolutePath();
        if (run("mount", "-t", "tmpfs", "-o", option, "tmpfs", place.toString())) {
            return new TestDisk(place, () -> {
                if (!run("umount", place.toString())) {
                    throw new IOException(place + " can't be unmounted");
                }
            });
        }
        return inNamespace(option, place);
    }

    /**
     * A directory on a disk with room for days of recordings, where nobody but such tests writes. Several may have one at a time.
     *
     * @param parent below which the disk is mounted, when it must be
     */
    public static TestDisk roomy(Path parent) throws IOException {
        String option = "size=4g";
        if (PREPARED == null) {
            return with(option, parent);
        }
        Path own = Files.createTempDirectory(Path.of(PREPARED, option), "test");
        return new TestDisk(own, () -> Files.delete(own));
    }

    /**
     * The disk lives as long as a process in a mount namespace of its own. Others reach it through that process, so they need no
     * namespace and are no root in one, which Liquidsoap refuses.
     */
    private static TestDisk inNamespace(String option, Path place) throws IOException {
        // cat ends with this JVM, however that ends.
        String script = "mount -t tmpfs -o \"$1\",mode=0700 tmpfs \"$2\" && echo mounted && exec cat";
        Process holder = new ProcessBuilder(
                        "unshare",
                        "--user",
                        "--map-root-user",
                        "--mount",
                        "sh",
                        "-c",
                        script,
                        "sh",
                        option,
                        place.toString())
                .redirectErrorStream(true)
                .start();
        String answer = holder.inputReader(StandardCharsets.UTF_8).readLine();
        if (!"mounted".equals(answer)) {
            holder.destroyForcibly();
            throw new AssertionError(
                    "no small disk is to be had for this test (" + answer + "): start ./test as root, or allow"
                            + " user namespaces (kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0,"
                            + " in a container its seccomp profile)");
        }
        return new TestDisk(Path.of("/proc/" + holder.pid() + "/root" + place), () -> {
            holder.destroyForcibly();
            holder.onExit().join();
        });
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
            unmount.run();
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
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .onExit()
                        .join()
                        .exitValue()
                == 0;
    }
}
