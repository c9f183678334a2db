package org.relaysupervisor.programs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.config.SecretSource;
import org.relaysupervisor.process.ProcessSpec;
import org.relaysupervisor.process.ShortRun;
import org.relaysupervisor.programs.InstalledLiquidsoap.Library;

/**
 * How Liquidsoap is configured, started and asked, in one of its two lanes. The probes may run on any thread, one at a time.
 */
public final class LiquidsoapProgram {
    /** The child's name. */
    public static final String NAME = "liquidsoap";

    private static final Duration CHECK_TIMEOUT = Duration.ofSeconds(60);
    /** The kernel's limit for the path of a Unix socket, without the final NUL. */
    private static final int MAXIMUM_SOCKET_PATH = 107;

    private final RelayConfig config;
    private final Lane lane;
    private final Path runDirectory;
    private final Path home;
    private final StandbyFile standby;
    private final Path socketPath;
    private final InstalledLiquidsoap installed;
    private final RadioScript script;
    private final ControlSocket socket;
    private final Observed observed;
    private long bytesAtLastCheck;

    /**
     * What the rest of the daemon sees of Liquidsoap's work. Called on the probe's thread.
     *
     * @param stats asks Icecast; may block for some seconds, and fails when Icecast is away
     * @param connected whether a source is connected to the mount of this path: Icecast may have one that is only bridged
     * @param sourceBytes audio bytes that Liquidsoap sent since the daemon's start, all mounts; only grows
     * @param takesAudio whether somebody takes what it sends, so that its silence is its own
     */
    public record Observed(
            Callable<IcecastStats> stats,
            Predicate<String> connected,
            LongSupplier sourceBytes,
            BooleanSupplier takesAudio) {
        /** For a Liquidsoap that is only asked about, never run. */
        public static final Observed NOTHING = new Observed(
                () -> {
                    throw new IOException("there is no Icecast");
                },
                mount -> false,
                () -> 0,
                () -> false);
    }

    /**
     * @param lane where it runs
     * @param djPasswords for every DJ of every harbor input
     * @param runDirectory where its script and socket are; made when missing
     * @param home a writable directory that lasts: 2.3 keeps the compiled script there and then starts faster
     * @param shippedStandby what plays when the configuration names no standby file
     */
    public LiquidsoapProgram(
            RelayConfig config,
            Lane lane,
            Secret sourcePassword,
            Map<SecretSource, Secret> djPasswords,
            Path runDirectory,
            Path home,
            Path shippedStandby,
            InstalledLiquidsoap installed,
            Observed observed) {
        this.config = config;
        this.lane = lane;
        this.runDirectory = runDirectory;
        this.home = home;
        this.standby = StandbyFile.of(config, shippedStandby);
        this.socketPath = runDirectory.resolve(lane.named("radio") + ".sock");
        this.installed = installed;
        this.script = new RadioScript(config, sourcePassword, djPasswords, standby.path(), socketPath, lane);
        this.socket = new ControlSocket(socketPath);
        this.observed = observed;
    }

    /** Where the Liquidsoap that is heard, once started, can be asked: a link to the socket of its lane. */
    public static Path socket(Path runDirectory) {
        return runDirectory.resolve("liquidsoap.sock");
    }

    /** Where the one runs that a daemon was to take over, by the names of such processes. */
    public static Lane lane(Set<String> processes) {
        return processes.contains(Lane.B.named(NAME)) && !processes.contains(NAME) ? Lane.B : Lane.A;
    }

    public Lane lane() {
        return lane;
    }

    public RelayConfig config() {
        return config;
    }

    /** What its process is called. */
    public String process() {
        return lane.named(NAME);
    }

    /**
     * Writes Liquidsoap's script and says how to start it, as the one that is heard.
     *
     * @throws IOException as {@link #prepareBeside}
     */
    public ProcessSpec prepare() throws IOException {
        ProcessSpec spec = prepareBeside();
        heard();
        return spec;
    }

    /** From now on {@link #socket} leads to this one. */
    public void heard() throws IOException {
        Path link = socket(runDirectory);
        Path next = link.resolveSibling(link.getFileName() + ".next");
        Files.deleteIfExists(next);
        Files.createSymbolicLink(next, socketPath.getFileName());
        Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Writes Liquidsoap's script and says how to start it, beside the one of the other lane.
     *
     * @throws IOException when it is not installed, the standby programme can't be read or the script can't be written; the
     *     message says what to do
     */
    public ProcessSpec prepareBeside() throws IOException {
        Path program = installed.find(config.programs().liquidsoap());
        standby.requireReadable();
        requireShortSocketPath();
        Files.createDirectories(home);
        Path file = runDirectory.resolve(lane.named("radio") + ".liq");
        Library library = installed.library(program);
        PrivateFile.write(file, script.render(library));
        // One that was left behind would answer nothing, and hide that the new one isn't there yet.
        Files.deleteIfExists(socketPath);
        return new ProcessSpec(
                process(), arguments(program, library, file.toString()), installed.environment(home), runDirectory);
    }

    private static List<String> arguments(Path program, Library library, String... rest) {
        List<String> arguments = new ArrayList<>(List.of(program.toString()));
        if (library != Library.WHOLE) {
            arguments.add("--no-stdlib");
        }
        arguments.addAll(List.of(rest));
        return arguments;
    }

    /** All that it is given, for comparison with another configuration's; holds passwords. */
    public String given() {
        return config.programs().liquidsoap() + '\n' + script.render(Library.WHOLE);
    }

    private void requireShortSocketPath() throws IOException {
        if (socketPath.toString().getBytes(StandardCharsets.UTF_8).length > MAXIMUM_SOCKET_PATH) {
            throw new IOException(socketPath + " is longer than the " + MAXIMUM_SOCKET_PATH
                    + " bytes that a Unix socket's path can have: use a shorter runtime directory");
        }
    }

    /**
     * Asks the installed program for its version, such as {@code Liquidsoap 2.1.3}. Blocks for up to some seconds.
     *
     * @throws IOException when it is not installed, or older than 2.1
     */
    public String version() throws IOException {
        return installed.version(config.programs().liquidsoap());
    }

    /**
     * Lets the installed program check the script this configuration makes, without a sound. Blocks for up to a minute; safe
     * from any thread.
     *
     * @return what it found wrong, for people; empty when nothing
     * @throws IOException when it can't be asked
     */
    public Optional<String> check() throws IOException {
        Path program = installed.find(config.programs().liquidsoap());
        standby.requireReadable();
        Path directory = Files.createTempDirectory("relay-supervisor-check");
        Path file = directory.resolve("radio.liq");
        try {
            Library library = installed.library(program);
            PrivateFile.write(file, script.render(library));
            // Its own HOME, so that a check leaves nothing in the radio's, least of all files of another user.
            ShortRun run = ShortRun.of(
                    arguments(program, library, "--check", file.toString()),
                    installed.environment(directory),
                    CHECK_TIMEOUT);
            return run.code() == 0
                    ? Optional.empty()
                    : Optional.of(masked(run.output().strip(), directory));
        } finally {
            Directories.delete(directory);
        }
    }

    /** Liquidsoap quotes the line it finds wrong, which may hold a password. */
    private String masked(String output, Path directory) {
        String text = output.replace(directory + "/", "");
        for (Secret secret : script.secrets()) {
            if (secret.reveal().isEmpty()) {
                continue;
            }
            text = text.replace(secret.reveal(), "***").replace(Literals.liquidsoap(secret.reveal()), "***");
        }
        return text;
    }

    /** A probe that passes once this process answers and each mount has a source on Icecast. */
    public void ready(long pid) throws Exception {
        socket.ask("relay.on_air");
        IcecastStats stats = observed.stats().call();
        for (RelayConfig.Mount mount : config.mounts()) {
            if (!observed.connected().test(mount.path())) {
                throw new IOException("it has not connected to " + mount.path() + " yet");
            }
            if (stats.sources().stream().noneMatch(source -> source.mount().equals(mount.path()))) {
                throw new IOException("Icecast has no source on " + mount.path() + " yet");
            }
        }
        bytesAtLastCheck = observed.sourceBytes().getAsLong();
    }

    /**
     * Asks it for the input that it plays. Blocks for some seconds at most.
     *
     * @param other what the Liquidsoap plays in whose place this one is to come, as far as it is known
     * @throws IOException when it doesn't answer, or plays something less preferred than the other; the message says which
     */
    public String onAirAsGoodAs(Optional<OnAir> other) throws IOException {
        OnAirAnswer answer = OnAirAnswer.parse(socket.ask("relay.on_air"));
        Optional<String> worse = other.flatMap(answer::worseThan);
        if (worse.isPresent()) {
            throw new IOException(worse.get());
        }
        return answer.source();
    }

    /**
     * A probe that passes when Liquidsoap answers and has sent audio since the last time. The answer alone says little: it goes
     * on answering while the clock of the audio stands still.
     */
    public void alive(long pid) throws IOException {
        socket.ask("relay.on_air");
        long bytes = observed.sourceBytes().getAsLong();
        boolean stands = bytes == bytesAtLastCheck && observed.takesAudio().getAsBoolean();
        bytesAtLastCheck = bytes;
        if (stands) {
            throw new IOException("answers, but sends no audio");
        }
    }
}
