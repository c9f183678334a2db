package org.relaysupervisor.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.relaysupervisor.files.DurableFile;

/**
 * A file that readers always find whole, and that only those replace who know what is in it. One at a time does so, also of several
 * processes and, where the file system has locks, of several machines.
 */
final class PublishedFile {
    /** Hidden, and so no key's. */
    private static final String LOCK = ".published.lock";

    private final Path file;
    private final ReentrantLock here;

    /** @param here the store's: the kernel's locks are for other processes only */
    PublishedFile(Path file, ReentrantLock here) {
        this.file = file;
        this.here = here;
    }

    /** The checksum: whoever read the same bytes knows the version. */
    static String version(byte[] bytes) {
        return ContentDigest.of(bytes).md5();
    }

    Optional<PublishedText> text() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(PublishedText.LONGEST + 1);
            return Optional.of(new PublishedText(PublishedText.read(new ByteArrayInputStream(bytes)), version(bytes)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * @param replaced the version that must be there; empty for none
     * @return false when it isn't, and nothing was done
     */
    boolean replace(byte[] bytes, Optional<String> replaced) throws IOException {
        here.lock();
        try (FileChannel channel = FileChannel.open(
                        file.resolveSibling(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            return lock.isValid() && presentVersion().equals(replaced) && write(bytes);
        } catch (OverlappingFileLockException e) {
            throw new IOException("is being replaced by another store of this process", e);
        } finally {
            here.unlock();
        }
    }

    private Optional<String> presentVersion() throws IOException {
        try {
            return Optional.of(version(Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private boolean write(byte[] bytes) throws IOException {
        Path unfinished = file.resolveSibling(DirectoryObjectStore.UNFINISHED + UUID.randomUUID());
        try {
            DurableFile.create(unfinished, bytes);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
        DurableFile.forceNames(file.getParent());
        return true;
    }
}
