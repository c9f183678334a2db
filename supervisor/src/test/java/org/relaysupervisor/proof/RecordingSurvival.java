package org.relaysupervisor.proof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.relaysupervisor.proof.RecordingCheck.Hole;
import org.relaysupervisor.proof.RecordingCheck.Verdict;

/**
 * The long proof of the recording, run by a script: kills at random moments, and then each frame is looked for. The table goes to
 * standard output, progress to standard error; fails when a frame is missing that no gap tells of, or is there twice.
 */
final class RecordingSurvival {
    /** The exit status, other than that of a run that broke off. */
    private static final int BROKEN_PROMISE = 3;

    private static final int LONGEST_PEACE_MILLIS = 8_000;
    private static final int LONGEST_PEACE_OF_RECORDER_MILLIS = 3_000;

    private RecordingSurvival() {}

    /** @param arguments a directory of the run's own, how often the daemon, the recorder and everything is to be killed, and a seed */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Random random = new Random(Long.parseLong(arguments[4]));
        List<RecordingEvent> events = new ArrayList<>();
        events.addAll(Collections.nCopies(Integer.parseInt(arguments[1]), RecordingEvent.KILL_DAEMON));
        events.addAll(Collections.nCopies(Integer.parseInt(arguments[2]), RecordingEvent.KILL_RECORDER));
        events.addAll(Collections.nCopies(Integer.parseInt(arguments[3]), RecordingEvent.KILL_EVERYTHING));
        Collections.shuffle(events, random);
        Verdict verdict;
        int connections;
        try (RecordingStage stage = RecordingStage.open(Path.of(arguments[0]))) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> close(stage)));
            play(stage, events, random);
            verdict = stage.judge();
            connections = stage.connections();
        }
        System.out.print(table(events, verdict, connections));
        verdict.faults().forEach(System.err::println);
        Runtime.getRuntime().halt(verdict.faults().isEmpty() ? 0 : BROKEN_PROMISE);
    }

    /** The daemon is killed whatever it is doing, starting too; the recorder only once it records, or there would be nobody to kill. */
    static void play(RecordingStage stage, List<RecordingEvent> events, Random random)
            throws IOException, InterruptedException {
        for (RecordingEvent event : events) {
            if (event == RecordingEvent.KILL_RECORDER) {
                stage.awaitRecording();
            }
            int longest =
                    event == RecordingEvent.KILL_RECORDER ? LONGEST_PEACE_OF_RECORDER_MILLIS : LONGEST_PEACE_MILLIS;
            int peace = random.nextInt(longest);
            TimeUnit.MILLISECONDS.sleep(peace);
            stage.strike(event);
            System.err.printf("  after %d ms: %s%n", peace, event.label);
        }
    }

    static String table(List<RecordingEvent> events, Verdict verdict, int connections) {
        StringBuilder table = new StringBuilder("| what happened | times |\n|---|---|\n");
        for (RecordingEvent event : RecordingEvent.values()) {
            table.append("| %s | %d |%n".formatted(event.label, Collections.frequency(events, event)));
        }
        table.append(String.format(
                Locale.ROOT,
                "%n%,d frames (%.1f min) in the store, %,d of them the standby's; %d connections of the source. %s%n%n",
                verdict.frames(),
                NumberedFrames.seconds(verdict.frames()) / 60,
                verdict.foreign(),
                connections,
                verdict.faults().isEmpty()
                        ? "None is there twice or out of order, and none is missing but in the gaps that the manifest tells:"
                        : verdict.faults().size() + " faults."));
        return table.append(gaps(verdict.holes())).toString();
    }

    private static String gaps(List<Hole> holes) {
        StringBuilder table = new StringBuilder(
                        "| gaps | how many | frames missing | median | longest | worst measured by |\n")
                .append("|---|---|---|---|---|---|\n");
        Map<String, List<Hole>> byCause = holes.stream()
                .collect(Collectors.groupingBy(
                        hole -> hole.cause() + (hole.livedThrough() ? ", the daemon lived on" : ", the daemon died"),
                        TreeMap::new,
                        Collectors.toList()));
        byCause.forEach((cause, of) -> {
            long[] frames = of.stream().mapToLong(Hole::frames).sorted().toArray();
            double worst = of.stream()
                    .mapToDouble(hole -> Math.abs(NumberedFrames.seconds(hole.frames()) - hole.told()))
                    .max()
                    .orElse(0);
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %d | %,d | %.2f s | %.2f s | %.3f s |%n",
                    cause,
                    of.size(),
                    of.stream().mapToLong(Hole::frames).sum(),
                    NumberedFrames.seconds(frames[frames.length / 2]),
                    NumberedFrames.seconds(frames[frames.length - 1]),
                    worst));
        });
        return table.toString();
    }

    private static void close(RecordingStage stage) {
        try {
            stage.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
