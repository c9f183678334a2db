package org.relaysupervisor.drill;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** A file with the name of the drill that is on, so that the daemon's next life mends what this one leaves broken. */
public record Trace(Path file) {
    private static final Logger log = System.getLogger(Trace.class.getName());

    Optional<String> read() {
        try {
            return Optional.of(Files.readString(file, StandardCharsets.UTF_8).strip());
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException e) {
            log.log(Level.WARNING, "whether a drill was on can't be read from " + file + ": " + e);
            return Optional.empty();
        }
    }

    void write(String name) throws IOException {
        Files.writeString(file, name + '\n', StandardCharsets.UTF_8);
    }

    void clear() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.log(Level.WARNING, file + " can't be removed; the drill is repaired once more at the next start: " + e);
        }
    }
}
