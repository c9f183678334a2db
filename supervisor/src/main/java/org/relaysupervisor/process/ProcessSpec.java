package org.relaysupervisor.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What to run. The child gets exactly this environment and nothing of the daemon's own, so no secret leaks into it.
 *
 * @param name the child's name, as in {@code status} and in the log
 * @param argv the program's absolute path, then its arguments; never a secret
 * @param environment the whole environment of the child
 * @param workingDirectory an existing directory
 */
public record ProcessSpec(String name, List<String> argv, Map<String, String> environment, Path workingDirectory) {
    public ProcessSpec {
        argv = List.copyOf(argv);
        environment = Map.copyOf(environment);
        if (argv.isEmpty()) {
            throw new IllegalArgumentException("argv is empty");
        }
    }
}
