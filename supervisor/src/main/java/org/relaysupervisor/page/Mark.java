package org.relaysupervisor.page;

import java.util.Locale;

/** How something stands; on the page a colour and a shape of its own. */
enum Mark {
    GOOD,
    /** It goes on, and somebody might want to look. */
    ATTENTION,
    BAD,
    /** Neither: switched off, not known, or merely told. */
    NEUTRAL;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
