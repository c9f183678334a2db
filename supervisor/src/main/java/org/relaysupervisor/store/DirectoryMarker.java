package org.relaysupervisor.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.relaysupervisor.store.StoreException.Reason;

/**
 * Tells a disk from the empty directory it is mounted on: a name that is in a file on the disk, and in the state directory from the first
 * use on.
 */
final class DirectoryMarker {
    private static final String MARKER = ".relay-store";

    private final Path root;
    private final Path remembered;

    DirectoryMarker(Path root, Path state) {
        this.root = root;
        this.remembered = state.resolve("directory-store");
    }

    /** @throws StoreException {@link Reason#NO_BUCKET} when the directory was in use before, and this isn't it */
    void check() throws StoreException, IOException {
        if (!Files.isDirectory(root)) {
            throw new StoreException(
                    Reason.NO_BUCKET,
                    "directory " + root + ": not there; mount its disk, or make it, or mend store.directory");
        }
        String here = text(root.resolve(MARKER));
        String known = text(remembered);
        boolean usedBefore = known.startsWith(root + "\n");
        if (usedBefore && !known.equals(root + "\n" + here)) {
            throw new StoreException(
                    Reason.NO_BUCKET,
                    "directory " + root
                            + ": not the one that was used before; mount its disk, or, when this is the new one, remove "
                            + remembered);
        }
        if (!usedBefore) {
            String name = here.isEmpty() ? mark() : here;
            Files.createDirectories(remembered.getParent());
            Files.writeString(remembered, root + "\n" + name);
        }
    }

    private String mark() throws IOException {
        String name = UUID.randomUUID() + "\n";
        Files.writeString(
                root.resolve(MARKER),
                name,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE,
                StandardOpenOption.SYNC);
        return name;
    }

    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}
