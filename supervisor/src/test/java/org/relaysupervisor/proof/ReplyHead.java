package org.relaysupervisor.proof;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Collects the head of a server's reply, and says what stands in it. */
final class ReplyHead {
    private static final int LIMIT = 8_192;
    private static final Pattern STATUS = Pattern.compile("\\A(?:HTTP/1\\.[01]|ICY) (\\d{3})");
    private static final Pattern INTERVAL = Pattern.compile("(?im)^icy-metaint: *(\\d{1,9})\\r?$");

    private final StringBuilder text = new StringBuilder();
    private boolean complete;

    /** Takes what belongs to the head, and leaves the rest in the buffer. */
    void accept(ByteBuffer bytes) {
        while (!complete && bytes.hasRemaining()) {
            text.append((char) (bytes.get() & 0xFF));
            int length = text.length();
            complete = length >= LIMIT
                    || (length >= 4 && text.substring(length - 4).equals("\r\n\r\n"));
        }
    }

    boolean complete() {
        return complete;
    }

    /** 0 for what is no HTTP reply. */
    int status() {
        Matcher status = STATUS.matcher(text);
        return status.find() ? Integer.parseInt(status.group(1)) : 0;
    }

    /** Bytes of audio between two pieces of ICY metadata; empty when there are none. */
    OptionalInt metadataInterval() {
        Matcher interval = INTERVAL.matcher(text);
        return interval.find() ? OptionalInt.of(Integer.parseInt(interval.group(1))) : OptionalInt.empty();
    }

    static ByteBuffer request(String mount, boolean icy) {
        String head = "GET " + mount + " HTTP/1.0\r\nHost: 127.0.0.1\r\nUser-Agent: relay-proof\r\n"
                + (icy ? "Icy-MetaData: 1\r\n" : "") + "\r\n";
        return ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII));
    }
}
