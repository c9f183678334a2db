package org.relaysupervisor.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.archive.RecordingView.State;
import org.relaysupervisor.store.StoreException.Reason;

/** What becomes of segments: grouping, gaps, what the manifest tells, uploads and retention. The clock starts at 12:00:00 UTC. */
class ArchiveTest {
    private final ArchiveScene scene = new ArchiveScene(1);

    @BeforeEach
    void start() {
        scene.start();
    }

    private Manifest manifest(String id) throws Exception {
        return Manifest.of(scene.store.objects.get(id + "/manifest.json"));
    }

    private Fields json(String id) throws Exception {
        return Fields.parse(scene.store.objects.get(id + "/manifest.json"));
    }

    private List<String> ids() throws Exception {
        return scene.archive.list().stream().map(RecordingView::id).toList();
    }

    @Test
    void aSegmentIsInTheStoreRightAfterItWasClosedAndItsManifestComesLast() throws Exception {
        scene.passAndRecord(2);
        assertThat(scene.store.objects.keySet())
                .allMatch(key -> key.endsWith(".mp3"))
                .hasSize(2);
        assertThat(scene.archive.list().get(0).state()).isEqualTo(State.RECORDING);
        scene.pass(Duration.ofHours(1));
        RecordingView view = scene.archive.list().get(0);
        assertThat(view.state()).isEqualTo(State.STORED);
        assertThat(scene.store.objects).hasSize(3).containsKey(view.id() + "/manifest.json");
        assertThat(manifest(view.id()).frames()).isEqualTo(2L * ArchiveScene.FRAMES);
        assertThat(scene.archive.snapshot().uploads().counts().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(3);
    }

    @Test
    void aShowHasARecordingOfItsOwnAndTheHourGoesOnInAnotherAfterIt() throws Exception {
        scene.passAndRecord(3);
        scene.show("Späte Nacht!", Duration.ofMinutes(5));
        scene.passAndRecord(3);
        scene.endShow();
        scene.passAndRecord(2);
        scene.pass(Duration.ofHours(1));
        assertThat(scene.archive.list())
                .extracting(view -> view.id().replaceAll("-[0-9a-f]{4}(?=$|-)", ""), RecordingView::segments)
                .containsExactly(
                        tuple("live/20261122T120000Z-hour-1", 2),
                        tuple("live/20261122T120030Z-spate-nacht", 3),
                        tuple("live/20261122T120000Z-hour", 3));
    }

    @Test
    void aSegmentInWhichAShowBeginsBelongsToTheShow() {
        scene.loop.advance(Duration.ofSeconds(5));
        scene.show("Early", Duration.ofMinutes(5));
        scene.loop.advance(Duration.ofSeconds(5));
        scene.record();
        scene.settle();
        assertThat(scene.id()).contains("120005Z-early");
    }

    @Test
    void missingFramesAreCountedToTheFrame() throws Exception {
        scene.passAndRecord(1);
        scene.nextFrame += 6;
        scene.interruption = Optional.of(GapCause.RECORDER);
        scene.passAndRecord(2);
        String id = scene.id();
        assertThat(scene.archive.snapshot().gaps()).containsEntry(GapCause.RECORDER, Duration.ofSeconds(20));
        scene.pass(Duration.ofHours(1));
        Gap gap = manifest(id).segments().get(1).gap().orElseThrow();
        assertThat(gap.frames()).isEqualTo(OptionalLong.of(6));
        assertThat(json(id).flag("complete")).isFalse();
        assertThat(scene.archive.verify(Optional.of(id), line -> {})).isTrue();
    }

    @Test
    void withoutTheSameFeedMissingAudioIsMeasuredByTheClockAndTheDaemonsFault() {
        scene.passAndRecord(1);
        scene.pass(Duration.ofSeconds(30));
        scene.start();
        scene.passAndRecord(1);
        assertThat(scene.archive.snapshot().gaps()).containsEntry(GapCause.DAEMON, Duration.ofSeconds(30));
    }

    @Test
    void inAFeedThatOutlivesTheDaemonFramesAreCountedWhateverTheClockShows() throws Exception {
        scene.passAndRecord(2);
        scene.pass(Duration.ofSeconds(5));
        scene.keepsFeed = true;
        scene.start();
        scene.interruption = Optional.of(GapCause.DAEMON);
        scene.passAndRecord(1);
        assertThat(scene.archive.snapshot().gaps()).containsEntry(GapCause.DAEMON, Duration.ZERO);
        scene.loop.jumpWallClock(Duration.ofSeconds(-20));
        scene.start();
        scene.interruption = Optional.of(GapCause.DAEMON);
        scene.nextFrame += ArchiveScene.FRAMES;
        scene.passAndRecord(1);
        assertThat(scene.archive.snapshot().gaps()).containsEntry(GapCause.DAEMON, ArchiveScene.LENGTH);
        // Some are there twice, as when the frame that was asked for is none that the feed has had.
        scene.start();
        scene.interruption = Optional.of(GapCause.DAEMON);
        scene.nextFrame -= 2;
        scene.passAndRecord(1);
        String id = scene.id();
        scene.pass(Duration.ofHours(2));
        assertThat(scene.archive.snapshot().gaps()).containsEntry(GapCause.DAEMON, Duration.ZERO);
        assertThat(manifest(id).segments())
                .extracting(segment -> segment.gap().isPresent(), Sidecar::overlapFrames)
                .containsExactly(
                        tuple(false, 0L), tuple(false, 0L), tuple(false, 0L), tuple(true, 0L), tuple(false, 2L));
        assertThat(scene.archive.verify(Optional.of(id), line -> {})).isTrue();
    }

    @Test
    void silenceOfTheMountIsAGapThoughNoFrameIsMissing() {
        scene.passAndRecord(1);
        scene.pass(Duration.ofSeconds(7));
        scene.interruption = Optional.of(GapCause.NO_AUDIO);
        scene.passAndRecord(1);
        assertThat(scene.archive.snapshot().gaps()).containsEntry(GapCause.NO_AUDIO, Duration.ofSeconds(7));
    }

    @Test
    void whatIsMissingAtAShowsBeginIsAGapToo() throws Exception {
        scene.show("Late", Duration.ofMinutes(5));
        scene.pass(Duration.ofSeconds(12));
        scene.passAndRecord(1);
        String id = scene.id();
        scene.endShow();
        scene.pass(Duration.ofHours(1));
        Gap gap = manifest(id).segments().get(0).gap().orElseThrow();
        assertThat(gap.missing()).isEqualTo(Duration.ofSeconds(12));
        assertThat(json(id).objects("gaps").get(0).number("after_segment")).isZero();
    }

    @Test
    void framesThatAreThereTwiceAreToldAndLeftOutOfWhatIsFetched() throws Exception {
        scene.passAndRecord(1);
        scene.nextFrame -= 2;
        scene.passAndRecord(1);
        String id = scene.id();
        var audio = new ByteArrayOutputStream();
        scene.archive.fetch(id, audio);
        assertThat(audio.size()).isEqualTo(417 * (2 * ArchiveScene.FRAMES - 2));
        scene.pass(Duration.ofHours(1));
        assertThat(manifest(id).segments().get(1).overlapFrames()).isEqualTo(2);
        assertThat(manifest(id).frames()).isEqualTo(2L * ArchiveScene.FRAMES - 2);
        assertThat(scene.archive.verify(Optional.empty(), line -> {})).isTrue();
    }

    @Test
    void titlesHaveTheirPlaceInTheAudioAndTheFirstIsTheOneThatWasShownAlready() throws Exception {
        scene.archive.title("Old");
        scene.passAndRecord(2);
        scene.show("Show", Duration.ofMinutes(5));
        scene.pass(Duration.ofSeconds(4));
        scene.archive.title("New");
        scene.pass(Duration.ofSeconds(6));
        scene.record();
        scene.archive.loudness(new Loudness(
                OptionalDouble.of(-16.2), OptionalDouble.empty(), OptionalDouble.of(-1), scene.loop.now()));
        scene.passAndRecord(1);
        String id = scene.id();
        scene.endShow();
        scene.pass(Duration.ofHours(1));
        List<String> titles = new ArrayList<>();
        for (Fields title : json(id).objects("titles")) {
            titles.add(title.duration("offset_seconds").toSeconds() + " " + title.text("title"));
        }
        assertThat(titles).containsExactly("0 Old", "4 New");
        assertThat(json(id).object("loudness").orElseThrow().decimal("integrated_lufs"))
                .hasValue(-16.2);
    }

    @Test
    void anotherObjectOfTheSameNameIsNeverOverwrittenNorIsTheFileDiscarded() {
        scene.keepLocal(Duration.ZERO);
        scene.archive.use(scene.configs.build());
        scene.loop.advance(ArchiveScene.LENGTH);
        Segment segment = scene.record();
        scene.runDisk();
        String key = scene.id() + "/20261122T120000.000Z.mp3";
        byte[] theirs = {1, 2, 3};
        scene.store.objects.put(key, theirs);
        scene.passAndRecord(1);
        scene.pass(Duration.ofHours(2));
        assertThat(scene.store.objects.get(key)).isEqualTo(theirs);
        assertThat(scene.archive.snapshot().failures().get(Reason.CONFLICT)).isPositive();
        assertThat(scene.archive.snapshot().lastFailure())
                .hasValueSatisfying(message -> assertThat(message).contains(key));
        assertThat(scene.files.content(Path.of("/spool/recordings/" + key)))
                .hasSize((int) segment.content().length());
        assertThat(scene.archive.snapshot().uploadLate()).isTrue();
        assertThat(scene.store.objects).as("the other segment").hasSize(2);
    }

    @Test
    void aReloadTriesAtOnceWhatWouldHaveWaited() {
        scene.passAndRecord(1);
        scene.loop.advance(ArchiveScene.LENGTH);
        scene.record();
        scene.runDisk();
        scene.faults.failing = 1;
        scene.pass(Duration.ofHours(1));
        assertThat(scene.archive.snapshot().waiting()).isPositive();
        scene.faults.failing = 0;
        scene.archive.use(scene.configs.build());
        scene.archive.observe(true);
        scene.settle();
        assertThat(scene.archive.snapshot().unverifiedBytes()).isZero();
    }

    @Test
    void anOutageIsNotHammeredAndAllIsStoredAfterIt() throws Exception {
        scene.passAndRecord(1);
        int attempts = 0;
        for (int i = 0; i < 60; i++) {
            scene.loop.advance(ArchiveScene.LENGTH);
            scene.record();
            scene.archive.observe(true);
            scene.runDisk();
            scene.faults.failing = 1;
            while (!scene.transfers.isEmpty()) {
                attempts++;
                scene.runTransfer();
            }
            scene.faults.failing = 0;
            scene.runDisk();
        }
        assertThat(attempts).isBetween(3, 40);
        assertThat(scene.archive.snapshot().waiting()).isBetween(55, 61);
        scene.pass(Duration.ofMinutes(30));
        assertThat(scene.archive.snapshot().waiting()).isZero();
        assertThat(scene.store.objects).hasSize(61);
    }

    @Test
    void audioGoesFromTheSpoolSomeTimeAfterAllOfItIsStoredAndAtOnceWhenTheDiskIsLow() {
        scene.passAndRecord(2);
        scene.pass(Duration.ofHours(2));
        assertThat(audioInSpool()).isEqualTo(2);
        scene.pass(Duration.ofHours(25));
        assertThat(audioInSpool()).isZero();
        scene.passAndRecord(2);
        assertThat(audioInSpool()).isEqualTo(2);
        assertThat(scene.archive.bytes()).isPositive();
        scene.archive.free(1);
        scene.pass(Duration.ofSeconds(2));
        assertThat(audioInSpool()).isZero();
        assertThat(scene.archive.bytes()).isZero();
        assertThat(scene.archive.snapshot().current()).isPresent();
    }

    private long audioInSpool() {
        return scene.files.all().stream()
                .filter(file -> file.toString().matches("/spool/recordings/.*[.]mp3"))
                .count();
    }

    @Test
    void aShowWhoseRecordingEndsBeforeItThoughTheMountPlaysIsCounted() {
        scene.show("Cut", Duration.ofMinutes(2));
        scene.passAndRecord(3);
        scene.pass(Duration.ofSeconds(90));
        scene.endShow();
        scene.pass(Duration.ofMinutes(1));
        assertThat(scene.archive.snapshot().recordingsEndedEarly()).isEqualTo(1);
        scene.show("Whole", Duration.ofMinutes(1));
        scene.passAndRecord(6);
        scene.endShow();
        scene.pass(Duration.ofMinutes(1));
        assertThat(scene.archive.snapshot().recordingsEndedEarly()).isEqualTo(1);
    }

    @Test
    void damagedJsonIsMadeAgainFromTheAudioAndKept() throws Exception {
        scene.loop.advance(ArchiveScene.LENGTH);
        scene.record();
        scene.runDisk();
        String id = scene.id();
        Path directory = Path.of("/spool/recordings/" + id);
        scene.files.plant(directory.resolve("recording.json"), new byte[] {'{'});
        scene.files.plant(directory.resolve("20261122T120000.000Z.mp3.json"), new byte[100]);
        scene.files.plant(directory.resolve("notes.txt"), new byte[1]);
        scene.start();
        scene.pass(Duration.ofHours(2));
        assertThat(scene.archive.verify(Optional.of(id), line -> {})).isTrue();
        assertThat(manifest(id).frames()).isEqualTo(ArchiveScene.FRAMES);
        assertThat(scene.files.all())
                .contains(
                        directory.resolve("recording.json.corrupt"),
                        directory.resolve("20261122T120000.000Z.mp3.json.corrupt"),
                        directory.resolve("notes.txt"));
    }

    @Test
    void aLateSegmentOfAStoredRecordingGetsARecordingOfItsOwn() throws Exception {
        scene.passAndRecord(1);
        scene.pass(Duration.ofHours(2));
        byte[] before = scene.store.objects.get(ids().get(0) + "/manifest.json");
        scene.loop.jumpWallClock(Duration.ofMinutes(-90));
        scene.loop.jumpWallClock(Duration.ofMinutes(-25));
        scene.record();
        scene.pass(Duration.ofHours(2));
        assertThat(ids()).hasSize(2).anyMatch(id -> id.endsWith("-1"));
        assertThat(scene.store.objects.get(ids().get(1) + "/manifest.json")).isEqualTo(before);
    }

    @Test
    void whereNothingIsCompleteVerifyingSaysSo() throws Exception {
        scene.start();
        List<String> lines = new ArrayList<>();
        assertThat(scene.archive.verify(Optional.empty(), lines::add)).isTrue();
        assertThat(lines).singleElement().asString().startsWith("no recording is complete yet");
    }

    @Test
    void whatAnotherStoreLacksIsSentAgainBeforeTheManifestPromisesIt() throws Exception {
        scene.passAndRecord(2);
        scene.store.objects.clear();
        scene.pass(Duration.ofHours(2));
        assertThat(scene.store.objects).hasSize(3);
        assertThat(scene.archive.verify(Optional.empty(), line -> {})).isTrue();
    }

    @Test
    void verificationNamesEachFault() throws Exception {
        scene.passAndRecord(4);
        String id = scene.id();
        scene.pass(Duration.ofHours(2));
        List<String> keys = List.copyOf(scene.store.objects.keySet());
        scene.store.objects.get(keys.get(0))[500] ^= 1;
        scene.store.objects.put(keys.get(1), new byte[10]);
        scene.store.objects.remove(keys.get(2));
        scene.store.objects.put(id + "/stranger", new byte[1]);
        List<String> lines = new ArrayList<>();
        assertThat(scene.archive.verify(Optional.of(id), lines::add)).isFalse();
        assertThat(lines.get(0)).contains("FAULTY");
        assertThat(String.join("\n", lines))
                .contains("120000.000Z.mp3: SHA-256")
                .contains("120010.000Z.mp3: 10 bytes")
                .contains("120020.000Z.mp3: can't be read")
                .contains("stranger: not in the manifest");
    }

    @Test
    void aDamagedObjectIsNeverHandedOut() throws Exception {
        scene.keepLocal(Duration.ZERO);
        scene.archive.use(scene.configs.build());
        scene.passAndRecord(2);
        String id = scene.id();
        scene.pass(Duration.ofHours(2));
        scene.store.objects.get(id + "/20261122T120010.000Z.mp3")[500] ^= 1;
        var audio = new ByteArrayOutputStream();
        assertThatThrownBy(() -> scene.archive.fetch(id, audio)).hasMessageContaining("damaged");
        assertThat(audio.size()).isEqualTo(417 * ArchiveScene.FRAMES);
        assertThatThrownBy(() -> scene.archive.fetch("live/../../etc", audio)).hasMessageContaining("no recording");
    }
}
