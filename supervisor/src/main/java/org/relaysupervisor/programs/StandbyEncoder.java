package org.relaysupervisor.programs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Delivery;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.files.Checksum;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.Exit;
import org.relaysupervisor.process.ProcessSpec;
import org.relaysupervisor.process.Processes;

/**
 * The standby programme as a mount's own audio, encoded beforehand by ffmpeg and kept in files, so that it can be played while
 * Liquidsoap is away. One call at a time.
 */
public final class StandbyEncoder {
    /** The name of its process, in logs. */
    public static final String NAME = "standby-encoder";

    /** In hexadecimal digits. */
    private static final int FINGERPRINT_LENGTH = 16;

    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final Duration UNTIL_KILLED = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofMinutes(5);
    /** Of all mounts together, since all of it is kept in memory. */
    private static final int MOST_BYTES = 8 << 20;

    private static final String UNFINISHED = ".part";

    private final RelayConfig config;
    private final StandbyFile standby;
    private final Path cache;
    private final Executables executables;
    private final Processes processes;
    private final Supplier<Optional<String>> lastLine;

    /**
     * @param shippedStandby what is encoded when the configuration names no standby file
     * @param cache a directory for nothing else; made when missing
     * @param lastLine the newest line that {@link #NAME} wrote, to explain its exit
     */
    public StandbyEncoder(
            RelayConfig config,
            Path shippedStandby,
            Path cache,
            Executables executables,
            Processes processes,
            Supplier<Optional<String>> lastLine) {
        this.config = config;
        this.standby = StandbyFile.of(config, shippedStandby);
        this.cache = cache;
        this.executables = executables;
        this.processes = processes;
        this.lastLine = lastLine;
    }

    /** Those that need it: listeners of the others are connected to Icecast, which has nothing to play it with. */
    public List<Mount> mounts() {
        return config.mounts().stream()
                .filter(mount -> mount.listeners() == Delivery.FEED)
                .toList();
    }

    /**
     * What was encoded earlier, from the same file and for the same format.
     *
     * @throws IOException when the standby programme or the encoded file can't be read; the message says what to do
     */
    public Optional<byte[]> cached(Mount mount) throws IOException {
        Path file = file(mount);
        return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
    }

    /**
     * Encodes it, which takes some seconds of processor time, and keeps it. Blocks for at most two minutes; when interrupted, the
     * process is ended.
     *
     * @throws IOException when that fails; the message says what to do
     */
    public byte[] encode(Mount mount) throws IOException, InterruptedException {
        Path file = file(mount);
        Path unfinished = cache.resolve(file.getFileName() + UNFINISHED);
        makeCache();
        try {
            run(spec(mount, unfinished));
            keep(unfinished, file);
        } finally {
            Files.deleteIfExists(unfinished);
        }
        return Files.readAllBytes(file);
    }

    private void makeCache() throws IOException {
        try {
            Files.createDirectories(cache);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private void keep(Path unfinished, Path file) throws IOException {
        try (FileChannel written = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
            if (written.size() == 0) {
                throw new IOException(
                        standby.path() + ", the standby programme, has no sound: set standby.file in relay.yaml");
            }
            // Before the rename: after a loss of power the name must not stand for an empty file.
            written.force(true);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            throw unwritable(e);
        }
    }

    private IOException unwritable(IOException e) {
        return new IOException(
                "cannot write to " + cache + ": " + PrivateFile.reason(e)
                        + "; give the daemon's user room and write permission there",
                e);
    }

    private void run(ProcessSpec spec) throws IOException, InterruptedException {
        CompletableFuture<Exit> ended = new CompletableFuture<>();
        Processes.Child process = processes.spawn(spec, ended::complete);
        try {
            Exit exit = ended.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            if (!exit.equals(new Exit.Code(0))) {
                throw new IOException("ffmpeg could not encode " + standby.path() + " (" + exit.describe()
                        + lastLine.get().map(line -> ": " + line).orElse("")
                        + "): set standby.file in relay.yaml to an audio file that ffmpeg can read, and see that there"
                        + " is room in " + cache);
            }
        } catch (TimeoutException e) {
            process.signal(Processes.Signal.KILL);
            ended.completeOnTimeout(new Exit.Code(-1), UNTIL_KILLED.toSeconds(), TimeUnit.SECONDS)
                    .join();
            throw new IOException(
                    "ffmpeg did not encode " + standby.path() + " within " + TIMEOUT.toSeconds()
                            + " s: is the machine overloaded, or the file on a disk that does not answer?",
                    e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("nothing completes it with a failure", e);
        } finally {
            process.signal(Processes.Signal.KILL);
        }
    }

    ProcessSpec spec(Mount mount, Path output) throws IOException {
        List<String> argv = new ArrayList<>();
        // Whoever is on the air needs the processor more.
        argv.addAll(List.of(executables.find("nice", "apt install coreutils").toString(), "-n", "10"));
        argv.add(executables.ffmpeg(config.programs()).toString());
        argv.addAll(List.of("-nostdin", "-hide_banner", "-nostats", "-loglevel", "warning", "-threads", "1"));
        argv.addAll(List.of("-i", standby.path().toString()));
        argv.addAll(recipe(mount));
        argv.addAll(List.of("-y", output.toString()));
        return new ProcessSpec(
                NAME, argv, Map.of("PATH", executables.searchPath(), "LANG", "C.UTF-8"), output.getParent());
    }

    /** What follows the input: no pictures, no tags, nothing but frames that a listener may join at any of them. */
    private List<String> recipe(Mount mount) {
        List<String> recipe = new ArrayList<>(List.of("-map", "0:a:0", "-map_metadata", "-1", "-map_chapters", "-1"));
        recipe.addAll(List.of("-t", Long.toString(LONGEST.toSeconds())));
        recipe.addAll(List.of("-fs", Integer.toString(MOST_BYTES / Math.max(1, mounts().size()))));
        recipe.addAll(List.of("-ac", Integer.toString(mount.channels()), "-b:a", mount.bitrate() + "k"));
        recipe.addAll(
                switch (mount.format()) {
                    // Without the reservoir no frame needs bytes of an earlier one, also where the end meets the start.
                    case MP3 ->
                        List.of(
                                "-ar",
                                Integer.toString(mount.sampleRate()),
                                "-c:a",
                                "libmp3lame",
                                "-reservoir",
                                "0",
                                "-write_xing",
                                "0",
                                "-id3v2_version",
                                "0");
                    case AAC -> List.of("-ar", Integer.toString(mount.sampleRate()), "-c:a", "aac");
                    // 48 kHz as from Liquidsoap, whatever the mount says. Pages of at most 200 ms, in microseconds.
                    case OPUS ->
                        List.of("-ar", "48000", "-c:a", "libopus", "-vbr", "constrained", "-page_duration", "200000");
                });
        recipe.addAll(List.of("-f", mount.format().muxer()));
        return recipe;
    }

    /** Its name says what is in it and, by a hash, what it was made from and how. */
    Path file(Mount mount) throws IOException {
        return cache.resolve(String.format(
                Locale.ROOT,
                "%dk-%dhz-%dch-%s.%s",
                mount.bitrate(),
                mount.sampleRate(),
                mount.channels(),
                fingerprint(mount),
                mount.format().extension()));
    }

    private String fingerprint(Mount mount) throws IOException {
        standby.requireReadable();
        BasicFileAttributes attributes = Files.readAttributes(standby.path(), BasicFileAttributes.class);
        String made = standby.path() + "\0" + attributes.size() + "\0" + attributes.lastModifiedTime() + "\0"
                + String.join("\0", recipe(mount));
        return Checksum.sha256(made).substring(0, FINGERPRINT_LENGTH);
    }

    /** Deletes what was encoded for other configurations, or from another file. */
    public void deleteOthers() throws IOException {
        if (!Files.isDirectory(cache)) {
            return;
        }
        Set<Path> ours = new HashSet<>();
        for (Mount mount : mounts()) {
            ours.add(file(mount));
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(cache)) {
            for (Path file : files) {
                if (!ours.contains(file)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
