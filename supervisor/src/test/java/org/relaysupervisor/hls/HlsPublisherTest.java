package org.relaysupervisor.hls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.relaysupervisor.hls.SegmentSource.LENGTH;
import static org.relaysupervisor.hls.SegmentSource.SEGMENT;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.config.RelayConfig.PublicHls;
import org.relaysupervisor.hls.HlsSnapshot.Drop;
import org.relaysupervisor.hls.HlsSnapshot.State;
import org.relaysupervisor.hls.Playlist.Entry;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.store.StoreException.Reason;

class HlsPublisherTest {
    @TempDir
    Path directory;

    private final ManualLoop loop = new ManualLoop();
    private final UnsteadyStore store = new UnsteadyStore();
    private final Deque<Runnable> work = new ArrayDeque<>();
    private final HlsPublisher publisher = new HlsPublisher(loop, this::execute, new Writer("one", "life1"));
    private SegmentSource source;
    private boolean slow;
    private boolean refuses;

    private void execute(Runnable task) {
        if (refuses) {
            throw new RejectedExecutionException("ending");
        }
        if (slow) {
            work.add(task);
        } else {
            task.run();
        }
    }

    @BeforeEach
    void on() {
        source = new SegmentSource(loop, store, directory, "one");
        publisher.use(config(), store);
        loop.every(HlsPublisher.OBSERVE_EVERY, publisher::observe);
    }

    private static PublicHls config() {
        return new PublicHls(true, SEGMENT, LENGTH, Optional.empty());
    }

    /** One segment's time goes by, and it is closed. */
    private HlsSegment segment() throws Exception {
        loop.advance(SEGMENT);
        HlsSegment segment = source.segment();
        publisher.offer(segment);
        loop.runPosted();
        return segment;
    }

    private HlsSnapshot seen() {
        return publisher.snapshot();
    }

    private Playlist there() throws Exception {
        return Playlist.parse(store.published(PublicPlaylist.KEY).orElseThrow().text())
                .orElseThrow();
    }

    @Test
    void publishesAndTellsHowLongItTook() throws Exception {
        slow = true;
        HlsSegment first = segment();
        assertThat(seen().waiting()).isEqualTo(1);
        loop.advance(Duration.ofMillis(1_200));
        work.remove().run();
        loop.runPosted();
        assertThat(seen().state()).isEqualTo(State.LIVE);
        assertThat(seen().published()).isEqualTo(1);
        assertThat(seen().waiting()).isZero();
        assertThat(seen().times().sum()).isEqualTo(1.2);
        assertThat(seen().playlistEnd()).contains(first.end());
    }

    @Test
    void aLoopThatWasFullWhenAnAttemptEndedHearsOfItAtTheNextTick() throws Exception {
        loop.refusePosts(true);
        segment();
        loop.refusePosts(false);
        assertThat(seen().published()).isZero();
        loop.advance(HlsPublisher.OBSERVE_EVERY);
        assertThat(seen().published()).isEqualTo(1);
        segment();
        assertThat(seen().published()).isEqualTo(2);
    }

    @Test
    void oneAtATimeHoweverSlow() throws Exception {
        slow = true;
        for (int i = 0; i < 3; i++) {
            segment();
        }
        assertThat(work).hasSize(1);
        while (!work.isEmpty()) {
            work.remove().run();
            loop.runPosted();
        }
        assertThat(there().entries()).hasSize(3).noneMatch(Entry::discontinuity);
    }

    @Test
    void whileTheStoreIsAwayTheOldestAreDroppedAndCountedAndTheNewestGetOut() throws Exception {
        segment();
        store.away = true;
        for (int i = 0; i < 3 * LENGTH; i++) {
            segment();
            assertThat(seen().waiting()).isLessThanOrEqualTo(LENGTH);
        }
        assertThat(seen().state()).isEqualTo(State.FAILING);
        assertThat(seen().dropped()).containsEntry(Drop.QUEUE_FULL, 2L * LENGTH);
        assertThat(seen().failures().get(Reason.NETWORK)).isBetween(4L, 40L);
        assertThat(seen().lastFailure()).contains("memory: away");
        store.away = false;
        HlsSegment newest = segment();
        loop.advance(Duration.ofSeconds(16));
        assertThat(seen().state()).isEqualTo(State.LIVE);
        assertThat(seen().lastFailure()).isEmpty();
        assertThat(seen().waiting()).isZero();
        assertThat(there().entries()).hasSize(LENGTH);
        assertThat(there().last().orElseThrow().start()).isEqualTo(newest.start());
        assertThat(seen().published() + seen().dropped().get(Drop.QUEUE_FULL))
                .as("all are counted")
                .isEqualTo(3 * LENGTH + 2);
    }

    @Test
    void aLineThatHangsHoldsAtMostOneAndThoseThatFitIntoAPlaylist() throws Exception {
        slow = true;
        for (int i = 0; i < 30; i++) {
            segment();
        }
        assertThat(work).hasSize(1);
        assertThat(seen().waiting()).isEqualTo(LENGTH + 1);
        assertThat(seen().dropped()).containsEntry(Drop.QUEUE_FULL, 29L - LENGTH);
    }

    @Test
    void aStoreThatIsAwayIsNotHammered() throws Exception {
        store.away = true;
        for (int i = 0; i < 100; i++) {
            segment();
        }
        assertThat(seen().failures().get(Reason.NETWORK)).isLessThan(60);
    }

    @Test
    void standsByWhileAnotherMachinePublishesAndThenGoesOnWithoutAGap() throws Exception {
        SegmentSource other = new SegmentSource(loop, store, directory, "two");
        loop.advance(SEGMENT);
        other.playlist.add(other.segment());
        for (int i = 0; i < 8; i++) {
            segment();
            other.playlist.add(other.segment());
        }
        assertThat(seen().state()).isEqualTo(State.STANDBY);
        assertThat(seen().published()).isZero();
        Playlist before = there();
        for (int i = 0; i < 6; i++) {
            segment();
        }
        assertThat(seen().state()).isEqualTo(State.LIVE);
        assertThat(there().next())
                .as("no second is missing, and none comes twice")
                .isEqualTo(before.next() + 6);
        assertThat(seen().dropped()).containsEntry(Drop.QUEUE_FULL, 0L);
        assertThat(seen().dropped().get(Drop.ELSEWHERE)).isEqualTo(8);
    }

    @Test
    void aFileThatIsGoneIsDroppedAndTheNextOneGetsOut() throws Exception {
        store.away = true;
        HlsSegment lost = segment();
        Files.delete(lost.file());
        store.away = false;
        segment();
        segment();
        assertThat(seen().dropped()).containsEntry(Drop.FILE, 1L);
        assertThat(seen().state()).isEqualTo(State.LIVE);
        assertThat(there().entries()).hasSize(2);
    }

    @Test
    void anotherStoreGetsWhatWaitsAndOffIsOff() throws Exception {
        slow = true;
        segment();
        UnsteadyStore next = new UnsteadyStore();
        publisher.use(config(), next);
        slow = false;
        work.remove().run();
        loop.runPosted();
        assertThat(next.puts)
                .as("tried on the old one, and told to the new one")
                .hasSize(2);
        publisher.off();
        segment();
        assertThat(seen().state()).isEqualTo(State.OFF);
        assertThat(next.puts).hasSize(2);
    }

    @Test
    void whileTheDaemonEndsNothingIsLostButTheWork() throws Exception {
        refuses = true;
        segment();
        assertThat(seen().waiting()).isEqualTo(1);
        refuses = false;
        loop.advance(Duration.ofSeconds(1));
        assertThat(seen().published()).isEqualTo(1);
    }
}
