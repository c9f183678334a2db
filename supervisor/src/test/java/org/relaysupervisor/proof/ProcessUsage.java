package org.relaysupervisor.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What some processes together, or the threads of theirs that have a certain name, have taken from the machine. */
final class ProcessUsage {
    private static final Path PROC = Path.of("/proc");
    /** USER_HZ, the unit of times in /proc; the same on all machines that the project runs on. */
    private static final Duration TICK = Duration.ofMillis(10);

    private final String name;
    private final List<Path> processes;
    private final String thread;

    private ProcessUsage(String name, List<Path> processes, String thread) {
        this.name = name;
        this.processes = processes;
        this.thread = thread;
    }

    /** @param text {@code NAME=PID[,PID...][:THREAD]} */
    static ProcessUsage parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("not NAME=PID[,PID...][:THREAD]: " + text);
        }
        String[] parts = text.substring(equals + 1).split(":", 2);
        List<Path> processes =
                Arrays.stream(parts[0].split(",")).map(PROC::resolve).toList();
        return new ProcessUsage(text.substring(0, equals), processes, parts.length > 1 ? parts[1] : "");
    }

    String name() {
        return name;
    }

    /** In user and system mode since the start, dead threads included, except when it is of threads with a name. */
    Duration processorTime() throws IOException {
        long ticks = 0;
        for (Path process : processes) {
            for (Path task : thread.isEmpty() ? List.of(process) : threads(process)) {
                ticks += ticks(Files.readString(task.resolve("stat")));
            }
        }
        return TICK.multipliedBy(ticks);
    }

    private List<Path> threads(Path process) throws IOException {
        List<Path> named = new ArrayList<>();
        try (Stream<Path> tasks = Files.list(process.resolve("task"))) {
            for (Path task : tasks.toList()) {
                if (name(task).equals(thread)) {
                    named.add(task);
                }
            }
        }
        if (named.isEmpty()) {
            throw new IOException(process + " has no thread " + thread);
        }
        return named;
    }

    /** Empty for a thread that has just ended. */
    private static String name(Path task) throws IOException {
        try {
            return Files.readString(task.resolve("comm")).strip();
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    /** Fields 14 and 15; the second is the program's name in parentheses, with whatever it contains. */
    private static long ticks(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    /** Of the whole processes, in KiB. */
    long resident() throws IOException {
        long sum = 0;
        for (Path process : processes) {
            sum += Files.readAllLines(process.resolve("status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow(() -> new IOException(process + " has ended"));
        }
        return sum;
    }
}
