package org.relaysupervisor.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.relaysupervisor.archive.ArchiveSnapshot.Disk;
import org.relaysupervisor.archive.DiskLevel;
import org.relaysupervisor.recording.RecordingSnapshot;
import org.relaysupervisor.shows.ShowsSnapshot;
import org.relaysupervisor.shows.ShowsSnapshot.CalendarState;
import org.relaysupervisor.status.Archives;
import org.relaysupervisor.status.Finding.Level;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.status.Snapshots;
import org.relaysupervisor.supervise.ChildState;

class ViewsTest {
    @Test
    void findsNothingWrongWithAStationOnTheAir() {
        RelaySnapshot relay = Snapshots.onAir().build();
        assertThat(List.of(
                        Views.children(relay),
                        Views.recording(relay),
                        Views.room(relay.archive().disk(), 64 << 20, 16_000),
                        Views.upload(relay.archive()),
                        Views.calendar(relay.shows())))
                .allSatisfy(finding -> {
                    assertThat(finding.level()).as(finding.check()).isEqualTo(Level.OK);
                    assertThat(finding.advice()).isEmpty();
                });
    }

    @Test
    void tellsAChildThatIsDownFromOneThatWasStopped() {
        assertThat(Views.children(Snapshots.offAir().build()).found())
                .isEqualTo("icecast is failed, liquidsoap is waiting");
        RelaySnapshot stopped = Snapshots.onAir()
                .child(Snapshots.dead("recorder", ChildState.STOPPED, 1 << 20, Map.of()))
                .build();
        assertThat(Views.children(stopped).level()).isEqualTo(Level.WARNING);
        assertThat(Views.children(stopped).advice()).isEqualTo("relayctl start recorder");
    }

    @Test
    void tellsARecordingThatIsMissingFromOneThatCannotBe() {
        RecordingSnapshot away = RecordingSnapshot.nothing(true, "/live");
        assertThat(Views.recording(Snapshots.onAir().recording(away).build()).level())
                .isEqualTo(Level.FAILED);
        assertThat(Views.recording(Snapshots.offAir().build()).level()).isEqualTo(Level.WARNING);
        RecordingSnapshot off = RecordingSnapshot.nothing(false, "/live");
        assertThat(Views.recording(Snapshots.onAir().recording(off).build()).level())
                .isEqualTo(Level.WARNING);
    }

    @ParameterizedTest
    @CsvSource({
        "AMPLE, 100, 64, OK, room for 4 days of recording",
        "AMPLE, 30, 64, OK, room for 30 h of recording",
        "AMPLE, 100, 0, WARNING, 'room for 4 days of recording, but the reserve is not set aside'",
        "AMPLE, 23, 64, WARNING, 'room for 23 h of recording, should the store be away'",
        "LOW, 100, 64, WARNING, 'room for 4 days of recording, should the store be away'",
        "AMPLE, 3, 64, FAILED, 'room for 3 h of recording, the disk is ample'",
        "RESERVE, 100, 0, FAILED, 'room for 4 days of recording, the disk is reserve'",
        "FULL, 0, 0, FAILED, 'room for 0 h of recording, the disk is full'"
    })
    void countsTheHoursThatAreLeft(DiskLevel level, long hours, long reserve, Level expected, String found) {
        Disk disk = new Disk(level, hours * 3_600 * 16_000, reserve, OptionalDouble.empty(), Optional.empty());
        assertThat(Views.room(disk, 64, 16_000).level()).isEqualTo(expected);
        assertThat(Views.room(disk, 64, 16_000).found()).isEqualTo(found);
    }

    @Test
    void passesOnWhyUploadsFail() {
        assertThat(Views.upload(Archives.interrupted()).level()).isEqualTo(Level.FAILED);
        assertThat(Views.upload(Archives.interrupted()).found()).isEqualTo("late: 5 files wait, the oldest for 21 min");
        assertThat(Views.upload(Archives.interrupted()).advice()).contains("403 AccessDenied");
        assertThat(Views.upload(Archives.starting()).found()).isEqualTo("nothing was recorded yet");
    }

    @Test
    void distrustsACalendarThatIsStale() {
        assertThat(Views.calendar(ShowsSnapshot.NONE).found()).isEqualTo("none is configured");
        assertThat(calendar(true, false, true)).isEqualTo(Level.OK);
        assertThat(calendar(false, false, true)).isEqualTo(Level.WARNING);
        assertThat(calendar(false, true, true)).isEqualTo(Level.FAILED);
        assertThat(calendar(false, false, false)).isEqualTo(Level.FAILED);
    }

    private static Level calendar(boolean readable, boolean stale, boolean known) {
        CalendarState state =
                new CalendarState(readable, stale, Optional.empty(), Optional.empty(), 0, 3, List.of("it is away"));
        return Views.calendar(new ShowsSnapshot(known, Optional.empty(), Optional.empty(), Optional.of(state)))
                .level();
    }
}
