package org.relaysupervisor.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.relaysupervisor.status.SafeText;

/** Values as people read them. */
final class Plain {
    private Plain() {}

    /** Text that may come from anywhere, for a terminal of whatever character set. */
    static String text(String raw) {
        return SafeText.of(raw, '?');
    }

    /** In the two largest units, such as {@code 3d 4h}; what is negative, after a clock that jumped, counts as nothing. */
    static String duration(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m " + seconds % 60 + "s";
        }
        if (seconds < 86_400) {
            return seconds / 3600 + "h " + seconds % 3600 / 60 + "m";
        }
        return seconds / 86_400 + "d " + seconds % 86_400 / 3600 + "h";
    }

    /** Such as {@code 5m ago}. */
    static String ago(Instant then, Instant now) {
        String exact = duration(Duration.between(then, now));
        int space = exact.indexOf(' ');
        return (space < 0 ? exact : exact.substring(0, space)) + " ago";
    }

    /** In binary units with three digits or so, such as {@code 12.3M}. */
    static String bytes(long bytes) {
        String[] units = {"B", "K", "M", "G", "T", "P", "E"};
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        String format = unit == 0 || value >= 99.95 || value == Math.rint(value) ? "%.0f%s" : "%.1f%s";
        return String.format(Locale.ROOT, format, value, units[unit]);
    }
}
