package org.relaysupervisor.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.relaysupervisor.files.DurableFile;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.store.StoreException.Reason;

/**
 * A directory, such as on a mounted disk. On the spool's own file system an object is a second name of the spool's file, and no byte is
 * copied; this is right because a finished file of the spool is never written to again.
 */
final class DirectoryObjectStore implements ObjectStore {
    /** Hidden, and so no key's. */
    static final String UNFINISHED = ".unfinished-";

    private final Path root;
    private final DirectoryMarker marker;
    private final Bandwidth bandwidth;
    private final Clock clock;
    private final ReentrantLock publishing = new ReentrantLock();

    private DirectoryObjectStore(Path root, DirectoryMarker marker, Bandwidth bandwidth, Clock clock) {
        this.root = root;
        this.marker = marker;
        this.bandwidth = bandwidth;
        this.clock = clock;
    }

    /** One that an operator has named: it must be there, since a disk that is not mounted must not be mistaken for it. */
    static DirectoryObjectStore configured(Path root, Path state, Bandwidth bandwidth, Clock clock) {
        return new DirectoryObjectStore(root, new DirectoryMarker(root, state), bandwidth, clock);
    }

    /** One of our own, made when it is first needed. */
    static DirectoryObjectStore embedded(Path root, Bandwidth bandwidth, Clock clock) {
        return new DirectoryObjectStore(root, null, bandwidth, clock);
    }

    @Override
    public String description() {
        return "directory " + root;
    }

    @FunctionalInterface
    private interface Work<T> {
        T run(Path file) throws IOException, StoreException, InterruptedException;
    }

    private <T> T on(String key, Work<T> work) throws StoreException, InterruptedException {
        Path file = root.resolve(key);
        try {
            if (marker != null) {
                marker.check();
            } else {
                Files.createDirectories(root);
            }
            return work.run(file);
        } catch (IOException e) {
            throw Failures.ofDirectory(root, file, e);
        }
    }

    @Override
    public void put(String key, Path file, Content content) throws StoreException, InterruptedException {
        on(Keys.checked(key), object -> {
            refuseExisting(object);
            makeDirectories(object.getParent());
            try {
                if (!link(object, file, content)) {
                    copy(file, object, content);
                }
            } catch (FileAlreadyExistsException e) {
                refuseExisting(object);
                throw e;
            }
            DurableFile.forceNames(object.getParent());
            return null;
        });
    }

    private void refuseExisting(Path object) throws StoreException {
        if (Files.exists(object, LinkOption.NOFOLLOW_LINKS)) {
            throw new StoreException(
                    Reason.CONFLICT, "directory " + root + ": there is a file " + root.relativize(object) + " already");
        }
    }

    /** New directories, each of them synced into the one above. */
    private void makeDirectories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        makeDirectories(directory.getParent());
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
        DurableFile.forceNames(directory.getParent());
    }

    /** Whether that could be done: not across file systems, nor on one without links. */
    private static boolean link(Path object, Path file, Content content)
            throws IOException, StoreException, InterruptedException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            checkLength(file, in.size(), content);
            in.force(true);
        } catch (IOException e) {
            throw Failures.ofSpool(file, e);
        }
        try {
            Files.createLink(object, file);
            return true;
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (FileSystemException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static void checkLength(Path file, long length, Content content) throws StoreException {
        if (length != content.length()) {
            throw new StoreException(
                    Reason.LOCAL_IO,
                    file + ": has " + length + " bytes, and had " + content.length()
                            + " when it was finished; look at its disk");
        }
    }

    private void copy(Path file, Path object, Content content)
            throws IOException, StoreException, InterruptedException {
        Path unfinished = object.resolveSibling(UNFINISHED + UUID.randomUUID());
        try (FileChannel out = FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            copy(file, out, content);
            out.force(true);
            give(unfinished, object);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private void copy(Path file, FileChannel out, Content content)
            throws IOException, StoreException, InterruptedException {
        byte[] block = new byte[Bandwidth.LARGEST_BLOCK];
        try (FileSection in = open(file, content)) {
            for (int count = read(in, block, file); count > 0; count = read(in, block, file)) {
                ByteBuffer bytes = ByteBuffer.wrap(block, 0, count);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
            }
        }
    }

    private FileSection open(Path file, Content content) throws StoreException, InterruptedException {
        try {
            return FileSection.toSend(file, 0, content.length(), bandwidth);
        } catch (IOException e) {
            throw Failures.ofSpool(file, e);
        }
    }

    private static int read(FileSection in, byte[] block, Path file) throws StoreException, InterruptedException {
        try {
            return in.read(block, 0, block.length);
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while copying " + file);
            }
            throw Failures.ofSpool(file, e);
        }
    }

    /** A link, unlike a rename, never replaces what somebody else made meanwhile. File systems without links have one user: us. */
    private void give(Path unfinished, Path object) throws IOException, StoreException {
        try {
            Files.createLink(object, unfinished);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (FileSystemException | UnsupportedOperationException e) {
            refuseExisting(object);
            Files.move(unfinished, object);
        }
    }

    @Override
    public Presence compare(String key, Path file, Content content) throws StoreException, InterruptedException {
        return on(Keys.checked(key), object -> {
            if (!Files.exists(object, LinkOption.NOFOLLOW_LINKS)) {
                return Presence.ABSENT;
            }
            if (!Files.isRegularFile(object) || Files.size(object) != content.length()) {
                return Presence.DIFFERENT;
            }
            try (InputStream in = FileSection.toRead(object, 0, content.length())) {
                return Digests.isOf(in, content) ? Presence.SAME : Presence.DIFFERENT;
            }
        });
    }

    @Override
    public InputStream read(String key) throws StoreException, InterruptedException {
        return on(Keys.checked(key), object -> {
            try {
                return Files.newInputStream(object);
            } catch (NoSuchFileException e) {
                throw new StoreException(Reason.SERVER, "directory " + root + ": there is no file " + key, e);
            }
        });
    }

    @Override
    public List<String> list(String prefix) throws StoreException, InterruptedException {
        Keys.checkedBeginning(prefix);
        String directory = prefix.substring(0, prefix.lastIndexOf('/') + 1);
        return on(directory, top -> {
            List<String> keys = new ArrayList<>();
            walk(top, (file, attributes) -> {
                String key = root.relativize(file).toString();
                if (key.startsWith(prefix) && !file.getFileName().toString().startsWith(".")) {
                    keys.add(key);
                }
                return keys.size() <= Keys.MOST_LISTED;
            });
            if (keys.size() > Keys.MOST_LISTED) {
                throw new StoreException(
                        Reason.SERVER,
                        "directory " + root + ": more than " + Keys.MOST_LISTED + " files in " + directory);
            }
            keys.sort(null);
            return keys;
        });
    }

    @Override
    public String publish(String key, byte[] bytes, WebHeaders headers, Optional<String> replaced)
            throws StoreException, InterruptedException {
        return on(Keys.checked(key), object -> {
            makeDirectories(object.getParent());
            if (new PublishedFile(object, publishing).replace(bytes, replaced)) {
                return PublishedFile.version(bytes);
            }
            throw new StoreException(
                    Reason.CONFLICT, "directory " + root + ": " + key + " is not the one that was to be replaced");
        });
    }

    @Override
    public Optional<PublishedText> published(String key) throws StoreException, InterruptedException {
        return on(Keys.checked(key), object -> new PublishedFile(object, publishing).text());
    }

    @Override
    public void delete(String key) throws StoreException, InterruptedException {
        on(Keys.checked(key), Files::deleteIfExists);
    }

    @Override
    public void abortAbandoned(Duration age) throws StoreException, InterruptedException {
        Instant before = clock.now().minus(age);
        on("", top -> {
            walk(top, (file, attributes) -> {
                boolean unfinished = file.getFileName().toString().startsWith(UNFINISHED);
                if (unfinished && attributes.lastModifiedTime().toInstant().isBefore(before)) {
                    Files.deleteIfExists(file);
                }
                return true;
            });
            return null;
        });
    }

    @FunctionalInterface
    private interface Visit {
        /** Whether to go on. */
        boolean of(Path file, BasicFileAttributes attributes) throws IOException;
    }

    private static void walk(Path top, Visit visit) throws IOException {
        if (!Files.isDirectory(top)) {
            return;
        }
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                boolean goOn = !attributes.isRegularFile() || visit.of(file, attributes);
                return goOn ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
            }
        });
    }

    @Override
    public void close() {
        // Nothing is kept open.
    }
}
