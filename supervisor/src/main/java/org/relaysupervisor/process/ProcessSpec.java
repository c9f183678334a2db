package org.relaysupervisor.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What to run. The child gets exactly this environment and nothing of the daemon's own, so no secret leaks into it.
 *
 * @param name the child's name, as in {@code status} and in the log
 * @param argv the program's absolute path, then its arguments; never a secret
 * @param environment the whole environment of the child
 * @param workingDirectory an existing directory
 * @param lasting what a later daemon must give as well to take the process over; empty: it ends the process
 */
public record ProcessSpec(
        String name,
        List<String> argv,
        Map<String, String> environment,
        Path workingDirectory,
        Optional<Fingerprint> lasting) {
    public ProcessSpec {
        argv = List.copyOf(argv);
        environment = Map.copyOf(environment);
        if (argv.isEmpty()) {
            throw new IllegalArgumentException("argv is empty");
        }
    }

    /** A process that no later daemon takes over. */
    public ProcessSpec(String name, List<String> argv, Map<String, String> environment, Path workingDirectory) {
        this(name, argv, environment, workingDirectory, Optional.empty());
    }

    /** The same, but to be taken over by a later daemon that would give it the same. */
    public ProcessSpec lasting(Fingerprint given) {
        return new ProcessSpec(name, argv, environment, workingDirectory, Optional.of(given));
    }
}
