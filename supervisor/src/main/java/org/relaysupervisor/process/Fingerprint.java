package org.relaysupervisor.process;

import java.util.Optional;
import java.util.regex.Pattern;
import org.relaysupervisor.files.Checksum;

/**
 * Stands for all that a process was given at its start, files and secrets included, without telling any of it.
 *
 * @param hex SHA-256 in hexadecimal
 */
public record Fingerprint(String hex) {
    private static final Pattern FORMAT = Pattern.compile("[0-9a-f]{64}");

    public static Fingerprint of(String given) {
        return new Fingerprint(Checksum.sha256(given));
    }

    static Optional<Fingerprint> parse(String text) {
        return FORMAT.matcher(text).matches() ? Optional.of(new Fingerprint(text)) : Optional.empty();
    }
}
