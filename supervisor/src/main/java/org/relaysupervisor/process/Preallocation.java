package org.relaysupervisor.process;

import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Room on a disk that is taken before there is something to write into it. */
public final class Preallocation {
    private static final int OWNER_ONLY = 0600;

    private Preallocation() {}

    /**
     * Makes a file so long, with blocks of the disk under all of it, also where it had holes. What is in it stays. Blocks: writes
     * as many bytes where the file system can't preallocate; one that compresses keeps nothing then.
     *
     * @param length in bytes, at least 1; never makes a file shorter
     * @return false when the disk or the account's quota has no room, the file then being as long as before; a new one is gone
     */
    public static boolean extend(Path file, long length) throws IOException {
        long before = Files.exists(file) ? Files.size(file) : 0;
        int flags = LibC.O_RDWR | LibC.O_CREAT | LibC.O_CLOEXEC;
        int fd = LibC.open(LibC.string(file.toString()), flags, OWNER_ONLY);
        if (fd < 0) {
            return taken(file, Native.getLastError());
        }
        boolean extended = false;
        try {
            extended = taken(file, allocate(fd, length));
        } finally {
            if (!extended) {
                LibC.ftruncate(fd, before);
            }
            LibC.close(fd);
            if (!extended && before == 0) {
                Files.deleteIfExists(file);
            }
        }
        return extended;
    }

    private static int allocate(int fd, long length) {
        int errno;
        do {
            errno = LibC.posix_fallocate(fd, 0, length);
        } while (errno == LibC.EINTR);
        return errno;
    }

    private static boolean taken(Path file, int errno) throws IOException {
        if (errno == LibC.ENOSPC || errno == LibC.EDQUOT) {
            return false;
        }
        if (errno != 0) {
            throw new IOException("cannot set room aside in " + file + ": " + LibC.errorName(errno));
        }
        return true;
    }
}
