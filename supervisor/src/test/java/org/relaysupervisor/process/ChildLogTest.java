package org.relaysupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.process.OutputSink.Stream;

class ChildLogTest {
    private final ManualLoop clock = new ManualLoop();
    private final ChildLog log = new ChildLog(clock, text -> text.replace("hackme", "***"));

    private static List<String> texts(List<Line> lines) {
        return lines.stream().map(Line::text).toList();
    }

    private void flood(String child, int lines) {
        for (int i = 0; i < lines; i++) {
            log.line(child, Stream.OUT, "line " + i);
        }
    }

    @Test
    void linesAreMaskedNumberedAndDated() {
        log.line("icecast", Stream.ERR, "password is hackme");
        log.line("liquidsoap", Stream.OUT, "hello");

        assertThat(log.tail(Optional.empty(), 10))
                .containsExactly(
                        new Line(1, clock.now(), "icecast", "password is ***"),
                        new Line(2, clock.now(), "liquidsoap", "hello"));
        assertThat(log.lastLine("icecast")).contains("password is ***");
        assertThat(log.lastLine("recorder")).isEmpty();
    }

    @Test
    void aReaderThatPollsSeesEachLineOnce() {
        log.line("icecast", Stream.OUT, "one");
        long seen = log.after(0, Optional.empty()).get(0).sequence();
        log.line("liquidsoap", Stream.OUT, "two");
        log.line("icecast", Stream.OUT, "three");

        assertThat(texts(log.after(seen, Optional.empty()))).containsExactly("two", "three");
        assertThat(texts(log.after(seen, Optional.of("icecast")))).containsExactly("three");
        assertThat(log.after(0, Optional.of("nobody"))).isEmpty();
        assertThat(texts(log.tail(Optional.empty(), 2))).containsExactly("two", "three");
        assertThat(log.tail(Optional.empty(), -1)).isEmpty();
    }

    @Test
    void aFloodIsCutToItsAllowanceAndCountedWithoutCostToOthers() {
        flood("liquidsoap", 1000);
        log.line("icecast", Stream.OUT, "calm");

        assertThat(log.after(0, Optional.of("liquidsoap"))).hasSize(ChildLog.BURST);
        assertThat(log.dropped()).isEqualTo(Map.of("liquidsoap", 800L, "icecast", 0L));
        assertThat(texts(log.after(0, Optional.of("icecast")))).containsExactly("calm");
        assertThat(log.lastLine("liquidsoap")).contains("line 999");
    }

    @Test
    void theAllowanceGrowsWithTime() {
        flood("icecast", 1000);
        clock.advance(Duration.ofSeconds(2));
        flood("icecast", 1000);

        assertThat(log.after(0, Optional.of("icecast"))).hasSize(ChildLog.BURST + 2 * ChildLog.LINES_PER_SECOND);
    }

    @Test
    void oneLineAPeriodSaysHowManyWereDropped() {
        for (int second = 0; second < 25; second++) {
            clock.advance(Duration.ofSeconds(1));
            flood("icecast", 1000);
        }

        assertThat(texts(log.after(0, Optional.empty())))
                .filteredOn(text -> text.contains("dropped"))
                .hasSize(2)
                .allMatch(text -> text.endsWith(" lines dropped: more than 50 a second"));
    }

    @Test
    void aClockThatJumpsBackDoesNotStopTheLog() {
        clock.jumpWallClock(Duration.ofDays(-365));
        log.line("icecast", Stream.OUT, "hello");
        assertThat(log.tail(Optional.empty(), 1)).hasSize(1);
    }

    @Test
    void memoryIsBoundedByLinesAndByCharacters() {
        for (int i = 0; i < 3000; i++) {
            clock.advance(Duration.ofMillis(100));
            log.line("icecast", Stream.OUT, "line " + i);
            log.line("liquidsoap", Stream.OUT, "x".repeat(4096));
        }

        assertThat(texts(log.after(0, Optional.of("icecast"))))
                .hasSize(ChildLog.LINES_KEPT)
                .endsWith("line 2999");
        assertThat(log.after(0, Optional.of("liquidsoap"))).hasSize(ChildLog.CHARACTERS_KEPT / 4096);
    }

    @Test
    void theDaemonsOwnLinesAreKeptBesideTheChildrensButTheirsNotTwice() {
        log.line("icecast", Stream.OUT, "from icecast");
        log.daemonLine(ChildLog.LOGGER_PREFIX + "icecast", "icecast: from icecast");
        log.daemonLine("org.relaysupervisor.loop.ControlLoop", "loop: stalled");

        assertThat(texts(log.tail(Optional.empty(), 10))).containsExactly("from icecast", "loop: stalled");
        assertThat(texts(log.tail(Optional.of(ChildLog.DAEMON), 10))).containsExactly("loop: stalled");
        assertThat(log.dropped()).doesNotContainKey(ChildLog.DAEMON);
    }

    @Test
    void twoStreamsOfAChildMayWriteAtOnce() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(2);
        for (Stream stream : Stream.values()) {
            new Thread(() -> {
                        for (int i = 0; i < 100; i++) {
                            log.line("icecast", stream, "line");
                        }
                        done.countDown();
                    })
                    .start();
        }
        done.await();

        assertThat(log.after(0, Optional.empty()))
                .extracting(Line::sequence)
                .doesNotHaveDuplicates()
                .isSorted()
                .hasSize(200);
    }
}
