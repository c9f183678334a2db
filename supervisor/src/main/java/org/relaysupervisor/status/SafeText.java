package org.relaysupervisor.status;

/** Text that may come from anywhere, such as a stream's title, made fit to be shown. */
public final class SafeText {
    private SafeText() {}

    /** Without what could steer a terminal or turn the writing round: each such character becomes the stand-in. */
    public static String of(String raw, char standIn) {
        StringBuilder safe = new StringBuilder(raw.length());
        raw.codePoints().forEach(point -> safe.appendCodePoint(isHarmless(point) ? point : standIn));
        return safe.toString();
    }

    private static boolean isHarmless(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    /** At most that many characters, the last of them an ellipsis when some are missing. */
    public static String cut(String text, int most) {
        int length = text.codePointCount(0, text.length());
        if (length <= most) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, Math.max(0, most - 1))) + "…";
    }
}
