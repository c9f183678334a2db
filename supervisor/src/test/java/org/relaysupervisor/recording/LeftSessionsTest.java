package org.relaysupervisor.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.archive.FeedPosition;
import org.relaysupervisor.archive.GapCause;
import org.relaysupervisor.archive.Segment;
import org.relaysupervisor.config.RelayConfig.Format;

/** What is on the disk when a life of the daemon begins, and which frame it then wants next. */
class LeftSessionsTest {
    private static final Instant STARTED = Instant.parse("2026-11-22T12:00:00Z");
    private static final FeedPosition TOLD = new FeedPosition("a1", 1_000);
    private static final FeedPosition ASKED = new FeedPosition("a1", 990);

    @TempDir
    Path directory;

    private final List<Segment> found = new ArrayList<>();

    private Path session(String name, Optional<FeedPosition> asked, Optional<FeedPosition> told) throws IOException {
        Path session = Files.createDirectories(directory.resolve("live").resolve(name));
        Optional<SessionStart> start = told.map(first -> new SessionStart(name, first, STARTED));
        new SessionFacts("/live", Format.MP3, STARTED, asked, STARTED, GapCause.DAEMON, start).write(session);
        return session;
    }

    private Path session(Optional<FeedPosition> asked, Optional<FeedPosition> told) throws IOException {
        return session("20261122T120000.000Z", asked, told);
    }

    private static void write(Path session, int file, int from, int to) throws IOException {
        Files.write(session.resolve("%05d.mp3".formatted(file)), NumberedFrames.frames(from, to));
    }

    private static void closed(Path session, int file, int from, int to) throws IOException {
        ClosedFiles.of(session)
                .add(new ClosedFile(
                        file,
                        to - from,
                        NumberedFrames.FRAME.multipliedBy(to - from),
                        OptionalLong.of(from),
                        STARTED.plus(NumberedFrames.FRAME.multipliedBy(from - TOLD.frame())),
                        Optional.empty()));
    }

    private Optional<NextFrame> recovered() throws IOException {
        LeftSessions left = LeftSessions.in(directory);
        left.recover(found::add);
        return left.next("/live", Duration.ZERO);
    }

    private Optional<FeedPosition> next() throws IOException {
        return recovered().map(NextFrame::place);
    }

    @Test
    void theFrameAfterTheLastWholeOneIsNext() throws Exception {
        Path session = session(Optional.of(ASKED), Optional.of(TOLD));
        write(session, 0, 0, 30);
        byte[] half = Arrays.copyOf(NumberedFrames.frame(40), 20);
        write(session, 1, 30, 40);
        Files.write(session.resolve("00001.mp3"), half, StandardOpenOption.APPEND);
        NextFrame next = recovered().orElseThrow();
        assertThat(next.place()).isEqualTo(new FeedPosition("a1", 1_040));
        assertThat(Duration.between(STARTED.plus(NumberedFrames.FRAME.multipliedBy(40)), next.due()))
                .isLessThan(Duration.ofMillis(1));
        assertThat(session.resolve("00001.mp3")).hasBinaryContent(NumberedFrames.frames(30, 40));
        assertThat(found).extracting(Segment::frames).containsExactly(30L, 10L);
    }

    @Test
    void aLastFileWithoutAWholeFrameChangesNothing() throws Exception {
        Path session = session(Optional.empty(), Optional.of(TOLD));
        write(session, 0, 0, 30);
        Files.write(session.resolve("00001.mp3"), Arrays.copyOf(NumberedFrames.frame(30), 20));
        assertThat(next()).contains(new FeedPosition("a1", 1_030));
        assertThat(session.resolve("00001.mp3")).doesNotExist();
    }

    @Test
    void filesThatTheArchiveHasCountAsWellAlsoInLaterLives() throws Exception {
        Path session = session(Optional.empty(), Optional.of(TOLD));
        closed(session, 0, 1_000, 1_030);
        closed(session, 1, 1_030, 1_045);
        assertThat(next()).contains(new FeedPosition("a1", 1_045));
        assertThat(next()).as("as nothing was recorded since").contains(new FeedPosition("a1", 1_045));
        assertThat(found).isEmpty();
    }

    @Test
    void aSessionThatRecordedNothingSaysWhatItAskedFor() throws Exception {
        Path older = session(Optional.empty(), Optional.of(TOLD));
        write(older, 0, 0, 30);
        session("20261122T120001.000Z", Optional.of(ASKED), Optional.empty());
        assertThat(next()).contains(ASKED);
        assertThat(found).hasSize(1);
        // One that was begun, and does not even say that.
        Path torn = Files.createDirectory(directory.resolve("live/20261122T120002.000Z"));
        assertThat(next()).contains(ASKED);
        assertThat(torn).doesNotExist();
    }

    @Test
    void whereItWasNotToldThatASessionBeganWhereItAskedThisIsAskedForAndNeverClaimed() throws Exception {
        write(session(Optional.of(ASKED), Optional.empty()), 0, 0, 30);
        assertThat(next()).contains(new FeedPosition("a1", 1_020));
        assertThat(next()).contains(new FeedPosition("a1", 1_020));
        assertThat(found)
                .hasSize(2)
                .allSatisfy(segment -> assertThat(segment.first()).isEmpty());
    }

    @Test
    void whereFramesMayBeMissingNothingIsKnown() throws Exception {
        Path hole = session(Optional.empty(), Optional.of(TOLD));
        write(hole, 0, 0, 30);
        write(hole, 2, 60, 90);
        assertThat(next()).isEmpty();

        Path strange = session("20261122T120001.000Z", Optional.empty(), Optional.of(TOLD));
        write(strange, 0, 0, 30);
        Files.write(strange.resolve("00000.mp3"), new byte[50], StandardOpenOption.APPEND);
        Files.write(strange.resolve("00000.mp3"), NumberedFrames.frames(30, 40), StandardOpenOption.APPEND);
        assertThat(next()).isEmpty();

        Path damaged = session("20261122T120002.000Z", Optional.empty(), Optional.of(TOLD));
        Files.writeString(damaged.resolve(SessionFacts.FILE), "{");
        assertThat(next()).isEmpty();
    }

    @Test
    void whoAsksBeforeItIsCountedOrForAnotherMountDoesNotLearnIt() throws Exception {
        write(session(Optional.empty(), Optional.of(TOLD)), 0, 0, 30);
        LeftSessions left = LeftSessions.in(directory);
        assertThat(left.next("/live", Duration.ZERO)).isEmpty();
        left.recover(found::add);
        assertThat(left.next("/live", Duration.ZERO)).isPresent();
        assertThat(left.next("/other", Duration.ofDays(1))).isEmpty();
    }
}
