package org.relaysupervisor.shows;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.config.RelayConfig;

class WeeklyTimesTest {
    @Test
    void aShowOverMidnightBelongsToTheDayOnWhichItBegins() throws Exception {
        assertThat(times("{name: a, days: [fri], start: '22:00', end: '02:00'}", "2026-11-27T12:00:00Z"))
                .containsExactly(
                        "2026-11-20T21:00:00Z 2026-11-21T01:00:00Z",
                        "2026-11-27T21:00:00Z 2026-11-28T01:00:00Z",
                        "2026-12-04T21:00:00Z 2026-12-05T01:00:00Z");
    }

    @Test
    void equalTimesAreAWholeDay() throws Exception {
        assertThat(times("{name: a, days: [wed], start: '06:00', end: '06:00'}", "2026-11-25T12:00:00Z"))
                .contains("2026-11-25T05:00:00Z 2026-11-26T05:00:00Z");
        assertThat(times("{name: a, days: [wed], start: '00:00', end: '24:00'}", "2026-11-25T12:00:00Z"))
                .contains("2026-11-24T23:00:00Z 2026-11-25T23:00:00Z");
    }

    @Test
    void inTheNightThatLacksAnHourWhatIsWithinItComesAnHourLater() throws Exception {
        assertThat(spring("01:00", "02:30")).isEqualTo("2026-03-29T00:00:00Z 2026-03-29T01:30:00Z");
        assertThat(spring("02:30", "02:45")).isEqualTo("2026-03-29T01:30:00Z 2026-03-29T01:45:00Z");
        assertThat(spring("02:30", "03:15")).isEqualTo("2026-03-29T01:30:00Z 2026-03-29T02:15:00Z");
        assertThat(spring("02:30", "05:00")).isEqualTo("2026-03-29T01:30:00Z 2026-03-29T03:00:00Z");
        assertThat(spring("22:00", "06:00")).isEqualTo("2026-03-29T20:00:00Z 2026-03-30T04:00:00Z");
        assertThat(spring("00:00", "24:00")).isEqualTo("2026-03-28T23:00:00Z 2026-03-29T22:00:00Z");
    }

    @Test
    void inTheNightThatHasAnHourTwiceTheFirstOneCounts() throws Exception {
        assertThat(autumn("02:30", "02:45")).isEqualTo("2026-10-25T00:30:00Z 2026-10-25T00:45:00Z");
        assertThat(autumn("01:00", "02:30")).isEqualTo("2026-10-24T23:00:00Z 2026-10-25T00:30:00Z");
        assertThat(autumn("02:30", "03:00")).isEqualTo("2026-10-25T00:30:00Z 2026-10-25T02:00:00Z");
        assertThat(autumn("00:00", "24:00")).isEqualTo("2026-10-24T22:00:00Z 2026-10-25T23:00:00Z");
    }

    private static String spring(String start, String end) throws Exception {
        return onSunday(start, end, "2026-03-29");
    }

    private static String autumn(String start, String end) throws Exception {
        return onSunday(start, end, "2026-10-25");
    }

    private static String onSunday(String start, String end, String day) throws Exception {
        return times("{name: a, days: [sun], start: '" + start + "', end: '" + end + "'}", day + "T12:00:00Z")
                .get(1);
    }

    private static List<String> times(String show, String now) throws Exception {
        RelayConfig config = Scene.config("shows: {time_zone: Europe/Berlin, weekly: [" + show + "]}");
        return WeeklyTimes.within(Window.around(Instant.parse(now)), config.shows(), new Profiles(config.profiles()))
                .stream()
                .map(shown -> shown.start() + " " + shown.end().orElseThrow())
                .toList();
    }
}
