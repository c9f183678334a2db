package org.relaysupervisor.shows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.relaysupervisor.shows.Ics.calendar;
import static org.relaysupervisor.shows.Ics.event;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.relaysupervisor.loop.Clock;

/** What a calendar may cost, whoever wrote it. */
@Isolated("measures what reading costs")
class HostileCalendarTest {
    /** A second for the work, and as much again for a machine with other things to do, several times over. */
    private static final Duration AT_MOST = Duration.ofSeconds(8);

    private static final Clock REAL = new Clock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.parse("2026-11-24T12:00:00Z");
        }
    };

    static Stream<String> rules() {
        return Stream.of(
                "FREQ=SECONDLY",
                "FREQ=SECONDLY;COUNT=1000000000",
                "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
                "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5",
                "FREQ=HOURLY;BYMINUTE=0,15,30,45",
                "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
                "FREQ=YEARLY;BYYEARDAY=366;INTERVAL=3",
                "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYMONTHDAY=1;INTERVAL=99",
                "FREQ=MONTHLY;BYMONTHDAY=1;BYDAY=2SU",
                "FREQ=MONTHLY;BYDAY=5MO;BYSETPOS=300",
                "FREQ=WEEKLY;INTERVAL=2147483647",
                "FREQ=DAILY;INTERVAL=-1",
                "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9;BYMINUTE=0,1,2,3,4,5,6,7,8,9;BYSECOND=1,2,3,4",
                "FREQ=DAILY;COUNT=2147483647");
    }

    @ParameterizedTest
    @MethodSource("rules")
    void oneRuleCostsLittle(String rule) {
        assertThat(cost(calendar(event("SUMMARY:a", "DTSTART:19700101T000000Z", "DURATION:PT1S", "RRULE:" + rule))))
                .isLessThan(AT_MOST);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void thousandsOfThemAreRefusedOrCostLittleToo(String rule) {
        String[] events = new String[4000];
        for (int i = 0; i < events.length; i++) {
            events[i] = event("SUMMARY:" + i, "DTSTART:19700101T000000Z", "DURATION:PT1S", "RRULE:" + rule);
        }
        assertThat(cost(calendar(events))).isLessThan(AT_MOST);
    }

    @Test
    void aTimeZoneOfAnyKindCostsLittle() {
        String zone = """
                BEGIN:VTIMEZONE
                TZID:Evil
                BEGIN:STANDARD
                DTSTART:16010101T000000
                TZOFFSETFROM:+0000
                TZOFFSETTO:+0100
                RRULE:FREQ=SECONDLY
                END:STANDARD
                END:VTIMEZONE
                """;
        assertThat(cost(calendar(
                        zone.repeat(2000), event("SUMMARY:a", "DTSTART;TZID=Evil:20261124T200000", "DURATION:PT1H"))))
                .isLessThan(AT_MOST);
    }

    @Test
    void aMebibyteOfAnythingCostsLittle() {
        List<String> repeated = List.of(
                "BEGIN:VEVENT\r\n",
                "BEGIN:VCALENDAR\r\n",
                "END:VEVENT\r\n",
                " ",
                "\r\n",
                "\r\n x",
                "a",
                "EXDATE:20261124T200000Z\r\n",
                "EXDATE:20261124T200000Z,",
                "SUMMARY;X=\"",
                ";A=B",
                "CATEGORIES:a,b,c\r\n",
                "RDATE:20261124T200000Z\r\n");
        for (String piece : repeated) {
            String filling = piece.repeat((1 << 20) / piece.length());
            assertThat(cost("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + filling + "\r\nEND:VCALENDAR\r\n"))
                    .as("%s", piece)
                    .isLessThan(AT_MOST);
            assertThat(cost(calendar(event("DTSTART:20261124T200000Z", "DURATION:PT1H", filling))))
                    .as("%s in an event", piece)
                    .isLessThan(AT_MOST);
        }
    }

    @Test
    void anyChangeOfAnyByteIsReadOrRefused() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            StringBuilder text = new StringBuilder(
                    List.of(Ics.GOOGLE, Ics.NEXTCLOUD, Ics.OUTLOOK).get(random.nextInt(3)));
            for (int change = random.nextInt(6); change >= 0; change--) {
                text.setCharAt(
                        random.nextInt(text.length()), (char) random.nextInt(random.nextBoolean() ? 128 : 0x3000));
            }
            assertThat(cost(text.toString())).as("seed %d, change %d", seed, i).isLessThan(AT_MOST);
        }
    }

    /** Of reading it, or of refusing it in the one way that is foreseen. */
    private static Duration cost(String text) {
        long start = System.nanoTime();
        try {
            CalendarShows.of(
                    CalendarText.read(text, ZoneId.of("Europe/Berlin")),
                    new Profiles(List.of()),
                    Window.around(REAL.now()),
                    REAL);
        } catch (UnreadableCalendarException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
