package org.relaysupervisor.proxy;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** A line in the combined format, with the connection's seconds appended. What the client sent is escaped. */
final class AccessLine {
    private static final int MAXIMUM_FIELD = 1024;
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);

    private AccessLine() {}

    /** @param lasted from accept to close */
    static String of(Client client, Duration lasted) {
        return "%s - - [%s] \"%s\" %s %d \"%s\" \"%s\" %d.%03d"
                .formatted(
                        client.address().getHostAddress(),
                        DATE.format(client.acceptedAt()),
                        escaped(client.head().map(RequestHead::requestLine).orElse("-")),
                        client.status() == 0 ? "-" : Integer.toString(client.status()),
                        client.sentBytes(),
                        header(client, "Referer"),
                        header(client, "User-Agent"),
                        lasted.toSeconds(),
                        lasted.toMillisPart());
    }

    private static String header(Client client, String name) {
        return client.head()
                .flatMap(head -> head.header(name))
                .filter(value -> !value.isEmpty())
                .map(AccessLine::escaped)
                .orElse("-");
    }

    /** Backslash escapes for quotes and backslashes, hexadecimal ones for all that is not printable ASCII; cut when long. */
    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < Math.min(text.length(), MAXIMUM_FIELD); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                escaped.append('\\').append(c);
            } else if (c < ' ' || c >= 0x7f) {
                escaped.append("\\x%02x".formatted((int) c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
