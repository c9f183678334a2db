package org.relaysupervisor.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.relaysupervisor.audio.DeadAirCause;
import org.relaysupervisor.programs.OnAir.InputState;
import org.relaysupervisor.status.Meters;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.status.Snapshots;

class WatchPageTest {
    private final List<Logs.LogLine> events = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({"80, 24", "40, 12", "132, 50"})
    void showsEveryStateAsInTheGoldenFrames(int columns, int rows) throws IOException {
        event("icecast ended: killed by SIGKILL; starts again in 1 s");
        event("icecast is up");
        StringBuilder frames = new StringBuilder();
        stations().forEach((name, relay) -> {
            frames.append("== ").append(name).append('\n');
            render(relay, new Canvas(columns, rows, false, false))
                    .forEach(line -> frames.append(line).append('\n'));
        });
        assertThat(frames.toString()).isEqualTo(golden("watch-" + columns + "x" + rows + ".txt"));
    }

    @Test
    void neverIsLargerThanTheTerminal() {
        for (int i = 0; i < 40; i++) {
            event("日本語".repeat(i) + "é".repeat(i));
        }
        for (int columns = 20; columns <= 140; columns += 3) {
            for (int rows = 4; rows <= 50; rows++) {
                for (RelaySnapshot relay : stations().values()) {
                    List<String> lines = render(relay, new Canvas(columns, rows, rows % 2 == 0, false));
                    assertThat(lines).hasSizeLessThanOrEqualTo(rows);
                    for (String line : lines) {
                        assertThat(Columns.width(line)).as(line).isLessThanOrEqualTo(columns);
                    }
                }
            }
        }
    }

    @Test
    void isPlainAsciiWhereTheTerminalMayKnowNoMore() {
        event("Sigur Rós – 日本");
        for (RelaySnapshot relay : stations().values()) {
            assertThat(String.join("\n", render(relay, new Canvas(80, 24, true, false))))
                    .matches("[\\x20-\\x7e\n]*");
        }
    }

    @Test
    void coloursOnlyWhenAsked() {
        RelaySnapshot silent = stations().get("silent");
        assertThat(String.join("", render(silent, new Canvas(80, 24, false, false))))
                .doesNotContain("\u001b");
        assertThat(render(silent, new Canvas(80, 24, false, true)))
                .anyMatch(line -> line.startsWith("\u001b[31m DEAD AIR: digital silence for 12s"));
    }

    @Test
    void letsNothingReachTheTerminalThatItWouldObey() {
        event("a\u001b[2J\u202eb");
        RelaySnapshot hostile = Snapshots.onAir()
                .station("\u001b]0;owned\u0007")
                .title("t\u009b31m\n")
                .build();
        assertThat(String.join("", render(hostile, new Canvas(80, 24, false, false))))
                .matches("\\P{Cntrl}*")
                .doesNotContain("\u009b", "\u202e");
    }

    @Test
    void countsWideLettersTwiceAndMarksNot() {
        assertThat(Columns.width("abc")).isEqualTo(3);
        assertThat(Columns.width("日本")).isEqualTo(4);
        assertThat(Columns.width("e\u0301")).isEqualTo(1);
        assertThat(Columns.cut("日本語", 5)).isEqualTo("日本…");
        assertThat(Columns.cut("日本語", 4)).isEqualTo("日…");
        assertThat(Columns.cut("abc", 0)).isEmpty();
    }

    @Test
    void aBarIsFullAtTheTopAndEmptyInSilence() {
        Canvas canvas = new Canvas(80, 24, true, false);
        assertThat(canvas.bar(0.5, 0.8, 10)).isEqualTo("#####...|.");
        assertThat(canvas.bar(Double.NEGATIVE_INFINITY, 0.8, 10)).isEqualTo("........|.");
        assertThat(canvas.bar(2, 1, 10)).isEqualTo("#########|");
        assertThat(new Canvas(80, 24, false, false).bar(0.55, 0.9, 10)).isEqualTo("█████▌···│");
    }

    @Test
    void writesOnlyWhatChanged() {
        List<String> before = List.of("one", "two", "three");
        assertThat(Screen.changes(before, before, 24)).isEmpty();
        assertThat(Screen.changes(before, List.of("one", "2", "three"), 24))
                .isEqualTo("\u001b[?2026h\u001b[2;1H2\u001b[0m\u001b[K\u001b[?2026l");
        assertThat(Screen.changes(before, List.of("one"), 24)).contains("\u001b[2;1H", "\u001b[3;1H");
        assertThat(Screen.changes(List.of(), List.of("one"), 24)).endsWith("\u001b[2;1H\u001b[J\u001b[?2026l");
        assertThat(Screen.changes(List.of(), before, 2)).doesNotContain("three");
    }

    private static Map<String, RelaySnapshot> stations() {
        Map<String, RelaySnapshot> stations = new LinkedHashMap<>();
        stations.put("on air", Snapshots.onAir().build());
        stations.put("starting", Snapshots.starting().build());
        stations.put("off air", Snapshots.offAir().build());
        stations.put(
                "silent",
                Snapshots.onAir()
                        .metered(
                                "/live",
                                Meters.measuring(
                                        Meters.SILENCE,
                                        Meters.active(DeadAirCause.DIGITAL_SILENCE, Duration.ofSeconds(12)),
                                        Meters.active(DeadAirCause.STANDBY, Duration.ofSeconds(40))))
                        .playing("standby", Map.of("live", InputState.SILENT))
                        .build());
        stations.put(
                "resynchronising",
                Snapshots.onAir()
                        .metered("/live", Meters.resynchronising(Meters.BEGINNING))
                        .build());
        stations.put(
                "no meter",
                Snapshots.onAir()
                        .metered("/live", Meters.unavailable("libebur128 is missing: install libebur128-1"))
                        .build());
        return stations;
    }

    private List<String> render(RelaySnapshot relay, Canvas canvas) {
        return WatchPage.render(relay, events, canvas);
    }

    private void event(String text) {
        events.add(new Logs.LogLine(events.size() + 1, Snapshots.NOW.minusSeconds(5), "daemon", text));
    }

    private static String golden(String name) throws IOException {
        try (InputStream file = WatchPageTest.class.getResourceAsStream(name)) {
            return file != null ? new String(file.readAllBytes(), StandardCharsets.UTF_8) : name + " is missing";
        }
    }
}
