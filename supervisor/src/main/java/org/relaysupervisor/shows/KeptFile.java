package org.relaysupervisor.shows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.relaysupervisor.files.DurableFile;

/** A small file of the state directory, always there as a whole: the one written last, or the one before. Mode 0600. */
record KeptFile(Path path) {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** @throws IOException when it can't be read, or is longer than this */
    Optional<byte[]> read(int longest) throws IOException {
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        try (var in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(longest + 1);
            if (bytes.length > longest) {
                throw new IOException(path + " is longer than anything that is written to it");
            }
            return Optional.of(bytes);
        }
    }

    void write(byte[] bytes) throws IOException {
        DurableFile.replace(path, bytes, OWNER_ONLY);
    }

    /** Out of the way, for whoever wants to know what was in it. */
    Path setAside() throws IOException {
        Path aside = path.resolveSibling(path.getFileName() + ".damaged");
        return Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
    }
}
