package org.relaysupervisor.recording;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The directory that one run of ffmpeg writes its segments into: {@code 20261122T235959.123Z/00000.mp3} and on. It is looked at
 * from one thread at a time; looking costs two file calls, however many segments there are.
 */
final class Session {
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int ATTEMPTS = 1_000;
    /** ffmpeg's list of the closed segments, with each one's start and end in seconds. */
    static final String LIST = "segments.csv";

    private final Path directory;
    private final String extension;
    private int index;
    private long closedBytes;
    private long currentBytes;

    private Session(Path directory, String extension) {
        this.directory = directory;
        this.extension = extension;
    }

    /**
     * Makes a new directory. Two at the same millisecond, or after the clock was set back, get names of later milliseconds: an
     * existing directory is never used again.
     */
    static Session create(Path parent, Instant now, String extension) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Path directory = parent.resolve(NAME.format(now.plusMillis(attempt)));
            try {
                return new Session(Files.createDirectory(directory), extension);
            } catch (FileAlreadyExistsException e) {
                // The next name, then.
            }
        }
        throw new IOException("a thousand recordings in " + parent + " already have names of this second");
    }

    Path directory() {
        return directory;
    }

    /** Looks at the files again. */
    void observe() throws IOException {
        while (Files.exists(segment(index + 1))) {
            closedBytes += size(segment(index));
            index++;
        }
        currentBytes = size(current());
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** When last looked: bytes of all segments together. */
    long bytes() {
        return closedBytes + currentBytes;
    }

    /** When last looked: segments that ffmpeg is done with. */
    long closedSegments() {
        return index;
    }

    /** When last looked: the newest segment, which may not exist yet. */
    Path current() {
        return segment(index);
    }

    private Path segment(int number) {
        return directory.resolve("%05d.%s".formatted(number, extension));
    }

    /** Takes away what a run left that never wrote a byte of audio, so that failed starts don't fill the directory. */
    void deleteIfEmpty() throws IOException {
        observe();
        if (bytes() == 0) {
            Files.deleteIfExists(segment(0));
            Files.deleteIfExists(directory.resolve(LIST));
            Files.deleteIfExists(directory);
        }
    }
}
