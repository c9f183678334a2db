package org.relaysupervisor.shows;

import biweekly.util.DateTimeComponents;
import biweekly.util.ICalDate;
import biweekly.util.Recurrence;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;

/**
 * An event of a calendar, which recurs or not.
 *
 * @param first of a recurring one the first time, with the clock of {@code zone}
 * @param recurrence by which further times come, its end in local time too
 * @param more further times, each as long as the first
 * @param without times that fall away, since they were cancelled or moved
 * @param withoutDays days whose time falls away
 */
record CalendarEvent(
        String name,
        List<String> categories,
        LocalSpan first,
        ZoneRules zone,
        Optional<Recurrence> recurrence,
        List<LocalDateTime> more,
        Set<Instant> without,
        Set<LocalDate> withoutDays) {
    private static final TimeZone UTC = TimeZone.getTimeZone("UTC");

    /** Of a rule that counts its times all have to be gone through from the first; hourly since the year before last. */
    private static final int MOST_STEPS = 20_000;

    /** @throws UnreadableCalendarException when there are more times to go through than any real show has */
    List<LocalSpan> within(Window window) throws UnreadableCalendarException {
        List<LocalSpan> times = new ArrayList<>();
        if (recurrence.isEmpty()) {
            addIfWithin(times, first.start(), window);
        } else {
            recur(times, recurrence.get(), window);
        }
        for (LocalDateTime start : more) {
            addIfWithin(times, start, window);
        }
        return times;
    }

    /** The rule is followed in local time, as if that were UTC: what a change of offset means is decided by us, for all shows alike. */
    private void recur(List<LocalSpan> times, Recurrence rule, Window window) throws UnreadableCalendarException {
        LocalDateTime earliest = LocalDateTime.ofInstant(window.from(), ZoneOffset.UTC)
                .minusDays(1)
                .minus(length());
        LocalDateTime latest =
                LocalDateTime.ofInstant(window.to(), ZoneOffset.UTC).plusDays(1);
        var starts = rule.getDateIterator(date(first.start()), UTC);
        if (rule.getCount() == null) {
            starts.advanceTo(date(earliest));
        }
        for (int step = 0; starts.hasNext(); step++) {
            if (step == MOST_STEPS) {
                throw new UnreadableCalendarException("recurs more than " + MOST_STEPS + " times");
            }
            LocalDateTime start = LocalDateTime.ofInstant(starts.next().toInstant(), ZoneOffset.UTC);
            if (start.isAfter(latest)) {
                return;
            }
            addIfWithin(times, start, window);
        }
    }

    private void addIfWithin(List<LocalSpan> times, LocalDateTime start, Window window) {
        LocalSpan span = new LocalSpan(start, start.plus(length()));
        boolean falls = without.contains(span.startIn(zone)) || withoutDays.contains(start.toLocalDate());
        if (!falls && window.overlaps(span.startIn(zone), span.endIn(zone))) {
            times.add(span);
        }
    }

    private Duration length() {
        return Duration.between(first.start(), first.end());
    }

    private static ICalDate date(LocalDateTime local) {
        Date asIfUtc = Date.from(local.toInstant(ZoneOffset.UTC));
        return new ICalDate(asIfUtc, new DateTimeComponents(asIfUtc, UTC), true);
    }
}
