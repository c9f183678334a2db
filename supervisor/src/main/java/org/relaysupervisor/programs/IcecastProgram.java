package org.relaysupervisor.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.ProcessSpec;
import org.relaysupervisor.process.ShortRun;

/** How Icecast is configured, started and asked. Immutable; the probes may run on any thread, one at a time. */
public final class IcecastProgram {
    /** The child's name. */
    public static final String NAME = "icecast";
    /**
     * From the LISTEN row to the first connection. Icecast 2.4.4 and 2.5.0 can crash when one comes at the very moment they begin
     * to listen. Of 2.4.4, none of 300 starts did when it came 20 ms or more later; of 2.5.0, one of 60 after 20 ms, none of 180
     * after 100 ms.
     */
    public static final Duration SETTLE = Duration.ofMillis(100);

    private static final String ADVICE = "apt install icecast2, or set programs.icecast in relay.yaml";
    private static final Duration VERSION_TIMEOUT = Duration.ofSeconds(5);
    private static final Template TEMPLATE = ShippedTemplates.load("icecast.xml");

    private final RelayConfig config;
    private final Secret sourcePassword;
    private final Secret adminPassword;
    private final Path runDirectory;
    private final Executables executables;
    private final Listening listening;
    private final IcecastAdmin admin;

    /** Looks at the kernel's socket tables, without connecting. */
    @FunctionalInterface
    public interface Listening {
        /** Whether a socket of this process listens on the TCP port. */
        boolean listens(long pid, int port) throws IOException;
    }

    /** @param runDirectory where its configuration is written; made when missing */
    public IcecastProgram(
            RelayConfig config,
            Secret sourcePassword,
            Secret adminPassword,
            Path runDirectory,
            Executables executables,
            Listening listening) {
        this.config = config;
        this.sourcePassword = sourcePassword;
        this.adminPassword = adminPassword;
        this.runDirectory = runDirectory;
        this.executables = executables;
        this.listening = listening;
        this.admin = new IcecastAdmin(config.icecast().port(), adminPassword);
    }

    /**
     * Writes Icecast's configuration and says how to start it.
     *
     * @throws IOException when it is not installed or the file can't be written; the message says what to do
     */
    public ProcessSpec prepare() throws IOException {
        Path program = executables.find(config.programs().icecast(), ADVICE);
        Path file = runDirectory.resolve("icecast.xml");
        PrivateFile.write(file, render(share(program)));
        return new ProcessSpec(NAME, List.of(program.toString(), "-c", file.toString()), environment(), runDirectory);
    }

    private Map<String, String> environment() {
        return Map.of("PATH", executables.searchPath(), "LANG", "C.UTF-8", "HOME", runDirectory.toString());
    }

    /** All that it is given, for comparison with another configuration's; holds passwords. */
    public String given() {
        return config.programs().icecast() + '\n' + render(Optional.empty());
    }

    String render(Optional<Path> share) {
        RelayConfig.Icecast icecast = config.icecast();
        Values values = new Values()
                .text("station", Literals.oneLine(config.station().name()))
                .number("clients", icecast.clients())
                // One spare each, for a source that comes back while Icecast still holds the old connection.
                .number("sources", 2L * config.mounts().size())
                .number("queue", icecast.queue())
                .number("burst", icecast.burst())
                .number("sourceTimeout", Math.max(1, icecast.sourceTimeout().toSeconds()))
                .text("sourcePassword", sourcePassword.reveal())
                .text("adminPassword", adminPassword.reveal())
                .number("port", icecast.port())
                .text("run", runDirectory.toAbsolutePath().toString())
                .optionalText("share", share.map(Path::toString));
        return TEMPLATE.render(values, Literals::xml);
    }

    /** The directory with Icecast's own pages: beside the program's, or where distributions put it. */
    private static Optional<Path> share(Path program) {
        Path prefix = program.resolve("../..").normalize();
        return Stream.of(
                        prefix.resolve("share/icecast2"),
                        prefix.resolve("share/icecast"),
                        Path.of("/usr/share/icecast2"),
                        Path.of("/usr/share/icecast"),
                        Path.of("/usr/local/share/icecast"))
                .filter(directory -> Files.isDirectory(directory.resolve("admin")))
                .findFirst();
    }

    /**
     * Asks the installed program for its version, such as {@code Icecast 2.4.4}. Blocks for up to some seconds.
     *
     * @throws IOException when it is not installed or doesn't say
     */
    public String version() throws IOException {
        Path program = executables.find(config.programs().icecast(), ADVICE);
        ShortRun run = ShortRun.of(List.of(program.toString(), "-v"), environment(), VERSION_TIMEOUT);
        String line = run.output().lines().findFirst().orElse("").strip();
        if (!line.regionMatches(true, 0, "icecast", 0, "icecast".length())) {
            throw new IOException(program + " is not Icecast: -v printed \"" + line + "\"; " + ADVICE);
        }
        return line;
    }

    /** A probe that passes once the process listens on its port, as seen in the kernel's tables. */
    public void listening(long pid) throws IOException {
        int port = config.icecast().port();
        if (!listening.listens(pid, port)) {
            throw new IOException("does not listen on 127.0.0.1:" + port + " yet");
        }
    }

    /**
     * A probe that passes once Icecast listens and, asked once after {@link #SETTLE}, answers.
     *
     * @param newest told its statistics
     */
    public void ready(long pid, Consumer<IcecastStats> newest) throws IOException {
        listening(pid);
        LockSupport.parkNanos(SETTLE.toNanos());
        newest.accept(stats());
    }

    /**
     * A probe that passes when Icecast answers at all: to be full is not to be hung.
     *
     * @param newest told its statistics, when it gave them
     */
    public void alive(Consumer<IcecastStats> newest) throws IOException {
        try {
            newest.accept(stats());
        } catch (IcecastAdmin.RefusedException e) {
            // It works, and has said so.
        }
    }

    /**
     * Asks a running Icecast for its statistics. Blocks for up to some seconds; safe from any thread.
     *
     * @throws IOException when it doesn't answer in time, or refuses because its client limit is reached
     */
    public IcecastStats stats() throws IOException {
        return StatsXml.parse(admin.get("/admin/stats"));
    }
}
