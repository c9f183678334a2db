package org.relaysupervisor.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds programs as a shell would, so that what is missing is said before anything is started. */
public final class Programs {
    private final String searchPath;

    /** @param searchPath directories separated by colons: the value of {@code PATH} */
    public Programs(String searchPath) {
        this.searchPath = searchPath;
    }

    /**
     * The absolute path of a program.
     *
     * @param program a bare name, looked up in the search path, or a path
     * @throws IOException when there is none or it isn't executable; the message says which and where it was sought
     */
    public Path find(String program) throws IOException {
        if (program.contains("/")) {
            Path path = Path.of(program).toAbsolutePath();
            requireExecutable(path);
            return path;
        }
        for (String directory : searchPath.split(":", -1)) {
            // An empty entry of PATH would mean the current directory, from which nothing is ever run.
            if (!directory.isEmpty()) {
                Path candidate = Path.of(directory, program).toAbsolutePath();
                if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                    return candidate;
                }
            }
        }
        throw new IOException(program + " was not found in PATH (" + searchPath + ")");
    }

    static void requireExecutable(Path program) throws IOException {
        if (!Files.exists(program)) {
            throw new IOException(program + " does not exist");
        }
        if (!Files.isRegularFile(program)) {
            throw new IOException(program + " is not a file");
        }
        if (!Files.isExecutable(program)) {
            throw new IOException(program + " is not executable by " + System.getProperty("user.name")
                    + ": check its mode, the directories above it, and whether the file system is mounted noexec");
        }
    }
}
