package org.relaysupervisor.process;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Cuts a stream of bytes into lines of bounded length that are safe to print. A line ends with LF or CR (programs redraw their
 * progress with CR); empty lines are left out. Owned by one thread, but for the counter.
 */
final class LineSplitter {
    /** Bytes of a line that are kept; what follows, up to the line's end, is thrown away. */
    static final int LONGEST = 4096;

    static final String CUT_MARK = " [cut]";

    private final byte[] pending = new byte[LONGEST];
    private final Consumer<String> lines;
    private final AtomicLong cut = new AtomicLong();
    private int length;
    private boolean overlong;

    LineSplitter(Consumer<String> lines) {
        this.lines = lines;
    }

    void feed(byte[] bytes, int count) {
        for (int i = 0; i < count; i++) {
            byte b = bytes[i];
            if (b == '\n' || b == '\r') {
                end();
            } else if (length < LONGEST) {
                pending[length++] = b;
            } else {
                overlong = true;
            }
        }
    }

    private void end() {
        if (length > 0) {
            // Decoding puts U+FFFD wherever the bytes are not UTF-8, a character split by the cut included.
            String line = printable(new String(pending, 0, length, StandardCharsets.UTF_8));
            if (overlong) {
                cut.incrementAndGet();
                line += CUT_MARK;
            }
            length = 0;
            overlong = false;
            lines.accept(line);
        }
    }

    /** Lines that were longer than {@link #LONGEST}. Safe from any thread. */
    long cut() {
        return cut.get();
    }

    /** Escapes what could move a terminal's cursor, forge a line or turn the writing direction; tabs stay. */
    static String printable(String text) {
        int i = 0;
        while (i < text.length() && !unsafe(text.charAt(i))) {
            i++;
        }
        if (i == text.length()) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length() + 32).append(text, 0, i);
        for (; i < text.length(); i++) {
            char c = text.charAt(i);
            if (unsafe(c)) {
                escaped.append("\\u").append(HexFormat.of().toHexDigits(c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    private static boolean unsafe(char c) {
        return (Character.isISOControl(c) && c != '\t')
                || c == '\u2028'
                || c == '\u2029'
                || (c >= '\u202a' && c <= '\u202e')
                || (c >= '\u2066' && c <= '\u2069');
    }
}
