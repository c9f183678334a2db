package org.relaysupervisor.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

/** Files that are on the disk when the call returns, whatever happens to the machine then. */
public final class DurableFile {
    private DurableFile() {}

    /**
     * Puts a file in place: it is always there as a whole, the new one or the one before. One at a time for each path.
     *
     * @param attributes which it has from the moment it exists
     */
    public static void replace(Path path, byte[] bytes, FileAttribute<?>... attributes) throws IOException {
        Path unfinished = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(unfinished);
        create(unfinished, bytes, attributes);
        Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceNames(path.toAbsolutePath().getParent());
    }

    /** Makes a file that isn't there; its name is on the disk after {@link #forceNames}. */
    public static void create(Path path, byte[] bytes, FileAttribute<?>... attributes) throws IOException {
        try (FileChannel out =
                FileChannel.open(path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
            writeAt(out, 0, bytes);
            out.force(true);
        }
    }

    public static void writeAt(FileChannel out, long position, byte[] bytes) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            out.write(left, position + left.position());
        }
    }

    /** What was made, renamed or deleted in a directory. */
    public static void forceNames(Path directory) throws IOException {
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        }
    }
}
