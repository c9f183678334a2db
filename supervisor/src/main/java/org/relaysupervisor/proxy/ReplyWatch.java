package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Reads along, taking nothing out, until a reply's head is known. A 100 is Icecast's yes to a PUT and counts as a 200: Icecast 2.4
 * says one right behind it, 2.5 says no more while the stream lasts. Other interim replies are passed over.
 */
final class ReplyWatch {
    private static final int MAXIMUM = 8 * 1024;

    private final StringBuilder text = new StringBuilder();
    private boolean done;
    private int status;
    private List<String> headerLines = List.of();

    /** Returns true once: when these bytes completed the head. */
    boolean completedBy(ByteBuf data) {
        if (done) {
            return false;
        }
        int length = Math.min(data.readableBytes(), MAXIMUM - text.length());
        text.append(data.toString(data.readerIndex(), length, StandardCharsets.ISO_8859_1));
        int end;
        while ((end = text.indexOf("\r\n\r\n")) >= 0) {
            List<String> lines = text.substring(0, end).lines().toList();
            text.delete(0, end + 4);
            int code = code(lines.isEmpty() ? "" : lines.get(0));
            if (code <= 100 || code > 199) {
                finish(code == 100 ? 200 : code, lines);
                return true;
            }
        }
        if (text.length() >= MAXIMUM) {
            finish(0, List.of());
        }
        return false;
    }

    private void finish(int code, List<String> lines) {
        done = true;
        status = code;
        headerLines = lines.isEmpty() ? List.of() : lines.subList(1, lines.size());
        text.setLength(0);
        text.trimToSize();
    }

    private static int code(String statusLine) {
        boolean wellFormed = statusLine.matches("HTTP/1\\.[01] [1-9][0-9]{2}( .*)?");
        return wellFormed ? Integer.parseInt(statusLine.substring(9, 12)) : 0;
    }

    /** 200 when Icecast said yes; 0 when it is not known, or is none of HTTP. */
    int status() {
        return status;
    }

    List<String> headerLines() {
        return headerLines;
    }
}
