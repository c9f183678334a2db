package org.relaysupervisor.shows;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.WeeklyShow;

/** The weekly times of the configuration. */
final class WeeklyTimes {
    private WeeklyTimes() {}

    /** Every show within the window, one by one; of those that begin together the first in the configuration comes first. */
    static List<Show> within(Window window, RelayConfig.Shows configured, Profiles profiles) {
        ZoneRules zone = configured.zone().getRules();
        LocalDate first = window.from().atOffset(ZoneOffset.UTC).toLocalDate().minusDays(2);
        LocalDate last = window.to().atOffset(ZoneOffset.UTC).toLocalDate().plusDays(1);
        List<Show> shows = new ArrayList<>();
        for (WeeklyShow weekly : configured.weekly()) {
            for (LocalDate day = first; !day.isAfter(last); day = day.plusDays(1)) {
                if (weekly.days().contains(day.getDayOfWeek())) {
                    Show show = show(weekly, day, zone, profiles);
                    if (window.overlaps(show.start(), show.end().orElseThrow())) {
                        shows.add(show);
                    }
                }
            }
        }
        return shows;
    }

    private static Show show(WeeklyShow weekly, LocalDate day, ZoneRules zone, Profiles profiles) {
        boolean overMidnight = !weekly.end().isAfter(weekly.start());
        LocalDateTime start = day.atTime(weekly.start());
        LocalSpan span = new LocalSpan(start, day.plusDays(overMidnight ? 1 : 0).atTime(weekly.end()));
        return new Show(
                weekly.name(),
                weekly.profile(),
                profiles.announced(weekly.profile(), Set.of()),
                span.startIn(zone),
                Optional.of(span.endIn(zone)),
                Show.Origin.WEEKLY);
    }
}
