package org.relaysupervisor.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.audio.DeadAirCause;
import org.relaysupervisor.audio.DeadAirKind;
import org.relaysupervisor.metering.MeterSnapshot;
import org.relaysupervisor.programs.OnAir.InputState;
import org.relaysupervisor.shows.Show;
import org.relaysupervisor.shows.ShowsSnapshot;
import org.relaysupervisor.shows.ShowsSnapshot.CalendarState;
import org.relaysupervisor.status.Meters;
import org.relaysupervisor.status.Snapshots;

/** What is heard, what plays and what should, as a scrape shows it. */
class MeterMetricsTest {
    private static final Show SHOW =
            new Show("Night", Optional.empty(), Set.of(), Snapshots.STARTED, Optional.empty(), Show.Origin.OPERATOR);

    @Test
    void silenceIsMinusInfinity() {
        assertThat(samples(Snapshots.onAir().metered("/live", Meters.measuring(Meters.SILENCE))))
                .contains(
                        "relay_loudness_momentary_lufs{mount=\"/live\"} -Inf",
                        "relay_loudness_short_term_lufs{mount=\"/live\"} -Inf",
                        "relay_loudness_integrated_lufs{mount=\"/live\"} -Inf",
                        "relay_loudness_range_lu{mount=\"/live\"} 0.0",
                        "relay_true_peak_dbtp{mount=\"/live\"} -Inf");
    }

    @Test
    void whatIsNotKnownIsNotANumber() {
        assertThat(samples(Snapshots.onAir().metered("/live", Meters.resynchronising(Meters.BEGINNING))))
                .contains(
                        "relay_loudness_momentary_lufs{mount=\"/live\"} -17.31",
                        "relay_loudness_short_term_lufs{mount=\"/live\"} NaN",
                        "relay_loudness_range_lu{mount=\"/live\"} NaN",
                        "relay_meter_state{mount=\"/live\",state=\"resynchronising\"} 1.0",
                        "relay_meter_state{mount=\"/live\",state=\"measuring\"} 0.0");
    }

    @Test
    void aMeterWithoutAReadingShowsNone() {
        for (MeterSnapshot meter : List.of(Meters.waiting(), Meters.unavailable("libebur128 is missing"))) {
            assertThat(samples(Snapshots.onAir().metered("/live", meter)))
                    .contains(
                            "relay_loudness_momentary_lufs{mount=\"/live\"} NaN",
                            "relay_loudness_short_term_lufs{mount=\"/live\"} NaN",
                            "relay_loudness_integrated_lufs{mount=\"/live\"} NaN",
                            "relay_loudness_range_lu{mount=\"/live\"} NaN",
                            "relay_true_peak_dbtp{mount=\"/live\"} NaN",
                            "relay_loudness_age_seconds{mount=\"/live\"} NaN",
                            "relay_meter_state{mount=\"/live\",state=\""
                                    + meter.state().label() + "\"} 1.0");
        }
    }

    @Test
    void everyKindOfDeadAirIsThereFromTheStart() {
        List<String> samples = samples(Snapshots.starting());
        for (DeadAirKind kind : DeadAirKind.values()) {
            String labels = "{kind=\"" + kind.label() + "\",mount=\"/live\"} 0.0";
            assertThat(samples).contains("relay_dead_air" + labels, "relay_dead_air_seconds" + labels);
        }
    }

    @Test
    void deadAirIsToldByItsKindAndHowLong() {
        Duration since = Duration.ofMillis(12_500);
        assertThat(samples(Snapshots.onAir()
                        .metered(
                                "/live",
                                Meters.measuring(Meters.SILENCE, Meters.active(DeadAirCause.DIGITAL_SILENCE, since)))))
                .contains(
                        "relay_dead_air{kind=\"digital_silence\",mount=\"/live\"} 1.0",
                        "relay_dead_air{kind=\"near_silence\",mount=\"/live\"} 0.0",
                        "relay_dead_air_seconds{kind=\"digital_silence\",mount=\"/live\"} 12.5");
    }

    @Test
    void aMountThatIsNotMeteredHasNoSeriesOfAMeter() {
        assertThat(samples(Snapshots.onAir().unmetered("/live")))
                .noneMatch(line -> line.matches("relay_(loudness|true_peak|meter|dead_air|tap)_.*"))
                .anyMatch(line -> line.startsWith("relay_on_air_source{"));
    }

    @Test
    void everySourceHasItsSeriesAndOneOfThemPlays() {
        assertThat(onAirSources(Snapshots.onAir()
                        .playing("standby", Map.of("live", InputState.SILENT, "night", InputState.AWAY))))
                .containsExactlyInAnyOrder("live 0.0", "night 0.0", "standby 1.0", "nothing 0.0");
        assertThat(onAirSources(Snapshots.onAir().nothingKnownOfLiquidsoap()))
                .containsExactlyInAnyOrder("live 0.0", "night 0.0", "standby 0.0", "nothing 0.0");
    }

    @Test
    void anInputThatAReloadTookAwayIsToldWhileItPlays() {
        assertThat(onAirSources(Snapshots.onAir().playing("old", Map.of("old", InputState.READY))))
                .contains("old 1.0", "live 0.0");
    }

    @Test
    void everyInputHasOneStateOrNoneWhileItIsNotKnown() {
        assertThat(samples(Snapshots.onAir().playing("standby", Map.of("live", InputState.SILENT))))
                .contains(
                        "relay_input_state{input=\"live\",state=\"silent\"} 1.0",
                        "relay_input_state{input=\"live\",state=\"ready\"} 0.0",
                        "relay_input_state{input=\"live\",state=\"away\"} 0.0",
                        "relay_input_state{input=\"night\",state=\"away\"} 0.0");
    }

    @Test
    void whetherAShowIsScheduledIsNotANumberWhileItIsNotKnown() {
        assertThat(scheduled(ShowsSnapshot.NONE)).isEqualTo("0.0");
        assertThat(scheduled(new ShowsSnapshot(true, Optional.of(SHOW), Optional.empty(), Optional.empty())))
                .isEqualTo("1.0");
        assertThat(scheduled(new ShowsSnapshot(false, Optional.empty(), Optional.empty(), Optional.empty())))
                .isEqualTo("NaN");
    }

    @Test
    void aCalendarHasItsSeriesWhenThereIsOne() {
        assertThat(samples(Snapshots.onAir().shows(ShowsSnapshot.NONE)))
                .noneMatch(line -> line.startsWith("relay_calendar"));
        CalendarState never =
                new CalendarState(false, true, Optional.empty(), Optional.empty(), 3, 0, List.of("no such file"));
        assertThat(calendar(never))
                .containsExactlyInAnyOrder(
                        "relay_calendar_readable 0.0",
                        "relay_calendar_stale 1.0",
                        "relay_calendar_age_seconds NaN",
                        "relay_calendar_failures_total 3.0",
                        "relay_calendar_events 0.0");
        CalendarState good = new CalendarState(
                true, false, Optional.of(Snapshots.NOW), Optional.of(Duration.ofMinutes(5)), 0, 12, List.of());
        assertThat(calendar(good))
                .contains(
                        "relay_calendar_readable 1.0",
                        "relay_calendar_age_seconds 300.0",
                        "relay_calendar_events 12.0");
    }

    private static List<String> calendar(CalendarState state) {
        return samples(Snapshots.onAir()
                        .shows(new ShowsSnapshot(true, Optional.empty(), Optional.empty(), Optional.of(state))))
                .stream()
                .filter(line -> line.startsWith("relay_calendar"))
                .toList();
    }

    private static String scheduled(ShowsSnapshot shows) {
        return samples(Snapshots.onAir().shows(shows)).stream()
                .filter(line -> line.startsWith("relay_show_scheduled "))
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> onAirSources(Snapshots station) {
        String start = "relay_on_air_source{mount=\"/live\",source=\"";
        return samples(station).stream()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()).replace("\"}", ""))
                .toList();
    }

    private static List<String> samples(Snapshots station) {
        return new Metrics(station::build)
                .scrape()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }
}
