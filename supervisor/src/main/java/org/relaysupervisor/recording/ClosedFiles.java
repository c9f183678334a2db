package org.relaysupervisor.recording;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import org.relaysupervisor.files.DurableFile;

/**
 * A session's {@code closed.csv}: one line for each file that was closed, also for those that the archive has taken away since. From these,
 * and the files that are still there, each file's place in the feed follows. Lines are only ever added; one that is torn counts as none.
 */
final class ClosedFiles {
    static final String FILE = "closed.csv";

    private final Path path;
    private long end;

    private ClosedFiles(Path path, long end) {
        this.path = path;
        this.end = end;
    }

    static ClosedFiles of(Path session) throws IOException {
        Path path = session.resolve(FILE);
        return new ClosedFiles(path, wholeLines(path).length());
    }

    private static String wholeLines(Path path) throws IOException {
        if (!Files.exists(path)) {
            return "";
        }
        // One byte is one character, so that lengths agree whatever stands there.
        String text = Files.readString(path, StandardCharsets.ISO_8859_1);
        return text.substring(0, text.lastIndexOf('\n') + 1);
    }

    /** By number. */
    Map<Integer, ClosedFile> read() throws IOException {
        Map<Integer, ClosedFile> closed = new TreeMap<>();
        wholeLines(path)
                .lines()
                .flatMap(line -> ClosedFile.of(line).stream())
                .forEach(file -> closed.put(file.number(), file));
        return closed;
    }

    /** The line is on the disk when this returns. One that couldn't be written whole is written over by the next. */
    void add(ClosedFile file) throws IOException {
        byte[] line = file.line().getBytes(StandardCharsets.ISO_8859_1);
        try (FileChannel out = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            out.truncate(end);
            DurableFile.writeAt(out, end, line);
            out.force(true);
        }
        if (end == 0) {
            DurableFile.forceNames(path.getParent());
        }
        end += line.length;
    }
}
