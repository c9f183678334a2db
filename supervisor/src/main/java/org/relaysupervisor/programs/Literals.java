package org.relaysupervisor.programs;

/** Any text, written so that it means itself in another program's language. */
final class Literals {
    private static final int REPLACEMENT = 0xFFFD;

    private Literals() {}

    /**
     * As XML character data; right in attributes as well, in either kind of quotes.
     *
     * @throws IllegalArgumentException for a character that XML 1.0 can't hold in any form; the message doesn't show the text
     */
    static String xml(String text) {
        StringBuilder written = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> written.append("&amp;");
                case '<' -> written.append("&lt;");
                case '>' -> written.append("&gt;");
                case '"' -> written.append("&quot;");
                case '\'' -> written.append("&apos;");
                // A parser would make spaces or line feeds of these.
                case '\t', '\n', '\r' -> written.append("&#").append(c).append(';');
                default -> written.appendCodePoint(requireXml(c));
            }
        });
        return written.toString();
    }

    private static int requireXml(int c) {
        if (!isXml(c)) {
            throw new IllegalArgumentException("XML cannot hold the character U+%04X".formatted(c));
        }
        return c;
    }

    /** Whether XML 1.0 allows the character. */
    static boolean isXml(int c) {
        return c == '\t'
                || c == '\n'
                || c == '\r'
                || (c >= 0x20 && c <= 0xD7FF)
                || (c >= 0xE000 && c <= 0xFFFD)
                || c >= 0x10000;
    }

    /**
     * As a Liquidsoap expression for a string, in parentheses where it isn't one literal.
     *
     * <p>Liquidsoap looks for <code>#{</code> in a string after it has undone the escapes, so no escape hides it: the string is
     * cut in two between those characters.
     */
    static String liquidsoap(String text) {
        StringBuilder written = new StringBuilder(text.length() + 16).append('"');
        boolean cut = false;
        int before = 0;
        for (int c : text.codePoints().toArray()) {
            if (before == '#' && c == '{') {
                written.append("\" ^ \"");
                cut = true;
            }
            appendLiquidsoap(written, c);
            before = c;
        }
        written.append('"');
        return cut ? "(" + written + ")" : written.toString();
    }

    private static void appendLiquidsoap(StringBuilder written, int c) {
        if (c == '"' || c == '\\') {
            written.append('\\').append((char) c);
        } else if (c < 0x20 || c == 0x7F) {
            written.append("\\x%02x".formatted(c));
        } else {
            written.appendCodePoint(Character.isSurrogate((char) c) && c < 0x10000 ? REPLACEMENT : c);
        }
    }

    /** On one line and free of control characters, as the value of an HTTP header or of XML must be. */
    static String oneLine(String text) {
        StringBuilder written = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : isXml(c) ? c : REPLACEMENT)
                .forEach(written::appendCodePoint);
        return written.toString();
    }
}
