package org.relaysupervisor.drill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.relaysupervisor.process.FileSystem;
import org.relaysupervisor.process.Preallocation;

/** The spool's disk is full: a file there takes all the room there is, and what is given up meanwhile as well. */
final class DiskFault implements Fault {
    /** Bytes; how finely it is searched for what can be taken. */
    private static final long STEP = 64 << 10;

    private final Path spool;
    private final Path ballast;

    DiskFault(Path spool) {
        this.spool = spool;
        this.ballast = spool.resolve(".drill");
    }

    @Override
    public String what() {
        return "the disk of " + spool + " is full";
    }

    @Override
    public Optional<String> impossible() {
        return Files.isDirectory(spool) ? Optional.empty() : Optional.of("there is no " + spool + " yet");
    }

    @Override
    public Optional<String> risk() {
        try {
            FileSystem disk = FileSystem.of(spool);
            if (disk.device() == FileSystem.of(Path.of("/")).device()) {
                return Optional.of("the spool is on the disk of the whole machine, and all that writes there would"
                        + " suffer: give recording.spool a file system of its own");
            }
            return disk.inMemory() ? Optional.of("the spool is in memory, which would be filled") : Optional.empty();
        } catch (IOException e) {
            return Optional.of("what else is on the spool's disk is not known: " + e.getMessage());
        }
    }

    @Override
    public void begin() throws IOException {
        keep();
    }

    @Override
    public void keep() throws IOException {
        long usable = spool.toFile().getUsableSpace();
        long taken = Files.exists(ballast) ? Files.size(ballast) : 0;
        // A file system may keep some of it for its own notes, and others may be quicker: then a little less is taken.
        long left = 0;
        while (left < usable && !Preallocation.extend(ballast, taken + usable - left)) {
            left = Math.max(STEP, 4 * left);
        }
    }

    @Override
    public void repair() throws IOException {
        Files.deleteIfExists(ballast);
    }
}
