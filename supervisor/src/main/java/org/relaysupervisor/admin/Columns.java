package org.relaysupervisor.admin;

/** Text by the columns it takes on a terminal: letters of East Asia and pictures take two, marks that combine none. */
final class Columns {
    private Columns() {}

    static int width(String text) {
        return text.codePoints().map(Columns::width).sum();
    }

    /** At most that many columns, with an ellipsis when some are missing. */
    static String cut(String text, int columns) {
        if (width(text) <= columns) {
            return text;
        }
        StringBuilder cut = new StringBuilder();
        int used = 0;
        for (int point : text.codePoints().toArray()) {
            if (used + width(point) >= columns) {
                break;
            }
            cut.appendCodePoint(point);
            used += width(point);
        }
        return columns > 0 ? cut.append('…').toString() : "";
    }

    private static int width(int point) {
        int type = Character.getType(point);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
            return 0;
        }
        return isWide(point) ? 2 : 1;
    }

    /** The wide and full-width blocks of Unicode's East Asian Width, as terminals draw them. */
    private static boolean isWide(int point) {
        return point >= 0x1100
                && (point <= 0x115f
                        || (point >= 0x2e80 && point <= 0xa4cf && point != 0x303f)
                        || (point >= 0xac00 && point <= 0xd7a3)
                        || (point >= 0xf900 && point <= 0xfaff)
                        || (point >= 0xfe30 && point <= 0xfe6f)
                        || (point >= 0xff00 && point <= 0xff60)
                        || (point >= 0xffe0 && point <= 0xffe6)
                        || (point >= 0x1f300 && point <= 0x1f64f)
                        || (point >= 0x1f680 && point <= 0x1f6ff)
                        || (point >= 0x1f900 && point <= 0x1f9ff)
                        || (point >= 0x20000 && point <= 0x3fffd));
    }
}
