package org.relaysupervisor.shows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * A calendar as it was read last, kept on disk for a start without network.
 *
 * @param fingerprint of the place it was read from
 * @param etag what the server calls this version; empty for none
 * @param modified when the server says it was changed, in its own words; empty when it does not say
 */
record CalendarCopy(String fingerprint, Instant readAt, String etag, String modified, String text) {
    private static final String HEAD = "relay-supervisor calendar 1";

    /** Five lines, and the calendar. */
    byte[] bytes() {
        String head = String.join("\n", HEAD, fingerprint, readAt.toString(), etag, modified, "");
        return (head + text).getBytes(StandardCharsets.UTF_8);
    }

    /** @throws IOException when this is not what {@link #bytes} gave */
    static CalendarCopy of(byte[] bytes) throws IOException {
        String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", 6);
        if (lines.length < 6 || !lines[0].equals(HEAD)) {
            throw new IOException("it does not begin as it should");
        }
        try {
            return new CalendarCopy(lines[1], Instant.parse(lines[2]), lines[3], lines[4], lines[5]);
        } catch (DateTimeException e) {
            throw new IOException("it does not say when it was read", e);
        }
    }

    CalendarCopy readAgainAt(Instant now) {
        return new CalendarCopy(fingerprint, now, etag, modified, text);
    }

    static String oneLine(Optional<String> header) {
        return header.filter(value -> value.length() <= 200 && value.chars().allMatch(c -> c >= ' ' && c < 127))
                .orElse("");
    }
}
