package org.relaysupervisor.programs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Hands what the newest Liquidsoap prints to the watch, as the daemon does, and notes when it last told of a switch. */
final class PrintedSwitches implements AutoCloseable {
    private final RealPrograms programs;
    private final OnAirWatch watch;
    private final ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledFuture<?> reading;
    private int read;
    private volatile long last = System.nanoTime();

    PrintedSwitches(RealPrograms programs, OnAirWatch watch) {
        this.programs = programs;
        this.watch = watch;
        reading = reader.scheduleWithFixedDelay(this::read, 0, 10, TimeUnit.MILLISECONDS);
    }

    private void read() {
        try {
            String output = programs.output("liquidsoap");
            int end = output.lastIndexOf('\n') + 1;
            output.substring(read, Math.max(read, end)).lines().forEach(line -> {
                if (line.contains("[choice:3] Switch to ")) {
                    last = System.nanoTime();
                }
                watch.heard(line);
            });
            read = Math.max(read, end);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Duration sinceTheLast() {
        return Duration.ofNanos(System.nanoTime() - last);
    }

    @Override
    public void close() {
        reading.cancel(true);
        reader.shutdownNow();
    }
}
