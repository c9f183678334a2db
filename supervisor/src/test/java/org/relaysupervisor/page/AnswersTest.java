package org.relaysupervisor.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.relaysupervisor.archive.ArchiveSnapshot.Disk;
import org.relaysupervisor.archive.DiskLevel;
import org.relaysupervisor.audio.DeadAirCause;
import org.relaysupervisor.loop.LoopStatus;
import org.relaysupervisor.programs.OnAir;
import org.relaysupervisor.programs.OnAir.InputState;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.recording.RecordingSnapshot;
import org.relaysupervisor.shows.ShowsSnapshot;
import org.relaysupervisor.status.Archives;
import org.relaysupervisor.status.Meters;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.status.Snapshots;
import org.relaysupervisor.supervise.ChildState;

class AnswersTest {
    private static final long MIB = 1 << 20;

    @Test
    void allIsWellOnTheAir() {
        Map<String, Answer> answers = answers(Snapshots.onAir());

        assertThat(answers.keySet()).containsExactly("up", "audible", "listeners", "recorded", "uploaded");
        assertThat(answers.values()).extracting(Answer::mark).containsOnly(Mark.GOOD);
        assertThat(answers.get("up")).isEqualTo(new Answer("up", Mark.GOOD, "Yes, on the air", "All programs run"));
        assertThat(answers.get("audible").text()).isEqualTo("Yes: −16.2 LUFS");
        assertThat(answers.get("audible").detail()).isEqualTo("“live” plays: Some Artist - \"Some Title\"");
        assertThat(answers.get("listeners").text()).isEqualTo("12 listeners");
        assertThat(answers.get("recorded").text()).isEqualTo("Yes, all of it");
        assertThat(answers.get("recorded").detail()).isEqualTo("30 min of “Evening Session”, without a gap");
        assertThat(answers.get("uploaded").text()).isEqualTo("Yes, all of it");
        assertThat(answers.get("uploaded").detail())
                .isEqualTo("114 MB since the start, to bucket radio at store.example");
    }

    @Test
    void nothingIsWellOffTheAir() {
        Map<String, Answer> answers = answers(Snapshots.offAir());

        is(answers.get("up"), Mark.BAD, "No, off the air");
        assertThat(answers.get("up").detail())
                .isEqualTo(
                        "Icecast: keeps dying; Liquidsoap: waiting for another program; the recorder: stopped by an operator");
        is(answers.get("audible"), Mark.BAD, "No");
        is(answers.get("listeners"), Mark.NEUTRAL, "Nobody at present");
        is(answers.get("recorded"), Mark.BAD, "No");
        assertThat(answers.get("recorded").detail()).contains("900 MB left", "10 min ago", "an operator stopped it");
        is(answers.get("uploaded"), Mark.BAD, "No, it is late");
        assertThat(answers.get("uploaded").detail()).contains("5 files wait, the oldest for 21 min", "403");
    }

    @Test
    void aStartIsNoOutage() {
        RelaySnapshot starting = Moments.at(Snapshots.starting().build(), Duration.ofSeconds(5));

        is(answers(starting).get("up"), Mark.ATTENTION, "Not yet: it starts");
        is(answers(starting).get("recorded"), Mark.ATTENTION, "No");
        is(answers(Moments.at(starting, Duration.ofSeconds(61))).get("up"), Mark.BAD, "No, off the air");
    }

    @Test
    void anEdgeSaysWhatAilsItsPrimary() {
        Map<String, Answer> answers = answers(Snapshots.edge());

        is(answers.get("up"), Mark.ATTENTION, "Yes, with the standby");
        is(answers.get("audible"), Mark.ATTENTION, "Yes: the standby");
        assertThat(answers.get("up").detail())
                .isEqualTo("The primary at 10.0.0.1 cannot be connected to: refused")
                .isEqualTo(answers.get("audible").detail());
    }

    @Test
    void whatPlaysFromMemoryIsUpAndSaysSo() {
        is(answer("up", Snapshots.onAir().bridged("/live", Bridge.FEED)), Mark.ATTENTION, "Yes, from memory");
        Snapshots standby = Snapshots.onAir().bridged("/live", Bridge.STANDBY).shows(ShowsSnapshot.NONE);
        is(answer("up", standby), Mark.ATTENTION, "Yes, with the standby");
        is(answer("audible", standby), Mark.ATTENTION, "Yes: the standby");
    }

    @Test
    void aProgramThatIsAwayIsNamed() {
        Answer up = answer(
                "up", Snapshots.onAir().child(Snapshots.dead("recorder", ChildState.BACKOFF, 96 * MIB, Map.of())));

        is(up, Mark.ATTENTION, "Yes, but not all runs");
        assertThat(up.detail()).isEqualTo("The recorder: died, will be started again");
    }

    @Test
    void oneStreamOfTwoIsNotAll() {
        Answer up = answer("up", Snapshots.onAir().mount(Snapshots.silent("/live.opus"), Snapshots.silentTraffic()));

        is(up, Mark.BAD, "In part: 1 of 2 streams");
        assertThat(up.detail()).isEqualTo("Off the air: /live.opus");
    }

    @Test
    void aDaemonThatStandsStillIsTold() {
        Answer up = answer(
                "up", Snapshots.onAir().loop(new LoopStatus(1, 0, 0, 1, Duration.ZERO, Duration.ofSeconds(9), 3)));

        is(up, Mark.BAD, "Yes, but unattended");
        assertThat(up.detail()).startsWith("The daemon has stood still for 9 s");
    }

    @ParameterizedTest
    @CsvSource({
        "DIGITAL_SILENCE, No: silence",
        "LEFT_DEAD, No: the left channel is dead",
        "TOO_LOUD, No: it is much too loud",
        "FROZEN_LOOP, No: the same piece again and again",
        "NO_BYTES, No: no sound arrives"
    })
    void deadAirIsToldInPlainWords(DeadAirCause cause, String text) {
        Answer audible = answer(
                "audible",
                Snapshots.onAir()
                        .metered(
                                "/live",
                                Meters.measuring(Meters.PROGRAMME, Meters.active(cause, Duration.ofMillis(12_345)))));

        is(audible, Mark.BAD, text);
        assertThat(audible.detail()).isEqualTo("For 12 s, while “live” plays");
    }

    @Test
    void theStandbyIsWorseDuringAShow() {
        Snapshots standby = Snapshots.onAir().playing(OnAir.STANDBY, Map.of("live", InputState.SILENT));

        is(answer("audible", standby), Mark.BAD, "Only the standby");
        assertThat(answer("audible", standby).detail()).isEqualTo("Not the show “Evening Session”: “live” is silent");
        Answer between = answer("audible", standby.shows(ShowsSnapshot.NONE));
        is(between, Mark.ATTENTION, "Yes: the standby");
        assertThat(between.detail()).isEqualTo("“live” is silent");
    }

    @Test
    void whatIsNotMeasuredIsNotClaimed() {
        is(answer("audible", Snapshots.onAir().unmetered("/live")), Mark.NEUTRAL, "Nobody measures it");
        is(
                answer("audible", Snapshots.onAir().metered("/live", Meters.unavailable("libebur128 is missing"))),
                Mark.ATTENTION,
                "Not known");
        is(answer("audible", Snapshots.onAir().metered("/live", Meters.waiting())), Mark.ATTENTION, "Not known yet");
        is(
                answer("audible", Snapshots.onAir().metered("/live", Meters.measuring(Meters.SILENCE))),
                Mark.ATTENTION,
                "Silence just now");
    }

    @Test
    void gapsAndADiskThatGetsFullAreTold() {
        Answer gaps = answer(
                "recorded",
                Snapshots.onAir()
                        .archive(Archives.recording(Archives.withGaps(Archives.EVENING, 2, Duration.ofMillis(1_250)))));
        is(gaps, Mark.ATTENTION, "Yes, with 2 gaps");
        assertThat(gaps.detail()).isEqualTo("1.3 s missing in 30 min of “Evening Session”");

        Disk reserve = new Disk(DiskLevel.RESERVE, 1_000_000, 0, OptionalDouble.empty(), Optional.empty());
        is(
                answer("recorded", Snapshots.onAir().archive(Archives.withDisk(Archives.recording(), reserve))),
                Mark.ATTENTION,
                "Yes, but little room");
    }

    @Test
    void recordingThatIsOffIsNoFault() {
        RecordingSnapshot off = new RecordingSnapshot(
                false, "/live", false, 0, 0, Optional.empty(), Optional.empty(), Optional.empty());
        Snapshots station = Snapshots.onAir().recording(off).archive(Archives.starting());

        is(answer("recorded", station), Mark.NEUTRAL, "No, by choice");
        is(answer("uploaded", station), Mark.NEUTRAL, "Nothing to upload");
    }

    @Test
    void textFromOutsideCanNotTurnTheWritingRound() {
        assertThat(answer("audible", Snapshots.onAir().title("a\u202eb\nc")).detail())
                .contains("a\ufffdb\ufffdc");
    }

    @Test
    void theMostListenersOfTheLastHoursAreTold() {
        History history = new History();
        history.observe(Moments.at(Snapshots.onAir().build(), Duration.ZERO));
        history.observe(Moments.at(Snapshots.offAir().build(), Duration.ofMinutes(90)));

        Answer listeners =
                Answers.of(Snapshots.offAir().build(), history.figures()).get(2);

        assertThat(listeners.detail()).isEqualTo("At most 12 in the last 1 h 30 min");
    }

    private static void is(Answer answer, Mark mark, String text) {
        assertThat(answer.text()).isEqualTo(text);
        assertThat(answer.mark()).as(answer.text()).isEqualTo(mark);
    }

    private static Answer answer(String id, Snapshots station) {
        return answers(station).get(id);
    }

    private static Map<String, Answer> answers(Snapshots station) {
        return answers(station.build());
    }

    private static Map<String, Answer> answers(RelaySnapshot relay) {
        Map<String, Answer> answers = new LinkedHashMap<>();
        Answers.of(relay, new History().figures()).forEach(answer -> answers.put(answer.id(), answer));
        return answers;
    }
}
