package org.relaysupervisor.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * How long from {@code kill -9} of a child to the report of its end, and to its successor's exec (posix_spawn returns after it).
 * Run as a program, with the number of restarts and the pause between them in milliseconds; prints microseconds.
 */
final class RestartBenchmark {
    private RestartBenchmark() {}

    private record Restart(long toReport, long toExec) {}

    public static void main(String[] arguments) throws Exception {
        int restarts = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200;
        int pauseMillis = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        Path directory = Files.createTempDirectory("restart");
        ProcFs procFs = new ProcFs(Path.of("/proc"));
        List<Restart> measured = new ArrayList<>();
        try (LinuxProcesses processes = new LinuxProcesses(
                directory, (child, stream, line) -> {}, procFs, new ChildRecords(directory, procFs))) {
            ProcessSpec spec = new ProcessSpec("sleep", List.of("/bin/sleep", "600"), Map.of(), directory);
            BlockingQueue<Long> reports = new ArrayBlockingQueue<>(1);
            Processes.Child child = processes.spawn(spec, exit -> reports.add(System.nanoTime()));
            processes.warmUp();
            for (int i = 0; i < restarts; i++) {
                TimeUnit.MILLISECONDS.sleep(pauseMillis);
                long killed = System.nanoTime();
                LibC.kill((int) child.pid(), LibC.SIGKILL);
                long reported = reports.take();
                child = processes.spawn(spec, exit -> reports.add(System.nanoTime()));
                measured.add(new Restart(reported - killed, System.nanoTime() - killed));
            }
            child.signal(Processes.Signal.KILL);
            reports.take();
        }
        print("kill to report", measured, Restart::toReport);
        print("kill to exec", measured, Restart::toExec);
    }

    private static void print(String what, List<Restart> restarts, ToLongFunction<Restart> value) {
        long[] sorted = restarts.stream().mapToLong(value).sorted().toArray();
        System.out.printf(
                "%-14s first %d, then median %d, 99th percentile %d, longest %d us%n",
                what,
                value.applyAsLong(restarts.get(0)) / 1000,
                sorted[sorted.length / 2] / 1000,
                sorted[sorted.length * 99 / 100] / 1000,
                Arrays.stream(sorted).max().orElseThrow() / 1000);
    }
}
