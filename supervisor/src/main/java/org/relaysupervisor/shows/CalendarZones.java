package org.relaysupervisor.shows;

import biweekly.ICalendar;
import biweekly.component.DaylightSavingsTime;
import biweekly.component.Observance;
import biweekly.component.RawComponent;
import biweekly.component.StandardTime;
import biweekly.property.RawProperty;
import biweekly.property.TimezoneId;
import biweekly.property.UtcOffsetProperty;
import biweekly.util.ByDay;
import biweekly.util.DateTimeComponents;
import biweekly.util.Frequency;
import biweekly.util.Recurrence;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.Month;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneOffsetTransitionRule;
import java.time.zone.ZoneOffsetTransitionRule.TimeDefinition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The time zones of one calendar. One that is known by name has Java's rules, whatever the calendar writes about it; another one,
 * as Outlook names them, has the rules that the calendar writes for these days.
 */
final class CalendarZones {
    private static final Set<String> KNOWN = ZoneId.getAvailableZoneIds();

    /** Any year before the first event will do. */
    private static final int FIRST_YEAR = 1970;

    private final Map<String, ZoneRules> written = new HashMap<>();

    void add(ICalendar calendar) {
        for (RawComponent zone : calendar.getExperimentalComponents("VTIMEZONE")) {
            TimezoneId id = zone.getProperty(TimezoneId.class);
            if (id != null && id.getValue() != null) {
                rules(zone).ifPresent(rules -> written.put(id.getValue(), rules));
            }
        }
    }

    /** Empty for one that is neither known nor written in a way that can be followed. */
    Optional<ZoneRules> named(String id) {
        return known(id).or(() -> Optional.ofNullable(written.get(id)));
    }

    /** Some programmes put their own name before it: {@code /example.org/2024a/Europe/Berlin}. */
    private static Optional<ZoneRules> known(String id) {
        for (String rest = id; !rest.isEmpty(); rest = rest.substring(rest.indexOf('/') + 1)) {
            if (KNOWN.contains(rest)) {
                return Optional.of(ZoneId.of(rest).getRules());
            }
            if (rest.indexOf('/') < 0) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Optional<ZoneRules> rules(RawComponent zone) {
        RawProperty location = zone.getExperimentalProperty("X-LIC-LOCATION");
        Optional<ZoneRules> known =
                location == null || location.getValue() == null ? Optional.empty() : known(location.getValue());
        if (known.isPresent()) {
            return known;
        }
        List<Observance> observances = new ArrayList<>(zone.getComponents(StandardTime.class));
        observances.addAll(zone.getComponents(DaylightSavingsTime.class));
        try {
            return rules(observances, zone.getComponents(StandardTime.class));
        } catch (DateTimeException | IllegalArgumentException notAsExpected) {
            return Optional.empty();
        }
    }

    private static Optional<ZoneRules> rules(List<Observance> observances, List<StandardTime> standards) {
        if (standards.isEmpty()) {
            return Optional.empty();
        }
        ZoneOffset standard = offset(standards.get(standards.size() - 1).getTimezoneOffsetTo());
        List<ZoneOffsetTransitionRule> yearly = new ArrayList<>();
        for (Observance observance : observances) {
            if (observance.getRecurrenceRule() != null && !ended(observance)) {
                yearly.add(yearly(observance, standard));
            }
        }
        if (yearly.isEmpty()) {
            return observances.size() == 1 ? Optional.of(ZoneRules.of(standard)) : Optional.empty();
        }
        if (yearly.size() != 2) {
            return Optional.empty();
        }
        yearly.sort(Comparator.comparing(ZoneOffsetTransitionRule::getMonth));
        List<ZoneOffsetTransition> first =
                yearly.stream().map(rule -> rule.createTransition(FIRST_YEAR)).toList();
        return Optional.of(ZoneRules.of(standard, first.get(0).getOffsetBefore(), List.of(), first, yearly));
    }

    private static boolean ended(Observance observance) {
        Recurrence rule = observance.getRecurrenceRule().getValue();
        return rule.getUntil() != null || rule.getCount() != null;
    }

    private static ZoneOffsetTransitionRule yearly(Observance observance, ZoneOffset standard) {
        Recurrence rule = observance.getRecurrenceRule().getValue();
        boolean plain = rule.getFrequency() == Frequency.YEARLY
                && rule.getByMonth().size() == 1
                && rule.getByDay().size() == 1
                && rule.getByDay().get(0).getNum() != null
                && rule.getByMonthDay().isEmpty();
        if (!plain || observance.getDateStart() == null) {
            throw new IllegalArgumentException("a rule of another form than first Sunday in March");
        }
        ByDay day = rule.getByDay().get(0);
        int week = day.getNum();
        DateTimeComponents start = observance.getDateStart().getValue().getRawComponents();
        return ZoneOffsetTransitionRule.of(
                Month.of(rule.getByMonth().get(0)),
                week > 0 ? (week - 1) * 7 + 1 : week * 7 + 6,
                DayOfWeek.valueOf(day.getDay().name()),
                LocalTime.of(start.getHour(), start.getMinute(), start.getSecond()),
                false,
                TimeDefinition.WALL,
                standard,
                offset(observance.getTimezoneOffsetFrom()),
                offset(observance.getTimezoneOffsetTo()));
    }

    private static ZoneOffset offset(UtcOffsetProperty property) {
        if (property == null || property.getValue() == null) {
            throw new IllegalArgumentException("an offset is missing");
        }
        return ZoneOffset.ofTotalSeconds(Math.toIntExact(property.getValue().getMillis() / 1000));
    }
}
