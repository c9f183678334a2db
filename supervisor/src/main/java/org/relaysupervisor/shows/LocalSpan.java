package org.relaysupervisor.shows;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * A time as a clock on the wall shows it, from {@code start} to {@code end}, later than the start. In the night in which an hour is
 * left out, what would begin or end within it does so an hour later; in the night in which one comes twice, its first one counts.
 */
record LocalSpan(LocalDateTime start, LocalDateTime end) {
    Instant startIn(ZoneRules zone) {
        return instant(start, zone);
    }

    /** Always after the start: what begins within the hour left out and would be over when it is done lasts as long all the same. */
    Instant endIn(ZoneRules zone) {
        Instant from = startIn(zone);
        Instant until = instant(end, zone);
        return until.isAfter(from) ? until : from.plus(Duration.between(start, end));
    }

    static Instant instant(LocalDateTime local, ZoneRules zone) {
        ZoneOffsetTransition change = zone.getTransition(local);
        ZoneOffset offset = change == null ? zone.getOffset(local) : change.getOffsetBefore();
        return local.toInstant(offset);
    }
}
