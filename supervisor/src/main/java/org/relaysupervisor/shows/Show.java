package org.relaysupervisor.shows;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A time in which programme is expected.
 *
 * @param name any text on one line
 * @param profile by which dead air is told meanwhile; empty for each mount's own
 * @param expected labels of the kinds of dead air that are announced, and so are none
 * @param start inclusive
 * @param end exclusive; empty until an operator ends it
 */
public record Show(
        String name,
        Optional<String> profile,
        Set<String> expected,
        Instant start,
        Optional<Instant> end,
        Origin origin) {

    public Show {
        expected = Set.copyOf(expected);
    }

    /** Who says so; an operator before a calendar, a calendar before the weekly times. */
    public enum Origin {
        OPERATOR,
        CALENDAR,
        WEEKLY;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
