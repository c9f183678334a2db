package org.relaysupervisor.proof;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.relaysupervisor.station.Station;

/** The real daemon with the real Icecast and ffmpeg, which records a show of numbered frames, and somebody who kills them. */
final class RecordingStage implements AutoCloseable {
    private static final String SHOW = "Survival";
    private static final Duration ON_AIR_WITHIN = Duration.ofSeconds(60);
    private static final Duration STORED_WITHIN = Duration.ofMinutes(5);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Station station;
    private final NumberedSource source;
    private final Set<Long> onDisk = new HashSet<>();
    /** The frame that was played when the show had begun. */
    private long begun;

    private RecordingStage(Path directory) throws IOException {
        station = Station.prepare(directory);
        SilentLiquidsoap.install(station, directory);
        station.edit("(?m)^  segment: 1m$", "  segment: 2s");
        station.edit("(?s)(\\nmetering:.*?enabled: )true", "$1false");
        Path password = station.state.resolve("secrets/icecast.source");
        source = new NumberedSource(
                station.sourcePort, "/live", () -> Files.readString(password).strip());
    }

    /** Recording, in a show that has begun. */
    static RecordingStage open(Path directory) throws IOException, InterruptedException {
        RecordingStage stage = new RecordingStage(directory);
        try {
            stage.station.start();
            stage.awaitRecording();
            stage.relayctl("show", "start", SHOW);
            stage.begun = stage.source.sent();
            return stage;
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            stage.close();
            throw e;
        }
    }

    /** Waits until more and more audio is on the disk. */
    void awaitRecording() {
        until("a recorder that writes", ON_AIR_WITHIN, () -> {
            Set<Long> before = new HashSet<>();
            collect(before);
            TimeUnit.MILLISECONDS.sleep(500);
            Set<Long> after = new HashSet<>();
            collect(after);
            return after.size() > before.size();
        });
    }

    /** Does it, and starts the daemon again when that is what died. */
    void strike(RecordingEvent event) throws IOException, InterruptedException {
        ProcessHandle daemon = station.daemon().toHandle();
        List<ProcessHandle> children = daemon.descendants().toList();
        if (event == RecordingEvent.KILL_RECORDER) {
            children.stream().filter(RecordingStage::records).forEach(ProcessHandle::destroyForcibly);
            return;
        }
        // First, so that it starts nothing in place of what dies.
        daemon.destroyForcibly();
        station.daemon().waitFor();
        if (event == RecordingEvent.KILL_EVERYTHING) {
            children.forEach(ProcessHandle::destroyForcibly);
        }
        collect(onDisk);
        station.start();
    }

    /** ffmpeg, as the recorder and not to make a standby programme: its command line names the spool's kind of files. */
    private static boolean records(ProcessHandle process) {
        try {
            Path line = Path.of("/proc", Long.toString(process.pid()), "cmdline");
            return Files.readString(line, StandardCharsets.ISO_8859_1).contains("f=segment");
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends the show, waits until all of it is in the store, and judges. */
    RecordingCheck.Verdict judge() throws IOException, InterruptedException {
        awaitRecording();
        collect(onDisk);
        long ended = source.sent();
        relayctl("show", "end");
        Path store = station.state.resolve("recordings");
        until(
                "manifests in the store, up to frame " + ended,
                STORED_WITHIN,
                () -> newest(RecordedShow.read(store, SHOW)) >= ended);
        // What was before the show is in another recording, which isn't over yet.
        onDisk.removeIf(number -> number < begun || number > ended);
        return RecordingCheck.judge(RecordedShow.read(store, SHOW), onDisk);
    }

    private static long newest(List<RecordedPiece> pieces) {
        return pieces.stream()
                .flatMap(piece -> piece.numbers().stream())
                .mapToLong(Long::longValue)
                .max()
                .orElse(-1);
    }

    /** How many connections of the source were taken: more than one for each life of the daemon is the source's fault, or the proxy's. */
    int connections() {
        return source.connections();
    }

    String output() {
        return station.output();
    }

    /** Adds the numbers of all whole frames that are in the spool or the store. */
    private void collect(Set<Long> numbers) throws IOException {
        for (Path file : audio()) {
            try {
                numbers.addAll(NumberedFrames.numbersOfWholeFrames(Files.readAllBytes(file)));
            } catch (NoSuchFileException e) {
                // The living daemon moved it.
            }
        }
        numbers.remove(NumberedFrames.FOREIGN);
    }

    private List<Path> audio() throws IOException {
        try (Stream<Path> files = Files.walk(station.state)) {
            return new ArrayList<>(files.filter(file -> file.toString().endsWith(".mp3"))
                    .filter(Files::isRegularFile)
                    .toList());
        } catch (UncheckedIOException | NoSuchFileException e) {
            // Likewise; or it has not made its state directory yet.
            return List.of();
        }
    }

    private void relayctl(String... arguments) throws IOException, InterruptedException {
        Station.CommandResult result = station.relayctl(arguments);
        if (result.exitCode() != 0) {
            throw new IllegalStateException("relayctl " + String.join(" ", arguments) + ": " + result.output());
        }
    }

    private void until(String what, Duration within, Callable<Boolean> condition) {
        await(what + "; the daemon said:\n" + lastLines(station.output()))
                .atMost(within)
                .pollInterval(POLL)
                .until(condition);
    }

    private static String lastLines(String text) {
        List<String> lines = text.lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }

    @Override
    public void close() throws IOException {
        source.close();
        station.close();
    }
}
