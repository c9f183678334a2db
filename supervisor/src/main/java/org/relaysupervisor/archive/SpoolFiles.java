package org.relaysupervisor.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * All that the archive does to the spool's disk: each method is one step between two of which everything may end. Nothing is durable
 * before it was synced; a rename is atomic.
 */
interface SpoolFiles {
    /** Sorted by name; none when there is no such directory. */
    List<Path> list(Path directory) throws IOException;

    boolean exists(Path file);

    boolean isDirectory(Path file);

    /** In bytes. */
    long size(Path file) throws IOException;

    InputStream read(Path file) throws IOException;

    /** A new file, or an old one made empty. */
    OutputStream create(Path file) throws IOException;

    /** With all above it, durably. */
    void createDirectories(Path directory) throws IOException;

    /** Takes the place of what has the new name: whoever must not, looks first. */
    void rename(Path from, Path to) throws IOException;

    /** A file, or an empty directory; none there is no error. */
    void delete(Path file) throws IOException;

    /** Makes a file's bytes durable, or a directory's names. */
    void sync(Path fileOrDirectory) throws IOException;

    /** Ends what a crash has left of {@link #replace}. */
    String TEMPORARY = ".tmp";

    /** Puts a small file there, whole and durably, or leaves what was there. */
    default void replace(Path file, byte[] content) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
        try (OutputStream out = create(temporary)) {
            out.write(content);
        }
        sync(temporary);
        rename(temporary, file);
        sync(file.getParent());
    }

    /** @throws IOException also when the file is larger than any that the archive writes itself */
    default byte[] bytes(Path file) throws IOException {
        int largest = 64 << 20;
        try (InputStream in = read(file)) {
            byte[] bytes = in.readNBytes(largest + 1);
            if (bytes.length > largest) {
                throw new IOException(file + " is too large to be what its name says");
            }
            return bytes;
        }
    }
}
