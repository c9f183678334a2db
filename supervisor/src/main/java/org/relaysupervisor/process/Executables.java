package org.relaysupervisor.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.relaysupervisor.config.RelayConfig;

/** Where programs are looked for. Immutable. */
public final class Executables {
    private final String searchPath;
    private final List<Path> directories = new ArrayList<>();

    /** @param searchPath directories with colons between, as in {@code $PATH}; relative ones are left out */
    public Executables(String searchPath) {
        this.searchPath = searchPath;
        for (String directory : searchPath.split(":")) {
            if (directory.startsWith("/")) {
                directories.add(Path.of(directory));
            }
        }
    }

    /** The {@code PATH} that a child gets. */
    public String searchPath() {
        return searchPath;
    }

    /**
     * @param program a name to look up, or an absolute path
     * @param advice what to do when it is missing, as in {@code "apt install icecast2, or set programs.icecast in relay.yaml"}
     * @throws IOException with the advice, when there is no such program
     */
    public Path find(String program, String advice) throws IOException {
        try {
            Path path = Path.of(program);
            if (path.isAbsolute()) {
                return requireExecutable(path, advice);
            }
            for (Path directory : directories) {
                Path candidate = directory.resolve(path);
                if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                    return candidate;
                }
            }
        } catch (InvalidPathException e) {
            throw new IOException(program + " is not the name of a program: " + advice, e);
        }
        throw new IOException(program + " was not found in PATH: " + advice);
    }

    /**
     * ffmpeg, which does several jobs here.
     *
     * @throws IOException that says what to do, when it is not installed
     */
    public Path ffmpeg(RelayConfig.Programs programs) throws IOException {
        return find(programs.ffmpeg(), "apt install ffmpeg, or set programs.ffmpeg in relay.yaml");
    }

    /** @throws IOException with the advice, when the path is no program that this user can run */
    static Path requireExecutable(Path path, String advice) throws IOException {
        if (!Files.exists(path)) {
            throw new IOException(path + " does not exist: " + advice);
        }
        if (!Files.isRegularFile(path)) {
            throw new IOException(path + " is not a file: " + advice);
        }
        if (!Files.isExecutable(path)) {
            throw new IOException(path + " is not executable by " + System.getProperty("user.name") + ": " + advice);
        }
        return path;
    }
}
