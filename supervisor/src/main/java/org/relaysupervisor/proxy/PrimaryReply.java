package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The head of a primary's answer, of which nothing is believed: read in bounded memory, and judged. */
final class PrimaryReply {
    /** In bytes, its empty line included. */
    static final int LONGEST = 8 * 1024;

    private static final int LARGEST_INTERVAL = 1 << 20;
    private static final int LONGEST_QUOTE = 60;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] [1-9][0-9]{2}( .*)?");

    private final StringBuilder text = new StringBuilder();
    private int status;
    private final List<RequestHead.Header> headers = new ArrayList<>();

    /** @param message for the operator, what is wrong and what to do */
    record Refused(PrimaryFault fault, String message) {}

    /** Takes bytes up to the head's end, and no more than {@link #LONGEST} in all. Returns whether the head is complete. */
    boolean completedBy(ByteBuf data) {
        while (data.isReadable() && !isTooLong()) {
            text.append((char) data.readUnsignedByte());
            if (text.charAt(text.length() - 1) == '\n' && endsWithEmptyLine()) {
                parse();
                return true;
            }
        }
        return false;
    }

    boolean isTooLong() {
        return text.length() >= LONGEST;
    }

    private boolean endsWithEmptyLine() {
        int end = text.length();
        return (end >= 2 && text.charAt(end - 2) == '\n')
                || (end >= 3 && text.charAt(end - 2) == '\r' && text.charAt(end - 3) == '\n');
    }

    private void parse() {
        List<String> lines = text.toString().lines().toList();
        String first = lines.isEmpty() ? "" : lines.get(0);
        status = STATUS_LINE.matcher(first).matches() ? Integer.parseInt(first.substring(9, 12)) : 0;
        lines.stream().skip(1).forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0 && line.chars().allMatch(c -> c >= ' ' || c == '\t')) {
                headers.add(new RequestHead.Header(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip()));
            }
        });
    }

    /** Why this is no stream for a mount of this content type; empty when it is one. */
    Optional<Refused> refused(String contentType) {
        if (status == 0) {
            return refused(PrimaryFault.BAD_ANSWER, "does not speak HTTP: is upstream.url its listeners.port?");
        }
        if (status >= 300 && status < 400) {
            return refused(
                    PrimaryFault.REDIRECT,
                    "answers " + status
                            + ", a redirect, which is not followed: set upstream.url to the primary itself");
        }
        if (status == 401 || status == 403) {
            return refused(
                    PrimaryFault.FORBIDDEN,
                    "answers " + status + ": set upstream.front_secret to what is its listeners.front_secret");
        }
        if (status == 404) {
            return refused(
                    PrimaryFault.NOT_FOUND,
                    "answers 404: it has no mount of this path, or nothing is on the air there");
        }
        if (status != 200) {
            return refused(PrimaryFault.STATUS, "answers " + status);
        }
        if (header("Transfer-Encoding").isPresent()
                || header("Content-Encoding").isPresent()) {
            return refused(
                    PrimaryFault.BAD_ANSWER,
                    "sends the audio wrapped up, as a web server in between does: set upstream.url to the primary itself");
        }
        String sent = header("Content-Type").orElse("nothing said of its type");
        if (!essence(sent).equals(essence(contentType))) {
            return refused(
                    PrimaryFault.CONTENT_TYPE,
                    "sends " + quoted(sent) + ", and this mount is " + contentType
                            + ": give it the format that it has at the primary");
        }
        Optional<String> interval = header("icy-metaint");
        if (interval.isPresent() && interval.get().matches("[0-9]{1,9}") && interval() <= LARGEST_INTERVAL) {
            return interval() > 0
                    ? Optional.empty()
                    : refused(PrimaryFault.BAD_ANSWER, "announces titles after every 0 bytes");
        }
        return interval.flatMap(said -> refused(PrimaryFault.BAD_ANSWER, "announces titles after " + quoted(said)));
    }

    private static Optional<Refused> refused(PrimaryFault fault, String message) {
        return Optional.of(new Refused(fault, message));
    }

    /** The type without its parameters. */
    private static String essence(String contentType) {
        return contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    /** Short, and nothing that a terminal understands. */
    private static String quoted(String said) {
        byte[] ascii = said.substring(0, Math.min(said.length(), LONGEST_QUOTE)).getBytes(StandardCharsets.US_ASCII);
        return new String(ascii, StandardCharsets.US_ASCII).replaceAll("[^ -~]", "?");
    }

    /** How many bytes of audio are between two titles; 0 when there are none. Only of an answer that isn't refused. */
    int interval() {
        return header("icy-metaint").map(Integer::parseInt).orElse(0);
    }

    /** What its listeners are told of the stream; the content type is the mount's own. */
    StreamHeaders streamHeaders() {
        return StreamHeaders.of(headers, Optional.empty());
    }

    private Optional<String> header(String name) {
        return headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(RequestHead.Header::value)
                .findFirst();
    }
}
