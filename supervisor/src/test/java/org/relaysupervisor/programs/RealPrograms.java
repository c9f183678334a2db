package org.relaysupervisor.programs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.FreePort;
import org.relaysupervisor.process.ProcessSpec;

/** Runs the real programs for a test, as an unprivileged user when the test is root, and ends them all when closed. */
public final class RealPrograms implements AutoCloseable {
    public static final Executables EXECUTABLES = new Executables(System.getenv("PATH"));
    private static final String USER = "nobody";
    private static final boolean ROOT = System.getProperty("user.name").equals("root");

    private final Path logs;
    private final Map<String, Path> outputs = new HashMap<>();
    private final List<Process> started = new ArrayList<>();

    /** @param logs an existing directory for what they print */
    public RealPrograms(Path logs) {
        this.logs = logs;
    }

    /** Starts it with its working directory handed over to the unprivileged user. */
    public Process start(ProcessSpec spec) throws IOException {
        handOver(spec.workingDirectory());
        return start(spec.name(), spec.argv(), spec.environment(), spec.workingDirectory());
    }

    public Process start(String name, List<String> argv) throws IOException {
        return start(name, argv, Map.of("PATH", EXECUTABLES.searchPath()), logs);
    }

    private Process start(String name, List<String> argv, Map<String, String> environment, Path directory)
            throws IOException {
        List<String> command = new ArrayList<>();
        if (ROOT) {
            command.addAll(List.of("setpriv", "--reuid=" + USER, "--regid=nogroup", "--clear-groups"));
        }
        command.addAll(argv);
        Path output = logs.resolve(name + "-" + started.size() + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        started.add(process);
        outputs.put(name, output);
        return process;
    }

    /** What the newest process of this name printed so far. */
    public String output(String name) throws IOException {
        return new String(Files.readAllBytes(outputs.get(name)), StandardCharsets.UTF_8);
    }

    /** Gives a tree to the user that the programs run as. */
    public static void handOver(Path tree) throws IOException {
        if (!ROOT) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            var owner = tree.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER);
            files.forEach(file -> {
                try {
                    Files.setOwner(file, owner);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    public static int freePort() {
        return FreePort.next();
    }

    /** The shipped standby programme, copied to where the unprivileged user can read it. */
    public static Path standby(Path directory) throws IOException {
        Path copy = directory.resolve("standby.mp3");
        Files.copy(Path.of(System.getProperty("relay.checkout", ".."), "relay-config", "standby.mp3"), copy);
        return copy;
    }

    @Override
    public void close() {
        started.forEach(Process::destroyForcibly);
        started.forEach(
                process -> process.onExit().orTimeout(10, TimeUnit.SECONDS).join());
    }
}
