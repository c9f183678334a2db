package org.relaysupervisor.recording;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.relaysupervisor.config.RelayConfig.Format;

/** How a session's directory and its files are called: {@code 20261122T235959.123Z/00000.mp3} and on. */
final class SessionName {
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Pattern NAMES = Pattern.compile("\\d{8}T\\d{6}\\.\\d{3}Z");
    private static final int ATTEMPTS = 1_000;

    private SessionName() {}

    /**
     * Makes a new directory. Two at the same millisecond, or after the clock was set back, get names of later milliseconds: an
     * existing directory is never used again.
     */
    static Path create(Path parent, Instant now) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return Files.createDirectory(parent.resolve(NAME.format(now.plusMillis(attempt))));
            } catch (FileAlreadyExistsException e) {
                // The next name, then.
            }
        }
        throw new IOException("a thousand recordings in " + parent + " already have names of this second");
    }

    static boolean isOne(Path directory) {
        return NAMES.matcher(directory.getFileName().toString()).matches() && Files.isDirectory(directory);
    }

    static Path file(Path session, int number, Format format) {
        return session.resolve("%05d.%s".formatted(number, format.extension()));
    }

    /** The session's audio files, by their numbers. */
    static Map<Integer, Path> files(Path session, Format format) throws IOException {
        Pattern name = Pattern.compile("(\\d{5,9})\\." + format.extension());
        Map<Integer, Path> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(session)) {
            for (Path file : (Iterable<Path>) all::iterator) {
                Matcher matcher = name.matcher(file.getFileName().toString());
                if (matcher.matches()) {
                    files.put(Integer.parseInt(matcher.group(1)), file);
                }
            }
        }
        return files;
    }

    /** Takes away a session whose audio is all gone; one with anything in it that isn't ours stays. Says whether it is gone. */
    static boolean removeWithoutAudio(Path session) throws IOException {
        if (!Files.exists(session)) {
            return true;
        }
        try (Stream<Path> files = Files.list(session)) {
            boolean foreign = files.map(file -> file.getFileName().toString().replaceFirst("\\.new$", ""))
                    .anyMatch(name -> !name.equals(SessionFacts.FILE) && !name.equals(ClosedFiles.FILE));
            if (foreign) {
                return false;
            }
        }
        for (String name : new String[] {SessionFacts.FILE, ClosedFiles.FILE}) {
            Files.deleteIfExists(session.resolve(name + ".new"));
            Files.deleteIfExists(session.resolve(name));
        }
        Files.delete(session);
        return true;
    }
}
