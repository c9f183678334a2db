package org.relaysupervisor.hls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.relaysupervisor.hls.SegmentSource.SEGMENT;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.hls.Playlist.Entry;
import org.relaysupervisor.hls.PublicPlaylist.Verdict;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.store.StoreException;

class PublicPlaylistTest {
    @TempDir
    Path directory;

    private final ManualLoop clock = new ManualLoop();
    private final UnsteadyStore store = new UnsteadyStore();

    private SegmentSource machine(String name) {
        return new SegmentSource(clock, store, directory, name);
    }

    private Verdict next(SegmentSource machine) throws Exception {
        clock.advance(SEGMENT);
        return machine.playlist.add(machine.segment()).verdict();
    }

    private Playlist there() throws Exception {
        return Playlist.parse(store.published(PublicPlaylist.KEY).orElseThrow().text())
                .orElseThrow();
    }

    @Test
    void theSegmentIsThereBeforeThePlaylistNamesItAndBothAreForTheWeb() throws Exception {
        SegmentSource one = machine("one");
        for (int i = 0; i < 8; i++) {
            assertThat(next(one)).isEqualTo(Verdict.PUBLISHED);
        }
        assertThat(store.puts).hasSize(16);
        for (int i = 0; i < 16; i += 2) {
            assertThat(store.puts.get(i)).endsWith(".ts");
            assertThat(store.puts.get(i + 1)).isEqualTo("live.m3u8");
        }
        String newest = there().last().orElseThrow().uri();
        assertThat(newest).isEqualTo(store.puts.get(14)).matches("20261122T120042\\.000Z-[0-9a-f]{8}\\.ts");
        assertThat(store.headers(newest)).isEqualTo(PublicPlaylist.SEGMENT);
        assertThat(store.headers(PublicPlaylist.KEY)).isEqualTo(PublicPlaylist.PLAYLIST);
        assertThat(there().entries()).hasSize(SegmentSource.LENGTH).noneMatch(Entry::discontinuity);
    }

    @Test
    void anotherLifeOfFfmpegAndOfTheDaemonGoesOnAtOnceBehindADiscontinuity() throws Exception {
        SegmentSource one = machine("one");
        next(one);
        long first = there().sequence();
        one.newSession();
        next(one);
        one.restart();
        next(one);
        next(one);
        assertThat(there().entries()).extracting(Entry::discontinuity).containsExactly(false, true, true, false);
        assertThat(there().sequence()).isEqualTo(first);
    }

    @Test
    void aSegmentThatWasLeftOutIsADiscontinuityToo() throws Exception {
        SegmentSource one = machine("one");
        next(one);
        one.segment();
        next(one);
        assertThat(there().entries()).extracting(Entry::discontinuity).containsExactly(false, true);
    }

    @Test
    void anotherMachineTakesOverOnlyWhatStandsStill() throws Exception {
        SegmentSource one = machine("one");
        SegmentSource two = machine("two");
        next(one);
        for (int i = 0; i < 5; i++) {
            next(one);
            assertThat(two.playlist.add(two.segment()).verdict()).isEqualTo(Verdict.THEIRS);
        }
        Playlist before = there();
        assertThat(next(two)).isEqualTo(Verdict.THEIRS);
        assertThat(next(two)).isEqualTo(Verdict.THEIRS);
        assertThat(next(two)).isEqualTo(Verdict.PUBLISHED);
        Playlist after = there();
        assertThat(after.next()).isEqualTo(before.next() + 1);
        assertThat(after.last().orElseThrow().discontinuity()).isTrue();
        assertThat(next(one))
                .as("the first comes back and finds its place taken")
                .isEqualTo(Verdict.THEIRS);
        assertThat(next(two)).isEqualTo(Verdict.PUBLISHED);
    }

    @Test
    void whatTheOtherHasPublishedIsNotPlayedAgain() throws Exception {
        SegmentSource one = machine("one");
        SegmentSource two = machine("two");
        next(one);
        HlsSegment same = two.segment();
        two.playlist.add(same);
        clock.advance(Duration.ofSeconds(18));
        assertThat(two.playlist.add(same).verdict()).isEqualTo(Verdict.OVERLAP);
        assertThat(two.playlist.add(two.segment()).verdict()).isEqualTo(Verdict.PUBLISHED);
    }

    @Test
    void ofTwoWithOneNameOneGoesOn() throws Exception {
        SegmentSource one = machine("clone");
        SegmentSource two = machine("clone");
        next(one);
        one.playlist = new PublicPlaylist(store, new Writer("clone", "original"), SegmentSource.LENGTH, SEGMENT, clock);
        next(one);
        assertThat(next(two)).isEqualTo(Verdict.PUBLISHED);
        assertThat(next(one)).isEqualTo(Verdict.THEIRS);
        assertThat(next(two)).isEqualTo(Verdict.PUBLISHED);
    }

    @Test
    void anAnswerThatGetsLostMakesNoEntryTwice() throws Exception {
        SegmentSource one = machine("one");
        next(one);
        clock.advance(SEGMENT);
        HlsSegment segment = one.segment();
        store.loseAnswers = true;
        assertThatThrownBy(() -> one.playlist.add(segment)).isInstanceOf(StoreException.class);
        store.loseAnswers = false;
        assertThat(one.playlist.add(segment).verdict()).isEqualTo(Verdict.PUBLISHED);
        assertThat(there().entries()).hasSize(2).noneMatch(Entry::discontinuity);
        assertThat(next(one)).isEqualTo(Verdict.PUBLISHED);
        assertThat(there().entries()).hasSize(3).noneMatch(Entry::discontinuity);
    }

    @Test
    void aPlaylistThatIsLostOrSomebodyElsesBeginsAboveAllNumbers() throws Exception {
        SegmentSource one = machine("one");
        next(one);
        long before = there().next();
        clock.jumpWallClock(Duration.ofDays(-1));
        store.delete(PublicPlaylist.KEY);
        assertThat(next(one)).isEqualTo(Verdict.PUBLISHED);
        assertThat(there().sequence()).isGreaterThanOrEqualTo(before);

        long foreign = there().next() + 1_000_000;
        store.replace(
                PublicPlaylist.KEY,
                ("#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:" + foreign + "\n").getBytes(StandardCharsets.UTF_8));
        assertThat(next(one)).isEqualTo(Verdict.PUBLISHED);
        assertThat(there().sequence()).isGreaterThan(foreign);
    }

    @Test
    void afterALongTimeOffTheAirNothingOldIsLeft() throws Exception {
        SegmentSource one = machine("one");
        next(one);
        next(one);
        long before = there().next();
        clock.advance(Duration.ofHours(1));
        one.newSession();
        next(one);
        assertThat(there().entries()).hasSize(1);
        assertThat(there().sequence()).isEqualTo(before);
    }

    @Test
    void aFileThatIsGoneIsNoFailureOfTheStore() throws Exception {
        SegmentSource one = machine("one");
        HlsSegment segment = one.segment();
        Files.delete(segment.file());
        assertThatThrownBy(() -> one.playlist.add(segment)).isInstanceOf(IOException.class);
        assertThat(store.puts).isEqualTo(List.of());
    }
}
