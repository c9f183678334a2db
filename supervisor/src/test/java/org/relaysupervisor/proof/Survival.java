package org.relaysupervisor.proof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.relaysupervisor.proof.SwarmReport.Kind;

/**
 * The long proof, run by a script: events at random moments, an audience at the relay and another behind HAProxy. The table
 * goes to standard output, progress to standard error; fails when the relay did not keep what it promises.
 */
final class Survival {
    /** The exit status, other than that of a run that broke off. */
    private static final int BROKEN_PROMISE = 3;

    private static final int SAMPLED = 10;
    private static final int SHORTEST_CALM_MILLIS = 1_000;
    private static final int LONGEST_CALM_MILLIS = 5_000;

    /**
     * What was asked for.
     *
     * @param directory of the run's own
     * @param times each of the events that befall Icecast
     */
    private record Wanted(Path directory, int listeners, int times, int liquidsoapTimes, long seed) {
        /** In the order of the components. */
        static Wanted of(String[] arguments) {
            return new Wanted(
                    Path.of(arguments[0]),
                    Integer.parseInt(arguments[1]),
                    Integer.parseInt(arguments[2]),
                    Integer.parseInt(arguments[3]),
                    Long.parseLong(arguments[4]));
        }

        Stage.Audience audience() {
            int some = (listeners + 14) / 15;
            return new Stage.Audience(listeners, some, some, Math.min(SAMPLED, listeners), seed);
        }

        List<Event> events(Random random) {
            List<Event> events = new ArrayList<>();
            for (Event event : List.of(Event.KILL_ICECAST, Event.FREEZE_ICECAST, Event.RESTART_ICECAST)) {
                events.addAll(Collections.nCopies(times, event));
            }
            Collections.shuffle(events, random);
            events.addAll(Collections.nCopies(liquidsoapTimes, Event.KILL_LIQUIDSOAP));
            return events;
        }
    }

    private Survival() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Wanted wanted = Wanted.of(arguments);
        SurvivalTable table = new SurvivalTable(wanted.listeners());
        try (Stage stage = Stage.open(wanted.directory(), wanted.audience(), true)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> close(stage)));
            play(stage, wanted, table);
        }
        List<String> broken = table.broken();
        broken.forEach(System.err::println);
        Runtime.getRuntime().halt(broken.isEmpty() ? 0 : BROKEN_PROMISE);
    }

    private static void play(Stage stage, Wanted wanted, SurvivalTable table) throws IOException, InterruptedException {
        Random random = new Random(wanted.seed());
        List<Event> events = wanted.events(random);
        try (DaemonMemory memory = new DaemonMemory(stage.station.daemon().pid())) {
            long before = memory.now();
            for (Event event : events) {
                table.add(stage.calm(Duration.ofMillis(random.nextInt(SHORTEST_CALM_MILLIS, LONGEST_CALM_MILLIS))));
                Happening happening = stage.strike(event);
                table.add(happening);
                tell(happening);
            }
            System.out.print(table.markdown());
            System.out.printf(
                    "Memory of the daemon's JVM (RSS): %.1f MB before, at most %.1f MB meanwhile, %.1f MB after.%n",
                    megabytes(before), megabytes(memory.highest()), megabytes(memory.now()));
        }
    }

    private static void tell(Happening happening) {
        System.err.printf(
                "  %s: relay closed %d, silence %d ms, %d of %d equal; HAProxy closed %d%n",
                happening.event().label,
                happening.relay().closed(Kind.STEADY),
                happening.relay().silence().toMillis(),
                happening.equal(),
                happening.sampled(),
                happening.haproxy().map(report -> report.closed(Kind.STEADY)).orElse(0));
    }

    private static double megabytes(long kibibytes) {
        return kibibytes * 1_024 / 1e6;
    }

    private static void close(Stage stage) {
        try {
            stage.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
