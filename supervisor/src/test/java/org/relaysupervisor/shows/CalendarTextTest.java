package org.relaysupervisor.shows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.relaysupervisor.shows.Ics.calendar;
import static org.relaysupervisor.shows.Ics.event;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.loop.ManualLoop;

class CalendarTextTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final String NOW = "2026-11-24T12:00:00Z";

    @Test
    void aSeriesOfGoogleWithACancelledAndAMovedTime() throws Exception {
        assertThat(times(Ics.GOOGLE, NOW))
                .containsExactly(
                        "Jazz, live 2026-11-16T19:00:00Z 2026-11-16T21:00:00Z",
                        "Jazz, live 2026-11-19T19:00:00Z 2026-11-19T21:00:00Z",
                        "Jazz, a day later 2026-11-24T20:00:00Z 2026-11-24T22:00:00Z",
                        "Noon 2026-11-25T11:00:00Z 2026-11-25T12:00:00Z",
                        "Jazz, live 2026-11-30T19:00:00Z 2026-11-30T21:00:00Z");
    }

    @Test
    void theLastTimeOfASeriesIsTheOneBeforeItsEndInUtc() throws Exception {
        String lastAtEight = calendar(event(
                "SUMMARY:a",
                "DTSTART;TZID=Europe/Berlin:20261120T200000",
                "DTEND;TZID=Europe/Berlin:20261120T210000",
                "RRULE:FREQ=DAILY;UNTIL=20261122T190000Z"));
        assertThat(times(lastAtEight, NOW)).hasSize(3);
        assertThat(times(lastAtEight.replace("T190000Z", "T185959Z"), NOW)).hasSize(2);
        assertThat(times(lastAtEight.replace("T190000Z", ""), NOW)).hasSize(3);
    }

    @Test
    void aSeriesOfNextcloudWithCategoriesAndACancelledTime() throws Exception {
        List<Show> shows = shows(Ics.NEXTCLOUD, NOW).shows();
        assertThat(shows).hasSize(9).allSatisfy(show -> {
            assertThat(show.name())
                    .isEqualTo("A name that is so long that it does not fit on one line of seventy-five octets");
            assertThat(show.profile()).contains("talk");
            assertThat(show.expected()).containsExactly("near_silence");
            assertThat(show.start()).isNotEqualTo(Instant.parse("2026-11-24T17:00:00Z"));
        });
        assertThat(times(Ics.NEXTCLOUD, "2026-12-06T12:00:00Z"))
                .contains("Funkhausfest 2026-12-04T23:00:00Z 2026-12-06T23:00:00Z");
    }

    @Test
    void aTimeZoneOfOutlooksOwnIsUnderstood() throws Exception {
        assertThat(shows(Ics.OUTLOOK, NOW).problems()).isEmpty();
        assertThat(times(Ics.OUTLOOK, NOW))
                .containsExactly(
                        "Mittwochs 2026-11-18T19:00:00Z 2026-11-18T20:00:00Z",
                        "Mittwochs 2026-11-25T19:00:00Z 2026-11-25T20:00:00Z");
        assertThat(times(Ics.OUTLOOK, "2026-07-08T12:00:00Z"))
                .contains("Mittwochs 2026-07-08T18:00:00Z 2026-07-08T19:00:00Z");
        assertThat(times(Ics.OUTLOOK, "2026-03-29T12:00:00Z"))
                .contains(
                        "Mittwochs 2026-03-25T19:00:00Z 2026-03-25T20:00:00Z",
                        "Mittwochs 2026-04-01T18:00:00Z 2026-04-01T19:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Europe/Vienna", "/Europe/Vienna", "/freeassociation.sourceforge.net/Europe/Vienna"})
    void aTimeZoneMayHaveSomethingBeforeItsName(String zone) throws Exception {
        assertThat(times(
                        calendar(event("SUMMARY:a", "DTSTART;TZID=" + zone + ":20261124T200000", "DURATION:PT1H")),
                        NOW))
                .containsExactly("a 2026-11-24T19:00:00Z 2026-11-24T20:00:00Z");
    }

    @Test
    void anUnknownTimeZoneIsToldOnceAndTakenAsTheStations() throws Exception {
        CalendarShows shows = shows(
                calendar(
                        event("SUMMARY:a", "DTSTART;TZID=Mars:20261124T200000", "DURATION:PT1H"),
                        event("SUMMARY:b", "DTSTART;TZID=Mars:20261124T220000", "DURATION:PT1H")),
                NOW);
        assertThat(shows.shows()).extracting(Show::start).contains(Instant.parse("2026-11-24T19:00:00Z"));
        assertThat(shows.problems())
                .containsExactly("the time zone Mars is not known; its times are taken as those of shows.time_zone");
    }

    @Test
    void aTimeWithoutZoneAndAWholeDayAreTheStations() throws Exception {
        assertThat(times(
                        calendar(
                                event("SUMMARY:a", "DTSTART:20261124T200000", "DTEND:20261124T210000"),
                                event("SUMMARY:day", "DTSTART;VALUE=DATE:20261125")),
                        NOW))
                .containsExactly(
                        "a 2026-11-24T19:00:00Z 2026-11-24T20:00:00Z", "day 2026-11-24T23:00:00Z 2026-11-25T23:00:00Z");
    }

    @Test
    void aShowKeepsItsTimesOfDayWhenTheClockChanges() throws Exception {
        assertThat(times(
                        calendar(event(
                                "SUMMARY:night",
                                "DTSTART;TZID=Europe/Berlin:20260327T230000",
                                "DTEND;TZID=Europe/Berlin:20260328T060000",
                                "RRULE:FREQ=DAILY;COUNT=3")),
                        "2026-03-28T12:00:00Z"))
                .containsExactly(
                        "night 2026-03-27T22:00:00Z 2026-03-28T05:00:00Z",
                        "night 2026-03-28T22:00:00Z 2026-03-29T04:00:00Z",
                        "night 2026-03-29T21:00:00Z 2026-03-30T04:00:00Z");
    }

    @Test
    void whatIsCancelledIsNoShow() throws Exception {
        String cancelled = event("SUMMARY:a", "DTSTART:20261124T200000Z", "DURATION:PT1H", "STATUS:CANCELLED");
        assertThat(times(calendar(cancelled), NOW)).isEmpty();
    }

    @Test
    void furtherDatesAreFurtherShows() throws Exception {
        assertThat(times(
                        calendar(event(
                                "SUMMARY:a",
                                "DTSTART:20261124T200000Z",
                                "DURATION:PT1H",
                                "RDATE:20261125T210000Z,20261126T220000Z",
                                "EXDATE:20261125T210000Z")),
                        NOW))
                .containsExactly(
                        "a 2026-11-24T20:00:00Z 2026-11-24T21:00:00Z", "a 2026-11-26T22:00:00Z 2026-11-26T23:00:00Z");
    }

    @Test
    void aDayWithoutTimeCancelsTheShowOfThatDay() throws Exception {
        assertThat(times(
                        calendar(event(
                                "SUMMARY:a",
                                "DTSTART:20261124T200000",
                                "DURATION:PT1H",
                                "RRULE:FREQ=DAILY;COUNT=2",
                                "EXDATE;VALUE=DATE:20261124")),
                        NOW))
                .containsExactly("a 2026-11-25T19:00:00Z 2026-11-25T20:00:00Z");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DTSTART:20261124T200000Z                    | has no end after its start, so it is no show",
                "DTSTART:20261124T200000Z;DTEND:20261124T190000Z | has no end after its start, so it is no show",
                "DTEND:20261124T200000Z                      | has no start",
                "DTSTART:tomorrow;DURATION:PT1H              | has a DTSTART that can't be understood",
                "DTSTART:20261124T200000Z;DURATION:long      | has a DURATION that can't be understood",
                "DTSTART:20261124T200000Z;DURATION:PT1H;RRULE:FREQ=NOW | has a RRULE that can't be understood",
                "DTSTART:20261124T200000Z;DURATION:PT1H;RRULE:FREQ=SECONDLY | recurs more than 96 times a day",
                "DTSTART:20261124T200000Z;DURATION:PT1H;RRULE:FREQ=MINUTELY | recurs more than 96 times a day",
                "DTSTART:20261124T200000Z;DURATION:PT1H;RRULE:FREQ=DAILY/INTERVAL=0 | recurs at an interval of 0",
                "DTSTART:20261124T200000Z;DURATION:P400D     | is longer than a year",
                "DTSTART:16011124T200000Z;DURATION:PT1H      | has a time that is not between the years 1970 and 2200",
                "DTSTART:20200101T200000Z;DURATION:PT1H;RRULE:FREQ=HOURLY/COUNT=999999999 | recurs more than 20000 times",
                "DTSTART:20261124T200000Z;DURATION:PT1H;RECURRENCE-ID/RANGE=THISANDFUTURE:20261124T200000Z | changes all later"
                        + " times at once, which is not understood here; end the old series and begin a new one"
            })
    void anEventThatIsNotUnderstoodIsToldAndTheOthersAreUsed(String lines, String problem) throws Exception {
        String bad = event(("SUMMARY:bad;" + lines.strip()).replace(";", "\r\n").replace("/", ";"));
        String good = event("SUMMARY:good", "DTSTART:20261124T200000Z", "DURATION:PT1H");
        CalendarShows shows = shows(calendar(bad, good), NOW);
        assertThat(shows.shows()).extracting(Show::name).contains("good");
        assertThat(shows.events()).isEqualTo(2);
        assertThat(shows.problems())
                .singleElement()
                .asString()
                .startsWith("event \"bad\"")
                .endsWith(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                       | it is no iCalendar file",
                "hello                    | it is no iCalendar file",
                "<!DOCTYPE html><html>    | it is a web page, not a calendar",
                "BEGIN:VCARD              | it is no iCalendar file"
            })
    void whatIsNoCalendarIsRefused(String text, String problem) {
        assertThatExceptionOfType(UnreadableCalendarException.class)
                .isThrownBy(() -> shows(text, NOW))
                .withMessageStartingWith(problem);
    }

    @Test
    void aCalendarThatIsCutOffAnywhereIsRefused() {
        for (int length = 0; length < Ics.GOOGLE.strip().length(); length += 7) {
            String cut = Ics.GOOGLE.substring(0, length);
            assertThatExceptionOfType(UnreadableCalendarException.class).isThrownBy(() -> shows(cut, NOW));
        }
    }

    @Test
    void aCalendarOfNothingButUselessEventsIsRefused() {
        assertThatExceptionOfType(UnreadableCalendarException.class)
                .isThrownBy(() -> shows(calendar(event("SUMMARY:a", "DTSTART:x")), NOW))
                .withMessageStartingWith("none of its events can be used: event \"a\"");
    }

    @Test
    void anEmptyCalendarHasNoShows() throws Exception {
        assertThat(shows(calendar(""), NOW).shows()).isEmpty();
    }

    @Test
    void aNameIsOneLineOfBoundedLength() throws Exception {
        String long200 = "x".repeat(200);
        assertThat(shows(
                                calendar(
                                        event("SUMMARY:a\\nb", "DTSTART:20261124T200000Z", "DURATION:PT1H"),
                                        event("SUMMARY:" + long200, "DTSTART:20261124T200000Z", "DURATION:PT1H"),
                                        event("DTSTART:20261124T200000Z", "DURATION:PT1H")),
                                NOW)
                        .shows())
                .extracting(Show::name)
                .containsExactly("a b", "x".repeat(100), "untitled");
    }

    private static List<String> times(String text, String now) throws Exception {
        return shows(text, now).shows().stream()
                .sorted(Comparator.comparing(Show::start))
                .map(show -> show.name() + " " + show.start() + " " + show.end().orElseThrow())
                .toList();
    }

    private static CalendarShows shows(String text, String now) throws Exception {
        Profiles profiles = new Profiles(Scene.config("profiles: [{name: talk, expected: [near_silence]}]")
                .profiles());
        return CalendarShows.of(
                CalendarText.read(text, BERLIN), profiles, Window.around(Instant.parse(now)), new ManualLoop());
    }
}
