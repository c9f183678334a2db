package org.relaysupervisor.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.relaysupervisor.proof.Stage.Meanwhile;
import org.relaysupervisor.proof.SwarmReport.Kind;
import org.relaysupervisor.station.Station;

/** Whatever becomes of the decoder, listeners hear the source frame by frame and in time; only the meter loses something, and says so. */
@Isolated("a silence of 500 ms fails it")
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(120)
class DecoderSurvivalIT {
    private static final Stage.Audience AUDIENCE = new Stage.Audience(30, 2, 4, 10, 7);
    /** A turn of the feeds, and a computer that has other things to do. */
    private static final Duration LONGEST_SILENCE = Duration.ofMillis(500);

    /** After which a reading is no longer current, and a scrape. */
    private static final Duration STALE = Duration.ofMillis(3_500);

    private static final List<String> LEVELS = List.of(
            "relay_loudness_momentary_lufs",
            "relay_loudness_short_term_lufs",
            "relay_loudness_integrated_lufs",
            "relay_loudness_range_lu",
            "relay_true_peak_dbtp");

    private Stage stage;

    @BeforeAll
    void goOnAir(@TempDir Path directory) throws IOException, InterruptedException {
        stage = Stage.open(directory, AUDIENCE, false);
        awaitMeasuring();
        System.out.println("calm: " + stage.calm(Duration.ofSeconds(5)).longestSilence());
    }

    @AfterAll
    void goOffAir() throws IOException {
        stage.close();
    }

    @Test
    void nobodyNoticesThatItIsKilled() throws Exception {
        double resynchronisations = ofLive("relay_meter_resynchronisations_total");
        Meanwhile meanwhile = stage.during(() -> {
            long killed = decoder();
            Station.signal("KILL", killed);
            awaitAnotherThan(killed);
            awaitMeasuring();
        });
        assertUnnoticed(meanwhile);
        assertThat(ofLive("relay_meter_resynchronisations_total")).isEqualTo(resynchronisations + 1);
    }

    @Test
    void nobodyNoticesThatItIsStoppedAndNoOldReadingIsShown() throws Exception {
        double resynchronisations = ofLive("relay_meter_resynchronisations_total");
        double droppedBytes = ofLive("relay_tap_dropped_bytes_total");
        double droppedFrames = ofLive("relay_tap_dropped_frames_total");
        double hangs = hangs();
        Meanwhile meanwhile = stage.during(() -> {
            long stopped = decoder();
            Station.signal("STOP", stopped);
            for (String level : LEVELS) {
                awaitWithin(STALE, () -> Double.isNaN(ofLive(level)));
            }
            double age = ofLive("relay_loudness_age_seconds");
            assertThat(age).isGreaterThan(3);
            // Before the decoder is found hung, which takes 4 to 6 s.
            awaitWithin(Duration.ofSeconds(1), () -> ofLive("relay_loudness_age_seconds") > age + 0.3);
            assertThat(metric("relay_dead_air{kind=\"no_bytes\",mount=\"/live\"}"))
                    .as("dead air, while only the decoder is")
                    .isZero();
            awaitAnotherThan(stopped);
            awaitMeasuring();
        });
        assertUnnoticed(meanwhile);
        assertThat(ofLive("relay_tap_dropped_bytes_total") - droppedBytes).isGreaterThan(16_000);
        assertThat(ofLive("relay_tap_dropped_frames_total") - droppedFrames).isGreaterThan(38);
        assertThat(ofLive("relay_meter_resynchronisations_total")).isGreaterThan(resynchronisations);
        assertThat(hangs()).isEqualTo(hangs + 1);
        for (String level : LEVELS) {
            assertThat(ofLive(level)).as(level).isNotNaN();
        }
        assertThat(ofLive("relay_loudness_age_seconds")).isLessThan(1);
    }

    @Test
    void nobodyNoticesThatItHasNextToNoProcessor() throws Exception {
        long starved = decoder();
        Meanwhile meanwhile = stage.during(() -> starve(starved));
        awaitMeasuring();
        assertUnnoticed(meanwhile);
        assertThat(decoder()).as("still the same").isEqualTo(starved);
    }

    /** 20 ms in 400, for 8 s. */
    private static void starve(long pid) throws IOException, InterruptedException {
        String script = "for turn in $(seq 20); do kill -STOP %1$d; sleep 0.38; kill -CONT %1$d; sleep 0.02; done"
                .formatted(pid);
        assertThat(new ProcessBuilder("sh", "-c", script).inheritIO().start().waitFor())
                .isZero();
    }

    private static void assertUnnoticed(Meanwhile meanwhile) {
        SwarmReport audience = meanwhile.audience();
        System.out.printf("silence %s, of it our own %s%n", audience.longestSilence(), audience.ownPause());
        assertThat(audience.closed(Kind.STEADY) + audience.closed(Kind.CHURNING))
                .as("connections closed")
                .isZero();
        assertThat(audience.refused(Kind.CHURNING)).isZero();
        assertThat(meanwhile.followed().faults()).isEmpty();
        assertThat(meanwhile.followed().equal())
                .as("listeners who heard each of the source's frames once")
                .isEqualTo(AUDIENCE.sampled());
        assertThat(audience.longestSilence().minus(audience.ownPause())).isLessThan(LONGEST_SILENCE);
    }

    private long decoder() throws IOException, InterruptedException {
        return stage.station.pid("decoder");
    }

    private void awaitAnotherThan(long pid) {
        awaitWithin(Duration.ofSeconds(30), () -> {
            Object now = stage.station.child("decoder").get("pid");
            return now != null && ((Number) now).longValue() != pid;
        });
    }

    private void awaitMeasuring() {
        awaitWithin(
                Duration.ofSeconds(30),
                () -> metric("relay_meter_state{mount=\"/live\",state=\"measuring\"}") == 1
                        && !Double.isNaN(ofLive("relay_loudness_short_term_lufs")));
    }

    private static void awaitWithin(Duration time, Callable<Boolean> condition) {
        await().atMost(time).pollInterval(Duration.ofMillis(50)).until(condition);
    }

    private double hangs() throws IOException {
        return metric("relay_child_restarts_total{cause=\"hang\",child=\"decoder\"}");
    }

    private double ofLive(String family) throws IOException {
        return metric(family + "{mount=\"/live\"}");
    }

    private double metric(String series) throws IOException {
        return stage.station.metric(series);
    }
}
