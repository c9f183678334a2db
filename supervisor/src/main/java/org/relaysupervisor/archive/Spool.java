package org.relaysupervisor.archive;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/** The tree of recordings on the spool's disk: {@code SPOOL/recordings/MOUNT/RECORDING/}. */
final class Spool {
    private static final System.Logger log = System.getLogger(Spool.class.getName());

    private final SpoolFiles files;
    private final Path root;

    Spool(SpoolFiles files, Path spool) {
        this.files = files;
        this.root = spool.resolve("recordings");
    }

    Path root() {
        return root;
    }

    SpoolFiles files() {
        return files;
    }

    RecordingDirectory directory(String id) {
        return new RecordingDirectory(files, root.resolve(id));
    }

    /** All that is there, those that began first first; what they are is for {@link Reconciliation} to say. */
    List<RecordingDirectory> directories() throws IOException {
        List<Path> paths = new ArrayList<>();
        for (Path mount : files.list(root)) {
            for (Path recording : files.list(mount)) {
                if (files.isDirectory(recording)) {
                    paths.add(recording);
                }
            }
        }
        paths.sort(Comparator.comparing(path -> path.getFileName().toString()));
        return paths.stream().map(path -> new RecordingDirectory(files, path)).toList();
    }

    static String id(RecordingDirectory directory) {
        Path path = directory.path();
        return path.getParent().getFileName() + "/" + path.getFileName();
    }

    /** Four hexadecimal digits that tell this machine's recordings from those of another one of the same station. */
    String machine(RandomGenerator random) throws IOException {
        files.createDirectories(root);
        Path file = root.resolveSibling("machine");
        if (files.exists(file)) {
            String known = new String(files.bytes(file), StandardCharsets.US_ASCII).strip();
            if (known.matches("[0-9a-f]{4}")) {
                return known;
            }
            log.log(Level.WARNING, "{0} is damaged: it is made again", file);
        }
        String machine = HexFormat.of().toHexDigits((short) random.nextInt());
        files.replace(file, (machine + "\n").getBytes(StandardCharsets.US_ASCII));
        return machine;
    }

    /** Takes away what reading a recording has left behind. */
    void deleteTemporaries() throws IOException {
        for (Path file : files.list(root)) {
            if (file.getFileName().toString().endsWith(SpoolFiles.TEMPORARY)) {
                files.delete(file);
            }
        }
    }
}
