package org.relaysupervisor.config;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static org.relaysupervisor.config.Amounts.duration;
import static org.relaysupervisor.config.Readings.name;
import static org.relaysupervisor.config.Readings.nonBlankText;
import static org.relaysupervisor.config.Readings.path;
import static org.relaysupervisor.config.Readings.url;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.relaysupervisor.config.RelayConfig.Calendar;
import org.relaysupervisor.config.RelayConfig.CalendarFile;
import org.relaysupervisor.config.RelayConfig.CalendarSource;
import org.relaysupervisor.config.RelayConfig.CalendarUrl;
import org.relaysupervisor.config.RelayConfig.SecretCalendarUrl;
import org.relaysupervisor.config.RelayConfig.Shows;
import org.relaysupervisor.config.RelayConfig.WeeklyShow;

/** Reads {@code shows}: weekly times, and where the calendar is. */
final class ShowsReading {
    private static final List<DayOfWeek> EVERY_DAY = List.of(DayOfWeek.values());
    private static final List<String> SHORT_DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
    private static final List<String> LONG_DAYS = Stream.of(DayOfWeek.values())
            .map(day -> day.name().toLowerCase(Locale.ROOT))
            .toList();
    private static final Pattern TIME_OF_DAY = Pattern.compile("([01]?[0-9]|2[0-3]):([0-5][0-9])");

    private final Path directory;
    private final SecretReading secrets;

    /** @param directory where relative paths start */
    ShowsReading(Path directory) {
        this.directory = directory;
        this.secrets = new SecretReading(directory);
    }

    Shows read(Section shows) {
        return new Shows(
                shows.value("time_zone", ZoneId.systemDefault(), ShowsReading::zone),
                shows.sections("weekly").orElse(List.of()).stream()
                        .map(ShowsReading::weekly)
                        .toList(),
                calendar(shows));
    }

    /** With rules for daylight saving, which an offset such as +01:00 has not. */
    private static ZoneId zone(String text) throws Refused {
        Set<String> known = ZoneId.getAvailableZoneIds();
        if (!known.contains(text)) {
            throw new Refused(
                    "must be the name of a time zone, such as Europe/Berlin or UTC" + Nearest.hint(text, known));
        }
        return ZoneId.of(text);
    }

    private static WeeklyShow weekly(Section show) {
        String name = show.required("name", "", nonBlankText(100));
        List<DayOfWeek> days = show.values("days", EVERY_DAY, ShowsReading::day);
        return new WeeklyShow(
                name,
                days.isEmpty() ? Set.of() : EnumSet.copyOf(days),
                show.required("start", LocalTime.MIDNIGHT, ShowsReading::timeOfDay),
                show.required("end", LocalTime.MIDNIGHT, ShowsReading::endOfDay),
                show.optional("profile", name()));
    }

    private static DayOfWeek day(String text) throws Refused {
        String word = text.toLowerCase(Locale.ROOT);
        int day = Math.max(SHORT_DAYS.indexOf(word), LONG_DAYS.indexOf(word));
        if (day < 0) {
            throw new Refused("must be some of " + String.join(", ", SHORT_DAYS) + Nearest.hint(text, LONG_DAYS));
        }
        return DayOfWeek.of(day + 1);
    }

    private static LocalTime timeOfDay(String text) throws Refused {
        Matcher time = TIME_OF_DAY.matcher(text);
        if (!time.matches()) {
            throw new Refused("must be a time of day from 00:00 to 23:59, such as 20:00");
        }
        return LocalTime.of(Integer.parseInt(time.group(1)), Integer.parseInt(time.group(2)));
    }

    /** 24:00 is how many write the end of the last show of a day. */
    private static LocalTime endOfDay(String text) throws Refused {
        return text.equals("24:00") ? LocalTime.MIDNIGHT : timeOfDay(text);
    }

    private Optional<Calendar> calendar(Section shows) {
        Section calendar = shows.section("calendar");
        Optional<CalendarSource> file =
                calendar.optional("file", path(directory)).map(CalendarFile::new);
        Optional<CalendarSource> url = calendarUrl(calendar);
        Calendar read = new Calendar(
                file.or(() -> url).orElse(new CalendarFile(directory)),
                calendar.value("refresh", ofMinutes(5), duration(ofMinutes(1), ofHours(24))),
                calendar.value("stale_after", ofHours(1), duration(ofMinutes(1), ofHours(168))));
        if (calendar.has("file") && calendar.has("url")) {
            calendar.error("url", "must not stand beside shows.calendar.file; there is one calendar");
        } else if (!calendar.keys().isEmpty() && !calendar.has("file") && !calendar.has("url")) {
            shows.error("calendar", "must have file or url, which says where the calendar is");
        } else if (read.source() instanceof CalendarFile at
                && calendar.has("file")
                && calendar.isSound("file")
                && !Files.isRegularFile(at.file())) {
            calendar.warn("file", "is no file on this machine");
        }
        boolean sound = calendar.isSound("refresh") && calendar.isSound("stale_after");
        if (sound && read.staleAfter().compareTo(read.refresh()) <= 0) {
            calendar.error(
                    calendar.has("stale_after") ? "stale_after" : "refresh",
                    "does not fit: shows.calendar.stale_after must be longer than shows.calendar.refresh, or the calendar"
                            + " is stale between any two readings");
        }
        return file.or(() -> url).map(source -> read);
    }

    private Optional<CalendarSource> calendarUrl(Section calendar) {
        if (calendar.has("url") && calendar.text("url").isEmpty()) {
            return secrets.place(calendar, "url").map(SecretCalendarUrl::new);
        }
        return calendar.optional("url", url("http", "https")).map(CalendarUrl::new);
    }
}
