package org.relaysupervisor.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.relaysupervisor.process.Preallocation;

/** The real one. Its two files are hidden, and beside the directories of the recorder and the archive. */
final class SpoolVolume implements Volume {
    private final Path spool;
    private final Path reserve;
    private final Path probe;

    /** @param spool made when it is missing */
    SpoolVolume(Path spool) {
        this.spool = spool;
        this.reserve = spool.resolve(".reserve");
        this.probe = spool.resolve(".probe");
    }

    @Override
    public long usable() throws IOException {
        Files.createDirectories(spool);
        long usable = spool.toFile().getUsableSpace();
        // Java says 0 also when it can't be known.
        if (usable == 0 && !Files.isDirectory(spool)) {
            throw new NoSuchFileException(spool.toString());
        }
        return usable;
    }

    @Override
    public long reserved() throws IOException {
        return Files.exists(reserve) ? Files.size(reserve) : 0;
    }

    @Override
    public boolean reserve(long bytes) throws IOException {
        return Preallocation.extend(reserve, bytes);
    }

    @Override
    public void release() throws IOException {
        Files.deleteIfExists(reserve);
    }

    @Override
    public boolean takes(long bytes) throws IOException {
        try {
            return Preallocation.extend(probe, bytes);
        } finally {
            Files.deleteIfExists(probe);
        }
    }
}
