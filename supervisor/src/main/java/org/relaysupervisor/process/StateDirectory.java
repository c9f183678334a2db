package org.relaysupervisor.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The directory that holds all the daemon keeps: one layout, one daemon at a time. Opened first thing, because it also names the
 * place from which native libraries are loaded.
 */
public final class StateDirectory implements AutoCloseable {
    /** The layout that this daemon writes and understands. */
    static final int LAYOUT = 1;

    /** What the native libraries need when they are unpacked, with room to spare. */
    private static final int NATIVE_BYTES = 1 << 20;

    private final Path root;
    private final FileChannel lockFile;

    private StateDirectory(Path root, FileChannel lockFile) {
        this.root = root;
        this.lockFile = lockFile;
    }

    /**
     * Makes what is missing and locks the directory until {@link #close}, or the end of the daemon however it comes.
     *
     * @throws IOException with a message that says what to do: another daemon uses it, a newer version wrote it, it can't be
     *     written, its disk is full, nothing can be executed from it
     */
    public static StateDirectory open(Path directory) throws IOException {
        Path root = directory.toAbsolutePath().normalize();
        try {
            makeDirectory(root, "rwxr-x---");
            FileChannel lockFile = lock(root);
            try {
                checkLayout(root.resolve("version"));
                makeDirectory(root.resolve("run"), "rwx------");
                makeDirectory(root.resolve("secrets"), "rwx------");
                makeDirectory(root.resolve("native"), "rwx------");
                makeDirectory(root.resolve("recordings"), "rwxr-x---");
                makeDirectory(root.resolve("logs"), "rwxr-x---");
                prepareNatives(root.resolve("native"));
                return new StateDirectory(root, lockFile);
            } catch (IOException | RuntimeException e) {
                lockFile.close();
                throw e;
            }
        } catch (FileSystemException e) {
            throw new IOException(explain(root, e), e);
        } catch (IOException e) {
            if (isFull(root, e)) {
                throw new IOException(fullDisk(root), e);
            }
            throw e;
        }
    }

    private static void makeDirectory(Path directory, String mode) throws IOException {
        var permissions = PosixFilePermissions.fromString(mode);
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, permissions);
        } else if (mode.endsWith("------")
                && !Files.getPosixFilePermissions(directory).equals(permissions)) {
            Files.setPosixFilePermissions(directory, permissions);
        }
    }

    private static FileChannel lock(Path root) throws IOException {
        FileChannel file = FileChannel.open(
                root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (tryLock(file) == null) {
                throw new IOException("another relay-supervisor" + holder(file) + " is using " + root
                        + ": stop it, or choose another state directory");
            }
            file.truncate(0);
            writePid(file, root);
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    private static void writePid(FileChannel file, Path root) throws IOException {
        try {
            byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
            file.write(ByteBuffer.wrap(pid), 0);
        } catch (IOException e) {
            // The pid only makes a better message; a full disk is spoken of below.
            if (!isFull(root, e)) {
                throw e;
            }
        }
    }

    private static String holder(FileChannel file) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(20);
        int length = Math.max(0, file.read(content, 0));
        String pid = new String(content.array(), 0, length, StandardCharsets.US_ASCII).strip();
        return pid.matches("\\d+") ? " (pid " + pid + ")" : "";
    }

    private static void checkLayout(Path file) throws IOException {
        if (!Files.exists(file)) {
            Files.writeString(file, LAYOUT + "\n");
            return;
        }
        String content = Files.readString(file).strip();
        // Empty when the disk was full as it was first written.
        if (content.isEmpty()) {
            Files.writeString(file, LAYOUT + "\n");
        } else if (!content.matches("\\d{1,9}")) {
            throw new IOException(file + " is damaged: it should hold the number " + LAYOUT + ", but it holds \""
                    + LineSplitter.printable(content.substring(0, Math.min(20, content.length()))) + "\"");
        } else if (Integer.parseInt(content) > LAYOUT) {
            throw new IOException(file.getParent() + " was written by a newer relay-supervisor (layout " + content
                    + ", this one knows " + LAYOUT + "): upgrade this one, or choose another state directory");
        }
    }

    /** A systemd unit, a hardened server and many a container mount /tmp noexec, and then no library there can be loaded. */
    private static void prepareNatives(Path natives) throws IOException {
        try (DirectoryStream<Path> leftBehind = Files.newDirectoryStream(natives)) {
            for (Path file : leftBehind) {
                Files.delete(file);
            }
        }
        Path trial = natives.resolve("trial");
        try {
            Files.write(trial, new byte[NATIVE_BYTES]);
            Files.setPosixFilePermissions(trial, PosixFilePermissions.fromString("rwx------"));
            // On a noexec mount access(2) denies execution whatever the mode says.
            if (!Files.isExecutable(trial)) {
                throw new IOException(natives
                        + " is on a file system mounted noexec, so native libraries can't be loaded from it:"
                        + " mount it exec, or choose another state directory");
            }
        } finally {
            Files.deleteIfExists(trial);
        }
        System.setProperty("jna.tmpdir", natives.toString());
        System.setProperty("io.netty.native.workdir", natives.toString());
    }

    private static String explain(Path root, FileSystemException e) {
        if (isFull(root, e)) {
            return fullDisk(root);
        }
        String path = e.getFile() == null ? root.toString() : e.getFile();
        String reason = e instanceof AccessDeniedException ? "permission denied" : e.getMessage();
        return "the state directory " + root + " can't be used by " + System.getProperty("user.name") + ": " + path
                + ": " + reason + ": make it with that owner, or choose another state directory";
    }

    private static String fullDisk(Path root) {
        return "the disk that holds " + root + " is full: free at least " + (NATIVE_BYTES >> 20)
                + " MiB there, old recordings for example";
    }

    /** The kernel's reason reaches Java only as a text in the operator's language, so the space that is left is looked at too. */
    private static boolean isFull(Path root, IOException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("No space left on device") || message.contains("Disk quota exceeded")) {
            return true;
        }
        try {
            return !(e instanceof AccessDeniedException)
                    && Files.isDirectory(root)
                    && Files.getFileStore(root).getUsableSpace() < NATIVE_BYTES;
        } catch (IOException unknown) {
            return false;
        }
    }

    public Path root() {
        return root;
    }

    /** FIFOs, process records, rendered files and sockets; mode 0700. */
    public Path run() {
        return root.resolve("run");
    }

    /** Generated secrets; mode 0700. */
    public Path secrets() {
        return root.resolve("secrets");
    }

    /** Where recordings are until the store has them, unless the configuration says otherwise. */
    public Path spool() {
        return root.resolve("spool");
    }

    public Path recordings() {
        return root.resolve("recordings");
    }

    public Path logs() {
        return root.resolve("logs");
    }

    /** Where native libraries are unpacked to. */
    public Path natives() {
        return root.resolve("native");
    }

    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
