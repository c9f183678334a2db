package org.relaysupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.relaysupervisor.config.Texts.parse;
import static org.relaysupervisor.config.Texts.problems;

import java.net.URI;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.config.RelayConfig.Calendar;
import org.relaysupervisor.config.RelayConfig.CalendarFile;
import org.relaysupervisor.config.RelayConfig.CalendarUrl;
import org.relaysupervisor.config.RelayConfig.SecretCalendarUrl;
import org.relaysupervisor.config.RelayConfig.WeeklyShow;

class ShowsReadingTest {
    @Test
    void nothingIsScheduledByDefault() throws Exception {
        RelayConfig.Shows shows = parse("{}").config().shows();
        assertThat(shows).isEqualTo(new RelayConfig.Shows(ZoneId.systemDefault(), List.of(), Optional.empty()));
    }

    @Test
    void aWeeklyShowHasItsDaysTimesAndProfile() throws Exception {
        RelayConfig.Shows shows = parse("""
                profiles: [{name: talk}]
                shows:
                  time_zone: Europe/Berlin
                  weekly:
                    - name: 'Rock: all night'
                      days: [Fri, SATURDAY, sun]
                      start: '22:00'
                      end: '2:30'
                      profile: talk
                    - {name: Daily, start: '00:00', end: '24:00'}
                """).config().shows();
        assertThat(shows.zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
        assertThat(shows.weekly())
                .containsExactly(
                        new WeeklyShow(
                                "Rock: all night",
                                Set.of(DayOfWeek.FRIDAY, DayOfWeek.SATURDAY, DayOfWeek.SUNDAY),
                                LocalTime.of(22, 0),
                                LocalTime.of(2, 30),
                                Optional.of("talk")),
                        new WeeklyShow(
                                "Daily",
                                Set.of(DayOfWeek.values()),
                                LocalTime.MIDNIGHT,
                                LocalTime.MIDNIGHT,
                                Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{name: a, start: 20:00, end: 08:00}", "{name: a, start: '20:00', end: \"08:00\"}"})
    void aTimeOfDayNeedsNoQuotes(String show) throws Exception {
        assertThat(parse("shows: {weekly: [" + show + "]}").config().shows().weekly())
                .singleElement()
                .extracting(WeeklyShow::start, WeeklyShow::end)
                .containsExactly(LocalTime.of(20, 0), LocalTime.of(8, 0));
        assertThat(parse("shows:\n  weekly:\n    - name: a\n      start: 20:00\n      end: 08:00\n")
                        .config()
                        .shows()
                        .weekly())
                .singleElement()
                .extracting(WeeklyShow::start)
                .isEqualTo(LocalTime.of(20, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1200", "20", "8pm", "24:00", "25:00", "20:60", "20:00:00", "20.00", "-1:00", "''", "2000"})
    void whatIsNoTimeOfDayIsRefused(String start) {
        assertThat(problems("shows: {weekly: [{name: a, end: '08:00', start: " + start + "}]}"))
                .containsExactly(
                        "relay.yaml:1:49: shows.weekly.start must be a time of day from 00:00 to 23:59, such as"
                                + " 20:00");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "shows: {time_zone: europe/berlin} | 1:20: shows.time_zone must be the name of a time zone, such as"
                        + " Europe/Berlin or UTC; did you mean Europe/Berlin?",
                "shows: {time_zone: '+01:00'}      | 1:20: shows.time_zone must be the name of a time zone, such as"
                        + " Europe/Berlin or UTC",
                "shows: {weekly: [{name: a, days: [wen], start: 1:00, end: 2:00}]} | 1:35: shows.weekly.days must be some of"
                        + " mon, tue, wed, thu, fri, sat, sun",
                "shows: {weekly: [{name: a, days: [wendesday], start: 1:00, end: 2:00}]} | 1:35: shows.weekly.days must be"
                        + " some of mon, tue, wed, thu, fri, sat, sun; did you mean wednesday?",
                "shows: {weekly: [{name: a, days: [], start: 1:00, end: 2:00}]} | 1:34: shows.weekly.days must have at"
                        + " least one day; leave it out for every day",
                "shows: {weekly: [{name: a, days: mon, start: 1:00, end: 2:00}]} | 1:34: shows.weekly.days must be a list,"
                        + " such as [one, two]",
                "shows: {weekly: [{name: a, start: 1:00}]} | 1:18: shows.weekly.end is missing here; it has no default",
                "shows: {weekly: [{start: 1:00, end: 2:00}]} | 1:18: shows.weekly.name is missing here; it has no default",
                "shows: {weekly: [{name: a, start: 1:00, end: 2:00, profile: musik}]} | 1:61: shows.weekly.profile must be"
                        + " one of music; did you mean music?",
                "shows: {calendar: {file: /a, url: 'http://b/'}} | 1:35: shows.calendar.url must not stand beside"
                        + " shows.calendar.file; there is one calendar",
                "shows: {calendar: {refresh: 10m}} | 1:19: shows.calendar must have file or url, which says where the"
                        + " calendar is",
                "shows: {calendar: /a.ics} | 1:19: shows.calendar must be a section: its keys on the lines below, indented",
                "shows: {calendar: {url: 'webcal://a/b.ics'}} | 1:25: shows.calendar.url must be an address that begins with"
                        + " http://, https://",
                "shows: {calendar: {url: 'http://a/', refresh: 1s}} | 1:47: shows.calendar.refresh must be a duration from"
                        + " 1m to 24h",
                "shows: {calendar: {url: 'http://a/', refresh: 2h}} | 1:47: shows.calendar.refresh does not fit:"
                        + " shows.calendar.stale_after must be longer than shows.calendar.refresh, or the calendar is"
                        + " stale between any two readings",
                "shows: {calendar: {url: {file: a, credential: b}}} | 1:25: shows.calendar.url must be exactly one of"
                        + " {file: PATH}, {credential: NAME}, {environment: VARIABLE} when it is a secret",
                "shows: {calendar: {url: [a]}} | 1:25: shows.calendar.url must be a section: its keys on the lines below,"
                        + " indented"
            })
    void aMistakeIsToldWithItsPlaceAndWhatToDo(String yaml, String problem) {
        assertThat(problems(yaml)).containsExactly("relay.yaml:" + problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2",
                "{hunter2: x}",
                "{file: a, hunter2: b}",
                "{environment: hunter2-}",
                "{file: ~hunter2}",
                "ftp://hunter2/",
                "http://me:hunter2@host/",
                "http://hunter2 /",
                "[hunter2]",
                "[{file: hunter2}]"
            })
    void aWrongAddressIsNeverRepeated(String written) {
        assertThat(problems("shows: {calendar: {url: '%s'}}".formatted(written)))
                .isNotEmpty()
                .noneMatch(problem -> problem.contains("hunter2"));
        assertThat(problems("shows:\n  calendar:\n    url: " + written + "\n"))
                .isNotEmpty()
                .noneMatch(problem -> problem.contains("hunter2"));
    }

    @Test
    void theCalendarIsAFileAnAddressOrASecretAddress() throws Exception {
        assertThat(calendar("{file: shows.ics}").source()).isEqualTo(new CalendarFile(Path.of("/etc/relay/shows.ics")));
        assertThat(calendar("{url: 'https://cloud.example/a.ics'}").source())
                .isEqualTo(new CalendarUrl(URI.create("https://cloud.example/a.ics")));
        assertThat(calendar("{url: {credential: calendar}}").source())
                .isEqualTo(new SecretCalendarUrl(new SecretSource.Credential("calendar")));
        assertThat(calendar("{url: {file: address}}").source())
                .isEqualTo(new SecretCalendarUrl(new SecretSource.InFile(Path.of("/etc/relay/address"))));
        assertThat(calendar("{file: /a, refresh: 10m, stale_after: 3h}"))
                .isEqualTo(new Calendar(new CalendarFile(Path.of("/a")), Duration.ofMinutes(10), Duration.ofHours(3)));
    }

    @Test
    void aMissingCalendarFileIsOnlyWarnedAbout() throws Exception {
        assertThat(parse("shows: {calendar: {file: /nowhere/a.ics}}").warnings())
                .singleElement()
                .asString()
                .contains("shows.calendar.file is no file on this machine");
    }

    @Test
    void showsMayOverlapButForTheSameStart() throws Exception {
        String daily = "{name: Daily, start: 06:00, end: 06:00}";
        assertThat(parse("shows: {weekly: [" + daily + ", {name: News, start: 12:00, end: 12:05}]}")
                        .warnings())
                .isEmpty();
        assertThat(parse("shows: {weekly: [" + daily + ", {name: Morning, days: [mon], start: 06:00, end: 09:00}]}")
                        .warnings())
                .singleElement()
                .asString()
                .endsWith("shows.weekly.start is also that of \"Daily\" above, which counts when both begin");
        assertThat(parse("shows: {weekly: [{name: a, days: [mon], start: 1:00, end: 2:00},"
                                + " {name: b, days: [tue], start: 1:00, end: 2:00}]}")
                        .warnings())
                .isEmpty();
    }

    private static Calendar calendar(String yaml) throws InvalidConfigException {
        return parse("shows: {calendar: " + yaml + "}")
                .config()
                .shows()
                .calendar()
                .orElseThrow();
    }
}
