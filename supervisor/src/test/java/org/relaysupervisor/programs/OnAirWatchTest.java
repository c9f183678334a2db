package org.relaysupervisor.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.programs.OnAir.InputState;

@Timeout(30)
class OnAirWatchTest {
    private static final Duration OFTEN = Duration.ofMillis(10);
    private static final Duration RARELY = Duration.ofMinutes(5);
    private static final String SWITCH = "2026/11/23 06:49:12 [choice:3] Switch to live with transition.";

    @TempDir
    Path directory;

    /** Stands still until it is moved, and can be read by the watch's thread. */
    private static final class HandClock implements Clock {
        private final AtomicLong nanos = new AtomicLong();

        void advance(Duration by) {
            nanos.addAndGet(by.toNanos());
        }

        @Override
        public long nanoTime() {
            return nanos.get();
        }

        @Override
        public Instant now() {
            return Instant.EPOCH.plusNanos(nanos.get());
        }
    }

    private final HandClock clock = new HandClock();
    private FakeLiquidsoap liquidsoap;
    private OnAirWatch watch;
    private Thread thread;

    @BeforeEach
    void start() throws IOException {
        liquidsoap = new FakeLiquidsoap(path(), FakeLiquidsoap.whole("standby live=away"));
    }

    @AfterEach
    void stop() throws IOException {
        if (watch != null) {
            watch.close();
            await().until(() -> !thread.isAlive());
        }
        liquidsoap.close();
    }

    private Path path() {
        return directory.resolve("s");
    }

    private void watch(Duration period) {
        watch = new OnAirWatch(path(), clock, task -> thread = new Thread(task, "relay-on-air"), period);
    }

    private String source() {
        return watch.onAir().map(OnAir::source).orElse("unknown");
    }

    private void awaitQuestions(int more) {
        int target = liquidsoap.questions.get() + more;
        await().until(() -> liquidsoap.questions.get() >= target);
    }

    @Test
    void whatPlaysIsKnownWithTheStateOfEachInputAndSinceWhen() {
        watch(OFTEN);
        await().until(this::source, "standby"::equals);
        clock.advance(Duration.ofSeconds(2));
        liquidsoap.plays("night live=silent night=ready");
        await().until(this::source, "night"::equals);
        assertThat(watch.onAir())
                .contains(new OnAir(
                        "night",
                        Instant.EPOCH.plusSeconds(2),
                        Map.of("live", InputState.SILENT, "night", InputState.READY)));
        assertThat(liquidsoap.connections).hasValue(1);
    }

    @Test
    void aSourceThatPlaysOnKeepsItsBeginningWhenAnInputChanges() {
        watch(OFTEN);
        await().until(this::source, "standby"::equals);
        clock.advance(Duration.ofSeconds(2));
        liquidsoap.plays("standby live=silent");
        await().until(() -> watch.onAir().orElseThrow().inputs().containsValue(InputState.SILENT));
        assertThat(watch.onAir().orElseThrow().since()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void aSwitchThatLiquidsoapPrintsIsAskedAboutAtOnce() {
        watch(RARELY);
        await().until(this::source, "standby"::equals);
        liquidsoap.plays("live live=ready");
        watch.heard(SWITCH);
        await().atMost(Duration.ofSeconds(5)).until(this::source, "live"::equals);
        assertThat(liquidsoap.questions).hasValue(2);
    }

    @Test
    void aFloodOfPrintedSwitchesIsOneQuestion() {
        watch(RARELY);
        await().until(this::source, "standby"::equals);
        liquidsoap.plays("live live=ready");
        for (int i = 0; i < 10_000; i++) {
            watch.heard(SWITCH);
        }
        await().until(this::source, "live"::equals);
        // One more at most: the flood may have lasted longer than it took to ask.
        assertThat(liquidsoap.questions).hasValueLessThanOrEqualTo(3);
    }

    @Test
    void otherLinesAreNoReasonToAsk() {
        watch(RARELY);
        await().until(this::source, "standby"::equals);
        watch.heard("2026/11/23 06:49:12 [live:3] Decoding...");
        await().during(Duration.ofMillis(300))
                .atMost(Duration.ofSeconds(5))
                .until(() -> liquidsoap.questions.get() == 1);
    }

    @Test
    void whatLiquidsoapNoLongerSaysIsForgottenAfterThreeSeconds() {
        watch(RARELY);
        await().until(this::source, "standby"::equals);
        clock.advance(OnAirWatch.VALID);
        assertThat(watch.onAir()).isPresent();
        clock.advance(Duration.ofNanos(1));
        assertThat(watch.onAir()).isEmpty();
    }

    @Test
    void whatPlaysAfterAnAbsenceBeganThen() {
        watch(OFTEN);
        await().until(this::source, "standby"::equals);
        liquidsoap.answers(FakeLiquidsoap.CLOSE);
        awaitQuestions(2);
        clock.advance(Duration.ofSeconds(10));
        assertThat(watch.onAir()).isEmpty();
        liquidsoap.plays("standby live=away");
        await().until(this::source, "standby"::equals);
        assertThat(watch.onAir().map(OnAir::since)).contains(Instant.EPOCH.plusSeconds(10));
    }

    @Test
    void aLiquidsoapThatIsNotThereYetIsFound() throws Exception {
        liquidsoap.close();
        Files.deleteIfExists(path());
        watch(OFTEN);
        assertThat(watch.onAir()).isEmpty();
        liquidsoap = new FakeLiquidsoap(path(), FakeLiquidsoap.whole("live live=ready"));
        await().until(this::source, "live"::equals);
    }

    @Test
    void aSocketThatNobodyServesAnyMoreIsNoObstacleForTheNextLiquidsoap() throws Exception {
        watch(OFTEN);
        await().until(this::source, "standby"::equals);
        liquidsoap.close();
        assertThat(path()).exists();
        liquidsoap = new FakeLiquidsoap(path(), FakeLiquidsoap.whole("live live=ready"));
        await().until(this::source, "live"::equals);
    }

    @Test
    void nonsenseIsNotTold() {
        liquidsoap.plays("ERROR: unknown command, type \"help\" to get a list of commands.");
        watch(OFTEN);
        awaitQuestions(3);
        assertThat(watch.onAir()).isEmpty();
        liquidsoap.plays("standby");
        await().until(this::source, "standby"::equals);
    }

    @Test
    void halfAnAnswerIsNotToldAndItsRestNeverTakenForTheNext() {
        liquidsoap.answers("live live=re");
        watch(OFTEN);
        await().until(() -> liquidsoap.connections.get() == 2);
        liquidsoap.plays("standby live=away");
        await().until(this::source, "standby"::equals);
    }

    @Test
    void itEndsWhileItWaitsForAnAnswerThatNeverComes() {
        liquidsoap.answers(FakeLiquidsoap.NOTHING);
        watch(RARELY);
        awaitQuestions(1);
        watch.close();
        await().atMost(Duration.ofSeconds(1)).until(() -> !thread.isAlive());
        assertThat(watch.onAir()).isEqualTo(Optional.empty());
    }

    @Test
    void itEndsWhileItWaitsForTheNextQuestion() {
        watch(RARELY);
        await().until(this::source, "standby"::equals);
        watch.close();
        await().atMost(Duration.ofSeconds(1)).until(() -> !thread.isAlive());
    }

    @Test
    void oneThatFailsIsAskedLessAndLessOften() {
        Duration period = Duration.ofSeconds(2);
        assertThat(OnAirWatch.pause(period, 0)).isEqualTo(period);
        assertThat(OnAirWatch.pause(period, 1)).isEqualTo(Duration.ofSeconds(1));
        assertThat(OnAirWatch.pause(period, 3)).isEqualTo(Duration.ofSeconds(3));
        assertThat(OnAirWatch.pause(period, 1_000_000)).isEqualTo(Duration.ofSeconds(4));
    }
}
