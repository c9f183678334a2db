package org.relaysupervisor.drill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The store refuses every upload: a bucket, because requests are signed with another key; a directory, because its owner may not enter
 * it any more.
 */
final class UploadFault implements Fault {
    private static final Set<PosixFilePermission> OWNERS = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private final Supplier<Optional<Path>> directory;
    private final Keys keys;
    private Optional<Path> closed = Optional.empty();

    /** Which keys a bucket is asked with; with the right ones, any store is tried at once. */
    @FunctionalInterface
    interface Keys {
        void use(boolean right) throws IOException;
    }

    /** @param directory where the store is; empty for a bucket */
    UploadFault(Supplier<Optional<Path>> directory, Keys keys) {
        this.directory = directory;
        this.keys = keys;
    }

    @Override
    public String what() {
        return directory.get().isPresent()
                ? "the store refuses every upload: its directory can't be entered"
                : "the store refuses every upload: requests are signed with a wrong key";
    }

    @Override
    public Optional<String> impossible() {
        return directory
                .get()
                .filter(path -> !Files.isDirectory(path) || !Files.isWritable(path))
                .map(
                        path -> "there is no directory " + path
                                + " that the daemon may write to, so there is nothing to be refused; let a recording be stored first");
    }

    @Override
    public void begin() throws IOException {
        Optional<Path> store = directory.get();
        if (store.isEmpty()) {
            keys.use(false);
            return;
        }
        closed = store;
        change(store.get(), false);
        if (Files.isExecutable(store.get())) {
            throw new IOException(store.get() + " can't be closed to the daemon, which runs as root or has its"
                    + " capabilities: run it as a user of its own");
        }
    }

    @Override
    public void repair() throws IOException {
        Optional<Path> store = closed.or(directory);
        if (store.isPresent() && Files.isDirectory(store.get())) {
            change(store.get(), true);
        }
        closed = Optional.empty();
        keys.use(true);
    }

    private static void change(Path directory, boolean open) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
        boolean changed = open ? permissions.addAll(OWNERS) : permissions.removeAll(OWNERS);
        if (changed) {
            Files.setPosixFilePermissions(directory, permissions);
        }
    }
}
