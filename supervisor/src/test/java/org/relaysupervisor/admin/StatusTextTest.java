package org.relaysupervisor.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.status.Examples;

class StatusTextTest {
    @Test
    void showsAHealthyRelay() {
        assertThat(StatusText.render(Examples.healthy(), false)).isEqualTo("""
                Radio Example  ON AIR
                relay-supervisor 0.1.0, up 3d 4h

                CHILD       STATE  PID      UPTIME  MEMORY       RESTARTS  LAST
                icecast     up     4101     5m 0s   12M / 256M   1         signal 5m ago
                liquidsoap  up     4102     3d 3h   187M / 512M  0         -
                recorder    up     1234567  3d 3h   41M / 256M   0         -

                MOUNT  AIR  LISTENERS  KBIT/S  TITLE
                /live  on   42         128     Artist — A Song

                Recording: writing, 4.0G of /live since the start, 75 segments closed
                  /var/lib/relay-supervisor/segments/live-20261122T110000Z.mp3
                Config: generation 2, reloaded 2h ago
                """);
    }

    @Test
    void showsWhatKeepsItOffTheAir() {
        assertThat(StatusText.render(Examples.offAir(), false)).isEqualTo("""
                Radio Example  OFF AIR
                relay-supervisor 0.1.0, up 3d 4h

                CHILD       STATE    PID  UPTIME  MEMORY    RESTARTS  LAST
                icecast     failed   -    -       - / 256M  12        exit 20s ago
                liquidsoap  waiting  -    -       - / 512M  0         -
                recorder    stopped  -    -       - / 256M  0         -
                  icecast: tries again in 40 s
                  icecast: last ended after 0s: exit 1: port 8010 is taken
                  liquidsoap: waits for icecast

                MOUNT  AIR  LISTENERS  KBIT/S  TITLE
                /live  off  0          0       -

                Recording: not writing, 0B of /live since the start, 0 segments closed
                  last grew 10m ago
                Config: generation 2, reloaded 2h ago
                """);
    }

    @Test
    void fitsEightyColumns() {
        assertThat(StatusText.render(Examples.healthy(), false).lines()).allMatch(line -> line.length() <= 80);
        assertThat(StatusText.render(Examples.offAir(), false).lines()).allMatch(line -> line.length() <= 80);
    }

    @Test
    void coloursOnlyWhenAsked() {
        assertThat(StatusText.render(Examples.healthy(), false)).doesNotContain("\u001b");
        assertThat(StatusText.render(Examples.healthy(), true))
                .contains("\u001b[32mON AIR\u001b[0m")
                .contains("\u001b[32mup\u001b[0m");
        assertThat(StatusText.render(Examples.offAir(), true)).contains("\u001b[31mOFF AIR\u001b[0m");
    }

    @Test
    void letsNothingReachTheTerminalThatItWouldObey() {
        String page = StatusText.render(
                Examples.withTexts(Examples.healthy(), "\"><&'#{x}\u001b]0;owned\u0007", "a\nb\u202e\u009b31mc"),
                false);
        assertThat(page).startsWith("\"><&'#{x}?]0;owned?  ON AIR\n").contains("a?b??31mc");
    }

    @Test
    void cutsALongTitleAtTheMargin() {
        String page = StatusText.render(Examples.withTexts(Examples.healthy(), "Radio", "é".repeat(300)), false);
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
        assertThat(Plain.ago(Examples.NOW.plusSeconds(9), Examples.NOW)).isEqualTo("0s ago");
    }
}
