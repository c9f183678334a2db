package org.relaysupervisor.process;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a path is on. The kernel is asked of the file itself: Java's {@code FileStore} looks for its name in the table of mounts, where a path
 * through another process's root is another file's, or none's.
 *
 * @param device equal for two files exactly when they share one file system
 * @param inMemory whether it has no disk at all
 */
public record FileSystem(long device, boolean inMemory) {
    /** @throws IOException when there is no such file, or its file system does not answer */
    public static FileSystem of(Path path) throws IOException {
        long type = type(path);
        return new FileSystem(
                ((Number) Files.getAttribute(path, "unix:dev")).longValue(),
                type == LibC.TMPFS_MAGIC || type == LibC.RAMFS_MAGIC);
    }

    private static long type(Path path) throws IOException {
        try (Memory answer = new Memory(LibC.STATFS_BYTES)) {
            while (LibC.statfs(LibC.string(path.toString()), answer) != 0) {
                int errno = Native.getLastError();
                if (errno != LibC.EINTR) {
                    throw new IOException(path + ": " + LibC.errorName(errno));
                }
            }
            return answer.getLong(0);
        }
    }
}
