package org.relaysupervisor.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The resident memory of the daemon's JVM, looked at twice a second; in KiB. */
final class DaemonMemory implements AutoCloseable {
    private static final long PERIOD_MILLIS = 500;

    private final Path status;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Future<?> looking;
    private volatile long highest;

    DaemonMemory(long pid) {
        this.status = Path.of("/proc", Long.toString(pid), "status");
        looking = clock.scheduleAtFixedRate(this::look, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        highest = Math.max(highest, now());
    }

    /** 0 when the daemon is gone. */
    long now() {
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    long highest() {
        return highest;
    }

    @Override
    public void close() {
        looking.cancel(false);
        clock.shutdown();
    }
}
