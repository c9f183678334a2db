package org.relaysupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GhostsIT {
    @TempDir
    Path directory;

    private final ProcFs procFs = new ProcFs(Path.of("/proc"));

    /** A daemon in a JVM of its own, to be killed. */
    static final class Daemon {
        public static void main(String[] arguments) throws Exception {
            Path directory = Path.of(arguments[0]);
            ProcFs procFs = new ProcFs(Path.of("/proc"));
            LinuxProcesses processes = new LinuxProcesses(
                    directory, (child, stream, line) -> {}, procFs, new ChildRecords(directory, procFs));
            List<String> talker = List.of("/bin/sh", "-c", "while :; do echo alive; sleep 0.01; done");
            processes.spawn(
                    new ProcessSpec("talker", talker, Map.of("PATH", "/usr/bin:/bin"), directory),
                    exit -> System.exit(1));
            TimeUnit.MINUTES.sleep(1);
        }
    }

    @Test
    void aChildOutlivesADaemonThatIsKilledAndTheNextDaemonEndsIt() throws Exception {
        Path record = directory.resolve("talker.process");
        Process daemon = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Daemon.class.getName(),
                        directory.toString())
                .inheritIO()
                .start();
        await().atMost(30, TimeUnit.SECONDS).until(() -> Files.exists(record));
        long pid = Long.parseLong(Files.readString(record).replaceFirst("pid=(\\d+) (?s:.*)", "$1"));
        daemon.destroyForcibly();
        daemon.waitFor();

        // It writes on, into a FIFO of which it holds both ends: no SIGPIPE ends it.
        assertThat(procFs.stat(pid)).isPresent();
        assertThat(nextDaemon().killGhosts(2000)).isEqualTo(1);
        assertThat(procFs.stat(pid))
                .matches(stat -> stat.isEmpty() || stat.get().state() == 'Z');
        assertThat(nextDaemon().killGhosts(2000)).isZero();
    }

    private ChildRecords nextDaemon() throws IOException {
        return new ChildRecords(directory, procFs);
    }
}
