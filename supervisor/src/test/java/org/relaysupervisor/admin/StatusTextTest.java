package org.relaysupervisor.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.audio.DeadAirCause;
import org.relaysupervisor.programs.OnAir.InputState;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.shows.Show;
import org.relaysupervisor.shows.ShowsSnapshot;
import org.relaysupervisor.shows.ShowsSnapshot.CalendarState;
import org.relaysupervisor.status.Archives;
import org.relaysupervisor.status.Meters;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.status.Snapshots;

class StatusTextTest {
    @Test
    void showsAHealthyRelay() {
        assertThat(StatusText.render(Snapshots.onAir().build(), false)).isEqualTo("""
                Test Radio  ON AIR
                relay-supervisor 0.1.0, up 2h 0m

                CHILD       STATE  PID   UPTIME  MEMORY       RESTARTS  LAST
                icecast     up     4001  1h 59m  9M / 128M    2         signal 5m ago
                liquidsoap  up     4002  1h 59m  244M / 400M  4         -
                recorder    up     4003  1h 59m  48M / 96M    4         -

                MOUNT  AIR  LISTENERS  FROM      KBIT/S  TITLE
                /live  on   12         feed 24s  128     Some Artist - "Some Title"

                HEARD  M LUFS  S LUFS  I LUFS  LRA LU  TP DBTP  STATE  PLAYS
                /live  -15.9   -16.2   -16.4   5.7     -1.0     good   live

                Show: Evening Session until 15:30 UTC (1h 30m), by the calendar, profile talk
                  next: Night Shift in 6h 0m, by the weekly times
                Recording: 30m 0s, no gaps: live/20261122T133000Z-evening-session-3f9a
                  all is stored; disk: 12.3G free, full in 9d 3h; store: bucket radio at store.…
                HLS: live, playlist to 4s ago, 0 dropped; store: bucket relay-hls at https://r2…
                Config: generation 2, reloaded 1h ago
                """);
    }

    @Test
    void showsWhereAnEdgeGetsItsMounts() {
        assertThat(StatusText.render(Snapshots.edge().build(), false)).contains("""
                MOUNT  AIR      LISTENERS  FROM      KBIT/S  TITLE
                /live  standby  7          feed 24s  0       -
                  /live: the primary is away, standby from memory for 10s

                UPSTREAM  STATE  LAG    RECONNECTS
                /live     away   12.3s  7
                  /live: the primary at 10.0.0.1 cannot be connected to: refused

                """);
    }

    @Test
    void showsWhatKeepsItOffTheAir() {
        assertThat(StatusText.render(Snapshots.offAir().build(), false)).isEqualTo("""
                Test Radio  OFF AIR
                relay-supervisor 0.1.0, up 2h 0m

                CHILD       STATE    PID  UPTIME  MEMORY    RESTARTS  LAST
                icecast     failed   -    -       - / 128M  12        exit 20s ago
                liquidsoap  waiting  -    -       - / 400M  0         -
                recorder    stopped  -    -       - / 96M   0         -
                  icecast: tries again in 40 s
                  icecast: last ended after 0s: exit 1: port 8010 is taken
                  liquidsoap: waits for icecast

                MOUNT  AIR  LISTENERS  FROM     KBIT/S  TITLE
                /live  off  0          feed 0s  0       -

                HEARD  M LUFS  S LUFS  I LUFS  LRA LU  TP DBTP  STATE       PLAYS
                /live  -       -       -       -       -        no reading  unknown

                Show: none
                Recording: NOT RECORDING, last written 10m ago
                  UPLOAD LATE: 5 files wait (4.6M, oldest 21m 0s); store: bucket radio at store…
                  upload: store.example answered 403 AccessDenied: check store.s3.access_key and
                    secret_key
                  DISK LOW: 858M free, full in 25m 0s; what is stored is deleted early: make ro…
                Config: generation 2, reloaded 1h ago
                """);
    }

    @Test
    void showsWhatPlaysOnWhileIcecastIsAway() {
        assertThat(StatusText.render(
                        Snapshots.onAir().bridged("/live", Bridge.FEED).build(), false))
                .startsWith("Test Radio  ON AIR\n")
                .contains("""
                        MOUNT  AIR  LISTENERS  FROM      KBIT/S  TITLE
                        /live  on   12         feed 24s  128     Some Artist - "Some Title"
                          /live: Icecast is away, listeners go on from memory for 3s

                        HEARD""");
    }

    @Test
    void showsThatListenersHearTheStandbyFromMemory() {
        RelaySnapshot relay = Snapshots.onAir().bridged("/live", Bridge.STANDBY).build();
        assertThat(StatusText.render(relay, false))
                .startsWith("Test Radio  STANDBY\n")
                .contains("""
                        MOUNT  AIR      LISTENERS  FROM      KBIT/S  TITLE
                        /live  standby  12         feed 24s  128     Some Artist - "Some Title"
                          /live: Liquidsoap is away, standby from memory for 3s

                        HEARD""");
        assertThat(StatusText.render(relay, true)).contains("\u001b[33mSTANDBY\u001b[0m");
    }

    @Test
    void showsWhichMountsListenersAreConnectedToIcecastFor() {
        assertThat(StatusText.render(Snapshots.onAir().byIcecast("/live").build(), false))
                .contains("/live  on   12         icecast  128 ");
    }

    @Test
    void fitsEightyColumns() {
        String longPath = "/" + "x".repeat(200);
        assertThat(StatusText.render(
                                Snapshots.onAir()
                                        .mount(Snapshots.silent(longPath), Snapshots.silentTraffic())
                                        .bridged(longPath, Bridge.FEED, Bridge.STANDBY)
                                        .build(),
                                false)
                        .lines()
                        .filter(line -> line.contains("away")))
                .hasSize(2)
                .allMatch(line -> line.length() <= 80);
        assertThat(StatusText.render(Snapshots.onAir().build(), false).lines()).allMatch(line -> line.length() <= 80);
        assertThat(StatusText.render(Snapshots.offAir().build(), false).lines()).allMatch(line -> line.length() <= 80);
    }

    @Test
    void theStandbyAloneIsNoAlarmInTheHeadline() {
        RelaySnapshot relay = Snapshots.onAir()
                .metered(
                        "/live",
                        Meters.measuring(Meters.PROGRAMME, Meters.active(DeadAirCause.STANDBY, Duration.ofSeconds(41))))
                .build();
        assertThat(StatusText.render(relay, false))
                .startsWith("Test Radio  STANDBY\n")
                .contains("/live: standby (")
                .contains(") for 41s");
    }

    @Test
    void tellsEachKindOfDeadAirInWordsAndHowLong() {
        RelaySnapshot relay = Snapshots.onAir()
                .metered(
                        "/live",
                        Meters.measuring(
                                Meters.SILENCE,
                                Meters.active(DeadAirCause.STANDBY, Duration.ofSeconds(41)),
                                Meters.active(DeadAirCause.LEFT_DEAD, Duration.ofSeconds(75)),
                                Meters.active(DeadAirCause.DIGITAL_SILENCE, Duration.ofMillis(12_900))))
                .playing("standby", Map.of("live", InputState.SILENT))
                .build();
        assertThat(StatusText.render(relay, false))
                .startsWith("Test Radio  DEAD AIR: digital silence, left channel…\n")
                .contains("""
                        HEARD  M LUFS  S LUFS  I LUFS  LRA LU  TP DBTP  STATE     PLAYS
                        /live  -inf    -inf    -inf    0.0     -inf     dead air  standby
                          /live: digital silence for 12s
                          /live: left channel dead for 1m 15s
                          /live: standby (live: silent) for 41s
                        """);
        assertThat(StatusText.render(relay, true))
                .contains("\u001b[31mdead air\u001b[0m")
                .contains("\u001b[31m/live: digital silence for 12s\u001b[0m");
    }

    @Test
    void everyCauseOfDeadAirHasItsWords() {
        for (DeadAirCause cause : DeadAirCause.values()) {
            assertThat(Heard.name(Meters.active(cause, Duration.ofSeconds(1)))).matches("[A-Za-z ]+");
        }
    }

    @Test
    void saysWhatIsNotKnownOfTheLoudnessAndWhy() {
        assertThat(StatusText.render(
                        Snapshots.onAir()
                                .metered("/live", Meters.resynchronising(Meters.BEGINNING))
                                .build(),
                        false))
                .contains("/live  -17.3   unknown  -17.3   unknown  -3.3     resynchronising  live\n");
        assertThat(StatusText.render(
                        Snapshots.onAir()
                                .metered("/live", Meters.unavailable("libebur128 is missing: install libebur128-1"))
                                .build(),
                        false))
                .contains("/live  -       -       -       -       -        no meter  live\n")
                .contains("  /live: libebur128 is missing: install libebur128-1\n");
        assertThat(StatusText.render(Snapshots.onAir().unmetered("/live").build(), false))
                .doesNotContain("HEARD");
    }

    @Test
    void saysWhichShowIsOnUntilWhenAndByWhom() {
        Show declared = new Show(
                "Minute of silence",
                Optional.empty(),
                Set.of("digital_silence", "near_silence"),
                Snapshots.NOW,
                Optional.empty(),
                Show.Origin.OPERATOR);
        assertThat(showOf(new ShowsSnapshot(true, Optional.of(declared), Optional.empty(), Optional.empty())))
                .isEqualTo("""
                        Show: Minute of silence until it is ended, by an operator
                          announced, and so no dead air: digital silence, near silence
                        """);
        assertThat(showOf(new ShowsSnapshot(true, Optional.empty(), Optional.of(Snapshots.NIGHT), Optional.empty())))
                .isEqualTo("Show: none; next: Night Shift in 6h 0m, by the weekly times\n");
    }

    @Test
    void isLoudAboutACalendarThatCannotBeUsed() {
        CalendarState stale = new CalendarState(
                false,
                true,
                Optional.of(Snapshots.NOW.minusSeconds(7_300)),
                Optional.of(Duration.ofSeconds(7_300)),
                9,
                12,
                List.of("calendar.example answered 500"));
        ShowsSnapshot shows = new ShowsSnapshot(false, Optional.empty(), Optional.empty(), Optional.of(stale));
        assertThat(showOf(shows)).isEqualTo("""
                Show: not known, because the calendar was not read
                  CALENDAR STALE: last read 2h ago
                  calendar: calendar.example answered 500
                """);
        assertThat(ShowText.render(Snapshots.onAir().shows(shows).build(), true))
                .contains("\u001b[31mCALENDAR STALE: last read 2h ago\u001b[0m");
    }

    private static String showOf(ShowsSnapshot shows) {
        return ShowText.render(Snapshots.onAir().shows(shows).build(), false);
    }

    @Test
    void saysWhatIsRecordedAndWhatIsMissingOfIt() {
        RelaySnapshot relay = Snapshots.onAir()
                .archive(Archives.recording(Archives.withGaps(Archives.EVENING, 2, Duration.ofMillis(1_250))))
                .build();
        assertThat(StatusText.render(relay, true))
                .contains("Recording: \u001b[33m30m 0s, 2 gaps (1s): live/20261122T133000Z-evening-session-3f9a");
        assertThat(RecordingText.gaps(Archives.withGaps(Archives.EVENING, 1, Duration.ofMillis(52))))
                .isEqualTo("1 gap (52ms)");
        assertThat(StatusText.render(Snapshots.starting().build(), false))
                .contains("Recording: NOT RECORDING\n")
                .contains("  all is stored; disk: 12.3G free; store: the directory /srv/radio/recordings\n");
    }

    @Test
    void coloursOnlyWhenAsked() {
        assertThat(StatusText.render(Snapshots.onAir().build(), false)).doesNotContain("\u001b");
        assertThat(StatusText.render(Snapshots.onAir().build(), true))
                .contains("\u001b[32mON AIR\u001b[0m")
                .contains("\u001b[32mup\u001b[0m");
        assertThat(StatusText.render(Snapshots.offAir().build(), true)).contains("\u001b[31mOFF AIR\u001b[0m");
    }

    @Test
    void letsNothingReachTheTerminalThatItWouldObey() {
        String page = StatusText.render(
                Snapshots.onAir()
                        .station("\"><&'#{x}\u001b]0;owned\u0007")
                        .title("a\nb\u202e\u009b31mc")
                        .build(),
                false);
        assertThat(page).startsWith("\"><&'#{x}?]0;owned?  ON AIR\n").contains("a?b??31mc");
    }

    @Test
    void cutsALongTitleAtTheMargin() {
        String page = StatusText.render(
                Snapshots.onAir().station("Radio").title("é".repeat(300)).build(), false);
        assertThat(page.lines()).allMatch(line -> line.length() <= 80);
        assertThat(page).contains("é…\n");
    }

    @Test
    void saysWhatToDoToTheEnd() {
        String page = StatusText.render(
                Snapshots.onAir()
                        .metered(
                                "/live",
                                Meters.unavailable(
                                        "loudness metering is off, all else runs: the library can't be loaded; install it"))
                        .build(),
                false);
        assertThat(page).contains("""
                  /live: loudness metering is off, all else runs: the library can't be loaded;
                    install it
                """);
        assertThat(page.lines()).allMatch(line -> line.length() <= 80);
    }

    @Test
    void writesAmountsForPeople() {
        assertThat(Plain.bytes(0)).isEqualTo("0B");
        assertThat(Plain.bytes(1023)).isEqualTo("1.0K");
        assertThat(Plain.bytes(12_900_000)).isEqualTo("12.3M");
        assertThat(Plain.bytes(256L << 20)).isEqualTo("256M");
        assertThat(Plain.bytes(Long.MAX_VALUE)).isEqualTo("8E");
        assertThat(Plain.duration(Duration.ofSeconds(-5))).isEqualTo("0s");
        assertThat(Plain.duration(Duration.ofSeconds(3599))).isEqualTo("59m 59s");
        assertThat(Plain.duration(Duration.ofHours(75))).isEqualTo("3d 3h");
        assertThat(Plain.ago(Snapshots.NOW.plusSeconds(9), Snapshots.NOW)).isEqualTo("0s ago");
    }
}
