package org.relaysupervisor.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The file of a Unix socket. {@code bind} makes it with the mode that the umask leaves, which Java can't set, so it is bound inside
 * a fresh directory that only we may enter, given its group and mode there, and then renamed into place: a bound socket may be
 * renamed, and the rename replaces a stale one in one step.
 */
final class UnixSocket {
    /** {@code sun_path} holds 108 bytes, the last of them zero. */
    static final int MAX_PATH = 107;

    private final Path path;
    private final Path nursery;
    private final Optional<String> group;
    private Object publishedKey;

    private UnixSocket(Path path, Path nursery, Optional<String> group) {
        this.path = path;
        this.nursery = nursery;
        this.group = group;
    }

    /** Checks the place and makes the directory to bind in. */
    static UnixSocket prepare(Path socket, Optional<String> group) throws IOException {
        Path path = socket.toAbsolutePath().normalize();
        Path directory = path.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new IOException("cannot make the socket " + path + ": its directory does not exist");
        }
        requireShort(path, path);
        requireFree(path);
        return new UnixSocket(path, nursery(path, directory), group);
    }

    /** Where to bind. */
    Path bindPath() {
        return nursery.resolve("s");
    }

    /** Gives the bound socket to its group and its place. */
    void publish() throws IOException {
        Path bound = bindPath();
        PosixFileAttributeView view = Files.getFileAttributeView(bound, PosixFileAttributeView.class);
        if (group.isPresent()) {
            view.setGroup(principal(group.get()));
        }
        view.setPermissions(PosixFilePermissions.fromString("rw-rw----"));
        publishedKey = key(bound);
        Files.move(bound, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Removes what is left of the making; never throws. */
    void cleanUp() {
        delete(bindPath());
        delete(nursery);
    }

    /** Removes the socket from its place, unless another has taken that since. */
    void remove() {
        try {
            if (publishedKey != null && publishedKey.equals(key(path))) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            System.getLogger(UnixSocket.class.getName())
                    .log(System.Logger.Level.DEBUG, "the socket is gone already: {0}", e.getMessage());
        }
    }

    private static Object key(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            System.getLogger(UnixSocket.class.getName())
                    .log(System.Logger.Level.WARNING, "cannot remove {0}: {1}", file, e.getMessage());
        }
    }

    private GroupPrincipal principal(String name) throws IOException {
        try {
            return path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(name);
        } catch (UserPrincipalNotFoundException e) {
            throw new IOException("cannot make the socket " + path + ": there is no group " + name, e);
        }
    }

    private static Path nursery(Path path, Path directory) throws IOException {
        Path fresh;
        do {
            int number = ThreadLocalRandom.current().nextInt(0x10000);
            fresh = directory.resolve("." + Integer.toHexString(number));
        } while (Files.exists(fresh, LinkOption.NOFOLLOW_LINKS));
        requireShort(fresh.resolve("s"), path);
        return Files.createDirectory(
                fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private static void requireShort(Path bound, Path wanted) throws IOException {
        int length = bound.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_PATH) {
            throw new IOException("the socket's path is too long: " + length + " bytes, at most " + MAX_PATH
                    + " are possible: " + wanted);
        }
    }

    private static void requireFree(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new IOException("cannot make the socket " + path + ": a file that is no socket is in its place");
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // Without blocking: a program that hangs with a full backlog is there all the same.
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException e) {
            return;
        } catch (IOException e) {
            throw new IOException("cannot make the socket " + path + ": " + e.getMessage(), e);
        }
        throw new IOException("another program answers on " + path + ": does the daemon run already?");
    }
}
