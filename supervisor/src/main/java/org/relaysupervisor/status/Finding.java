package org.relaysupervisor.status;

import java.util.Locale;

/**
 * What a check before a show found.
 *
 * @param check what was looked at, such as {@code store: credentials}
 * @param found on one line
 * @param advice what to do; empty unless it is a warning or a failure
 */
public record Finding(String check, Level level, String found, String advice) {
    public enum Level {
        OK,
        WARNING,
        FAILED;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static Finding ok(String check, String found) {
        return new Finding(check, Level.OK, found, "");
    }

    /** It can be lived with for now. */
    public static Finding warning(String check, String found, String advice) {
        return new Finding(check, Level.WARNING, found, advice);
    }

    /** A show should not begin like this. */
    public static Finding failed(String check, String found, String advice) {
        return new Finding(check, Level.FAILED, found, advice);
    }
}
