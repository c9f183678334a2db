package org.relaysupervisor.archive;

import java.text.Normalizer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How directories and files are called. All letters are among those that every store allows in a key. */
final class SpoolNames {
    static final String RECORDING = "recording.json";
    static final String STORED_RECORDING = "recording.stored.json";
    static final String MANIFEST = "manifest.json";
    static final String WAITING = ".json";
    static final String VERIFIED = ".stored.json";

    /** What stands in a name where that of a show would. */
    static final String HOUR = "hour";

    private static final int LONGEST_SLUG = 40;
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final Pattern AUDIO = Pattern.compile("(\\d{8}T\\d{6}\\.\\d{3}Z)(?:-\\d+)?\\.(mp3|aac)");
    private static final Pattern DIRECTORY = Pattern.compile("(\\d{8}T\\d{6}Z)-(.+)-[0-9a-f]{4}(?:-\\d+)?");

    private SpoolNames() {}

    /** @param machine four hexadecimal digits */
    static String recording(Instant begin, Optional<ShowOnAir> show, String machine) {
        return SECONDS.format(begin) + "-" + show.map(on -> slug(on.name())).orElse(HOUR) + "-" + machine;
    }

    /** What is left of a name when only small letters and digits are. */
    static String slug(String name) {
        String plain = Normalizer.normalize(name, Normalizer.Form.NFKD).replaceAll("\\p{M}", "");
        String slug =
                plain.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        String shortened =
                slug.substring(0, Math.min(LONGEST_SLUG, slug.length())).replaceAll("-$", "");
        return shortened.isEmpty() ? "show" : shortened;
    }

    /** @param attempt 0, and more when that name is taken */
    static String audio(Instant start, String extension, int attempt) {
        return MILLIS.format(start) + suffix(attempt) + "." + extension;
    }

    /** What tells names apart that would be the same. */
    static String suffix(int attempt) {
        return attempt == 0 ? "" : "-" + attempt;
    }

    static boolean isAudio(String name) {
        return AUDIO.matcher(name).matches();
    }

    /** When the first frame of an audio file was played, to the millisecond. */
    static Instant startOf(String audio) {
        Matcher name = AUDIO.matcher(audio);
        if (!name.matches()) {
            throw new IllegalArgumentException(audio + " is no name of an audio file");
        }
        return Instant.from(MILLIS.parse(name.group(1)));
    }

    /** When a recording began, by its directory's name; empty when that is no such name. */
    static Optional<Instant> beginOf(String directory) {
        Matcher name = DIRECTORY.matcher(directory);
        try {
            return name.matches() ? Optional.of(Instant.from(SECONDS.parse(name.group(1)))) : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** {@link #HOUR}, or what is left of the show's name. */
    static String slugOf(String directory) {
        Matcher name = DIRECTORY.matcher(directory);
        return name.matches() ? name.group(2) : HOUR;
    }

    static Optional<String> audioOfWaiting(String name) {
        return audioOf(name, WAITING);
    }

    static Optional<String> audioOfVerified(String name) {
        return audioOf(name, VERIFIED);
    }

    private static Optional<String> audioOf(String name, String ending) {
        if (!name.endsWith(ending)) {
            return Optional.empty();
        }
        return Optional.of(name.substring(0, name.length() - ending.length())).filter(SpoolNames::isAudio);
    }
}
