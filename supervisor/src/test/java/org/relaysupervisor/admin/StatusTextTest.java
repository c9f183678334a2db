package org.relaysupervisor.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
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

                Recording: writing, 110M of /live since the start, 120 segments closed
                  /var/lib/relay-supervisor/recordings/live-20261122T135900Z.mp3
                Config: generation 2, reloaded 1h ago
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

                Recording: not writing, 0B of /live since the start, 0 segments closed
                  last grew 10m ago
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

                        Recording""");
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

                        Recording""");
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
