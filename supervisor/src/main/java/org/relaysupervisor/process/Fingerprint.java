package org.relaysupervisor.process;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Stands for all that a process was given at its start, files and secrets included, without telling any of it.
 *
 * @param hex SHA-256 in hexadecimal
 */
public record Fingerprint(String hex) {
    private static final Pattern FORMAT = Pattern.compile("[0-9a-f]{64}");

    public static Fingerprint of(String given) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(given.getBytes(StandardCharsets.UTF_8));
            return new Fingerprint(HexFormat.of().formatHex(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    static Optional<Fingerprint> parse(String text) {
        return FORMAT.matcher(text).matches() ? Optional.of(new Fingerprint(text)) : Optional.empty();
    }
}
