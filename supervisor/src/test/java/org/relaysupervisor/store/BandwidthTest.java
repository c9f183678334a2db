package org.relaysupervisor.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.loop.ManualLoop;

class BandwidthTest {
    @TempDir
    Path directory;

    private final ManualLoop clock = new ManualLoop();
    private final long began = clock.nanoTime();

    private Bandwidth bandwidth(long limit) {
        return new Bandwidth(OptionalLong.of(limit), clock, clock::advance);
    }

    private long elapsedMillis() {
        return clock.since(began).toMillis();
    }

    private void send(Bandwidth bandwidth, int length) throws Exception {
        Path file = TestContent.file(directory, "f", length, 1);
        try (FileSection section = FileSection.toSend(file, 0, length, bandwidth)) {
            assertThat(section.readAllBytes()).hasSize(length);
        }
    }

    @Test
    void aTransferTakesAsLongAsTheLimitSays() throws Exception {
        send(bandwidth(100_000), 1_000_000);
        assertThat(elapsedMillis()).isBetween(9_500L, 10_000L);
    }

    @Test
    void twoTransfersShareIt() throws Exception {
        Bandwidth bandwidth = bandwidth(100_000);
        send(bandwidth, 500_000);
        send(bandwidth, 500_000);
        assertThat(elapsedMillis()).isBetween(9_500L, 10_000L);
    }

    @Test
    void timeThatWasNotUsedIsNotSaved() throws Exception {
        Bandwidth bandwidth = bandwidth(100_000);
        clock.advance(Duration.ofHours(1));
        send(bandwidth, 1_000_000);
        assertThat(elapsedMillis() - Duration.ofHours(1).toMillis()).isGreaterThan(9_500);
    }

    @Test
    void aNewLimitCountsForATransferUnderWay() throws Exception {
        Bandwidth bandwidth = bandwidth(100_000);
        send(bandwidth, 500_000);
        bandwidth.limit(OptionalLong.of(1_000_000));
        send(bandwidth, 500_000);
        assertThat(elapsedMillis()).isBetween(5_000L, 5_600L);
        bandwidth.limit(OptionalLong.empty());
        send(bandwidth, 5_000_000);
        assertThat(elapsedMillis()).isBetween(5_000L, 5_600L);
    }

    @Test
    void evenTheLowestLimitIsWaitedForInShortPauses() throws Exception {
        Bandwidth slow = new Bandwidth(OptionalLong.of(16 * 1024), clock, pause -> {
            assertThat(pause).isLessThan(Duration.ofSeconds(1));
            clock.advance(pause);
        });
        send(slow, 100_000);
    }
}
