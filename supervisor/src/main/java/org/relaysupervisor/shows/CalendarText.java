package org.relaysupervisor.shows;

import biweekly.ICalendar;
import biweekly.component.ICalComponent;
import biweekly.component.VEvent;
import biweekly.io.scribe.component.RawComponentScribe;
import biweekly.io.text.ICalReader;
import biweekly.property.Categories;
import biweekly.property.DateStart;
import biweekly.property.ExceptionDates;
import biweekly.property.ICalProperty;
import biweekly.property.RawProperty;
import biweekly.property.RecurrenceDates;
import biweekly.property.RecurrenceRule;
import biweekly.util.DateTimeComponents;
import biweekly.util.Frequency;
import biweekly.util.ICalDate;
import biweekly.util.Recurrence;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the text of an iCalendar file. An event that can't be used is told, and the others are used. */
final class CalendarText {
    static final int MOST_EVENTS = 5000;

    private static final Pattern BEGINNING =
            Pattern.compile("\\A\\uFEFF?\\s*BEGIN:VCALENDAR\\s", Pattern.CASE_INSENSITIVE);

    private static final String ENDING = "END:VCALENDAR";

    /** Without which an event is not what it was meant to be; a value that isn't understood stays as it was written. */
    private static final List<String> ESSENTIAL =
            List.of("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "EXRULE");

    /** A quarter-hourly show; whatever begins more often is none. */
    private static final int MOST_A_DAY = 96;

    private static final Duration LONGEST_SHOW = Duration.ofDays(366);
    private static final int LONGEST_NAME = 100;

    private final CalendarZones zones = new CalendarZones();
    private final ZoneRules floating;
    private final List<CalendarEvent> events = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private CalendarText(ZoneId zone) {
        this.floating = zone.getRules();
    }

    /**
     * @param all how many events there are, those without use counted too
     * @param problems with events that are not used, or not as they were meant
     */
    record Content(List<CalendarEvent> events, int all, List<String> problems) {}

    /**
     * @param zone for times that name none
     * @throws UnreadableCalendarException when this is no calendar, not a whole one, or none of its events can be used
     */
    static Content read(String text, ZoneId zone) throws UnreadableCalendarException {
        if (!BEGINNING.matcher(text).find()) {
            throw new UnreadableCalendarException(
                    text.stripLeading().startsWith("<")
                            ? "it is a web page, not a calendar; the address must be the one for subscribing (iCal, .ics)"
                            : "it is no iCalendar file, which begins with BEGIN:VCALENDAR");
        }
        String end = text.stripTrailing();
        if (!end.regionMatches(true, end.length() - ENDING.length(), ENDING, 0, ENDING.length())) {
            throw new UnreadableCalendarException("it is cut off: END:VCALENDAR is missing at its end");
        }
        List<VEvent> found = new ArrayList<>();
        CalendarText reading = new CalendarText(zone);
        for (ICalendar calendar : parse(text)) {
            reading.zones.add(calendar);
            found.addAll(calendar.getEvents());
        }
        if (found.size() > MOST_EVENTS) {
            throw new UnreadableCalendarException("it has more than " + MOST_EVENTS + " events; remove old ones");
        }
        reading.read(found);
        if (reading.events.isEmpty() && !reading.problems.isEmpty()) {
            throw new UnreadableCalendarException("none of its events can be used: " + reading.problems.get(0));
        }
        return new Content(reading.events, found.size(), reading.problems);
    }

    /** Times stay as they are written, and time zones are left to us: the library would follow any rule of theirs since 1601. */
    private static List<ICalendar> parse(String text) throws UnreadableCalendarException {
        try (ICalReader reader = new ICalReader(text)) {
            reader.registerScribe(new RawComponentScribe("VTIMEZONE"));
            reader.setGlobalTimezoneIdResolver(id -> null);
            return reader.readAll();
        } catch (IOException | RuntimeException e) {
            throw new UnreadableCalendarException(
                    "it is damaged, and can't be read: " + e.getClass().getSimpleName());
        }
    }

    private void read(List<VEvent> found) {
        Map<String, Set<Instant>> moved = new HashMap<>();
        Map<String, Set<LocalDate>> movedDays = new HashMap<>();
        for (VEvent event : found) {
            if (event.getRecurrenceId() != null) {
                attempt(event, () -> {
                    Time original = time(
                            event.getRecurrenceId(), event.getRecurrenceId().getValue());
                    Optional.ofNullable(event.getRecurrenceId().getRange()).ifPresent(range -> {
                        throw new IllegalArgumentException(
                                "changes all later times at once, which is not understood here;"
                                        + " end the old series and begin a new one");
                    });
                    if (original.wholeDay()) {
                        movedDays
                                .computeIfAbsent(uid(event), uid -> new HashSet<>())
                                .add(original.local().toLocalDate());
                    } else {
                        moved.computeIfAbsent(uid(event), uid -> new HashSet<>())
                                .add(original.instant());
                    }
                });
            }
        }
        for (VEvent event : found) {
            boolean cancelled = event.getStatus() != null && event.getStatus().isCancelled();
            if (!cancelled) {
                attempt(
                        event,
                        () -> events.add(event(
                                event,
                                moved.getOrDefault(uid(event), Set.of()),
                                movedDays.getOrDefault(uid(event), Set.of()))));
            }
        }
    }

    private void attempt(VEvent event, Runnable reading) {
        try {
            reading.run();
        } catch (RuntimeException e) {
            // Ours, or whatever comes of values that the library left half read.
            boolean ours = e.getClass() == IllegalArgumentException.class && e.getMessage() != null;
            problems.add("event " + described(event) + " " + (ours ? e.getMessage() : "has a time that can't be"));
        }
    }

    private static String described(VEvent event) {
        DateStart start = event.getDateStart();
        boolean dated =
                start != null && start.getValue() != null && start.getValue().getRawComponents() != null;
        return "\"" + name(event) + "\""
                + (dated ? " of " + start.getValue().getRawComponents().toString(false, true) : "");
    }

    private static String uid(VEvent event) {
        return event.getUid() == null ? "" : String.valueOf(event.getUid().getValue());
    }

    /** @param moved times of this series that another event replaces or cancels */
    private CalendarEvent event(VEvent event, Set<Instant> moved, Set<LocalDate> movedDays) {
        refuseWhatWasNotUnderstood(event);
        if (event.getDateStart() == null || event.getDateStart().getValue() == null) {
            throw new IllegalArgumentException("has no start");
        }
        Time start = time(event.getDateStart(), event.getDateStart().getValue());
        LocalDateTime end = end(event, start);
        Duration length = Duration.between(start.local(), end);
        if (length.isNegative() || length.isZero()) {
            throw new IllegalArgumentException("has no end after its start, so it is no show");
        }
        if (length.compareTo(LONGEST_SHOW) > 0) {
            throw new IllegalArgumentException("is longer than a year");
        }
        boolean single = event.getRecurrenceId() != null;
        Set<Instant> without = new HashSet<>(single ? Set.of() : moved);
        Set<LocalDate> withoutDays = new HashSet<>(single ? Set.of() : movedDays);
        exceptions(event, without, withoutDays);
        return new CalendarEvent(
                name(event),
                categories(event),
                new LocalSpan(start.local(), end),
                start.zone(),
                single ? Optional.empty() : recurrence(event, start),
                single ? List.of() : more(event, start),
                without,
                withoutDays);
    }

    private static void refuseWhatWasNotUnderstood(ICalComponent event) {
        for (RawProperty raw : event.getExperimentalProperties()) {
            if (ESSENTIAL.contains(raw.getName().toUpperCase(Locale.ROOT))) {
                throw new IllegalArgumentException("has a " + raw.getName() + " that can't be understood");
            }
        }
        if (event instanceof VEvent own && (own.getExceptionRules().size() > 0 || ruleCount(own) > 1)) {
            throw new IllegalArgumentException("has several rules for when it recurs; make it several events");
        }
    }

    private static int ruleCount(VEvent event) {
        return event.getProperties(RecurrenceRule.class).size();
    }

    /** A moment as the calendar writes it. */
    private record Time(LocalDateTime local, ZoneRules zone, boolean wholeDay) {
        Instant instant() {
            return LocalSpan.instant(local, zone);
        }

        LocalDateTime localIn(ZoneRules other) {
            return zone.equals(other) || wholeDay
                    ? local
                    : LocalDateTime.ofInstant(instant(), other.getOffset(instant()));
        }
    }

    private Time time(ICalProperty property, ICalDate date) {
        DateTimeComponents written = date.getRawComponents();
        if (written == null || written.getYear() < 1970 || written.getYear() > 2200) {
            throw new IllegalArgumentException("has a time that is not between the years 1970 and 2200");
        }
        LocalDate day = LocalDate.of(written.getYear(), written.getMonth(), written.getDate());
        if (!date.hasTime()) {
            return new Time(day.atStartOfDay(), floating, true);
        }
        LocalTime time = LocalTime.of(written.getHour(), written.getMinute(), Math.min(written.getSecond(), 59));
        return new Time(day.atTime(time), written.isUtc() ? ZoneOffset.UTC.getRules() : zone(property), false);
    }

    private ZoneRules zone(ICalProperty property) {
        String id = property.getParameters().getTimezoneId();
        if (id == null) {
            return floating;
        }
        return zones.named(id).orElseGet(() -> {
            String problem =
                    "the time zone " + printable(id) + " is not known; its times are taken as those of shows.time_zone";
            if (!problems.contains(problem)) {
                problems.add(problem);
            }
            return floating;
        });
    }

    private LocalDateTime end(VEvent event, Time start) {
        if (event.getDateEnd() != null && event.getDateEnd().getValue() != null) {
            return time(event.getDateEnd(), event.getDateEnd().getValue()).localIn(start.zone());
        }
        if (event.getDuration() != null && event.getDuration().getValue() != null) {
            return start.local()
                    .plus(Duration.ofMillis(event.getDuration().getValue().toMillis()));
        }
        return start.wholeDay() ? start.local().plusDays(1) : start.local();
    }

    private void exceptions(VEvent event, Set<Instant> without, Set<LocalDate> withoutDays) {
        for (ExceptionDates exceptions : event.getExceptionDates()) {
            for (ICalDate date : exceptions.getValues()) {
                Time time = time(exceptions, date);
                if (time.wholeDay()) {
                    withoutDays.add(time.local().toLocalDate());
                } else {
                    without.add(time.instant());
                }
            }
        }
    }

    private List<LocalDateTime> more(VEvent event, Time start) {
        List<LocalDateTime> more = new ArrayList<>();
        for (RecurrenceDates dates : event.getRecurrenceDates()) {
            if (!dates.getPeriods().isEmpty()) {
                throw new IllegalArgumentException("has further times of other lengths; make them events of their own");
            }
            for (ICalDate date : dates.getDates()) {
                more.add(time(dates, date).localIn(start.zone()));
            }
        }
        return more;
    }

    private Optional<Recurrence> recurrence(VEvent event, Time start) {
        if (event.getRecurrenceRule() == null || event.getRecurrenceRule().getValue() == null) {
            return Optional.empty();
        }
        Recurrence rule = event.getRecurrenceRule().getValue();
        if (rule.getFrequency() == null) {
            throw new IllegalArgumentException("has a RRULE that can't be understood");
        }
        if (rule.getInterval() != null && rule.getInterval() < 1) {
            throw new IllegalArgumentException("recurs at an interval of " + rule.getInterval());
        }
        if (timesADay(rule) > MOST_A_DAY) {
            throw new IllegalArgumentException("recurs more than " + MOST_A_DAY + " times a day");
        }
        ICalDate until = rule.getUntil();
        if (until == null) {
            return Optional.of(rule);
        }
        Time last = time(event.getDateStart(), until);
        LocalDateTime local = last.wholeDay()
                ? last.local().toLocalDate().atTime(LocalTime.of(23, 59, 59))
                : last.localIn(start.zone());
        return Optional.of(new Recurrence.Builder(rule)
                .until(Date.from(local.toInstant(ZoneOffset.UTC)), true)
                .build());
    }

    private static long timesADay(Recurrence rule) {
        Frequency frequency = rule.getFrequency();
        long hours = frequency.compareTo(Frequency.HOURLY) <= 0
                ? 24
                : Math.max(1, rule.getByHour().size());
        long minutes = frequency.compareTo(Frequency.MINUTELY) <= 0
                ? 60
                : Math.max(1, rule.getByMinute().size());
        long seconds = frequency == Frequency.SECONDLY
                ? 60
                : Math.max(1, rule.getBySecond().size());
        return hours * minutes * seconds;
    }

    private static List<String> categories(VEvent event) {
        return event.getCategories().stream()
                .map(Categories::getValues)
                .flatMap(List::stream)
                .toList();
    }

    private static String name(VEvent event) {
        String summary = event.getSummary() == null ? null : event.getSummary().getValue();
        return summary == null || summary.isBlank() ? "untitled" : printable(summary.strip());
    }

    /** On one line, of bounded length. */
    static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        text.codePoints()
                .limit(LONGEST_NAME)
                .map(c -> Character.isISOControl(c)
                                || c == 0x2028
                                || c == 0x2029
                                || Character.getType(c) == Character.SURROGATE
                        ? ' '
                        : c)
                .forEach(printable::appendCodePoint);
        return printable.toString();
    }
}
