package org.relaysupervisor.station;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.relaysupervisor.station.Ear.Heard;

/** What listeners hear, on the real programs: standby, a DJ, a DJ who leaves, a DJ who goes silent. */
@Isolated("a DJ has to be heard within 3 s")
@TestInstance(Lifecycle.PER_CLASS)
class OnAirIT {
    private static final Duration LIVE_WITHIN = Duration.ofSeconds(3);
    private static final Duration STANDBY_WITHIN = Duration.ofSeconds(10);

    private Station station;
    private Ear ear;

    @BeforeAll
    void goOnAir(@TempDir Path directory) throws IOException {
        station = Station.onAir(directory);
        ear = new Ear(station.listenUrl());
    }

    @AfterAll
    void goOffAir() {
        ear.close();
        station.close();
    }

    @Test
    void aDjWhoConnectsIsHeardAndTheStandbyComesBackWhenTheDjLeaves() throws IOException {
        awaitHeard(Heard.PROGRAMME, STANDBY_WITHIN);
        Process dj = station.dj("sine=frequency=1000:sample_rate=44100");
        try {
            awaitHeard(Heard.TONE, LIVE_WITHIN.plus(connecting()));
        } finally {
            dj.destroyForcibly();
        }
        awaitHeard(Heard.PROGRAMME, STANDBY_WITHIN);
    }

    @Test
    void standbyComesBackWhenTheDjGoesSilent() throws IOException {
        Process dj = station.dj("sine=frequency=1000:sample_rate=44100,volume=enable='gt(t,6)':volume=0");
        try {
            awaitHeard(Heard.TONE, LIVE_WITHIN.plus(connecting()));
            // Six seconds of tone, then the bound.
            awaitHeard(Heard.PROGRAMME, Duration.ofSeconds(6).plus(STANDBY_WITHIN));
            assertThat(dj.isAlive()).as("the DJ is still connected").isTrue();
        } finally {
            dj.destroyForcibly();
        }
    }

    @Test
    void aDjWithAWrongPasswordIsTurnedAwayAndNobodyHearsIt() throws Exception {
        awaitHeard(Heard.PROGRAMME, STANDBY_WITHIN);
        Process stranger = station.dj("sine=frequency=1000:sample_rate=44100", "wrong");
        assertThat(stranger.waitFor(20, TimeUnit.SECONDS)).as("turned away").isTrue();
        assertThat(stranger.exitValue()).isNotZero();
        await("nothing of the stranger is heard")
                .during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(5))
                .until(() -> ear.heard() != Heard.TONE);
    }

    @Test
    void aSecondDjDoesNotPushTheFirstOffTheAir() throws Exception {
        Process first = station.dj("sine=frequency=1000:sample_rate=44100");
        Process second = null;
        try {
            awaitHeard(Heard.TONE, LIVE_WITHIN.plus(connecting()));
            second = station.dj("anoisesrc=sample_rate=44100:amplitude=0.5");
            assertThat(second.waitFor(30, TimeUnit.SECONDS)).as("turned away").isTrue();
            assertThat(first.isAlive()).isTrue();
            assertThat(ear.heard()).isEqualTo(Heard.TONE);
        } finally {
            first.destroyForcibly();
            if (second != null) {
                second.destroyForcibly();
            }
        }
        awaitHeard(Heard.PROGRAMME, STANDBY_WITHIN);
    }

    /** ffmpeg's own start, before it connects to the harbor. */
    private static Duration connecting() {
        return Duration.ofSeconds(1);
    }

    private void awaitHeard(Heard wanted, Duration within) {
        await("the listener hears " + wanted + "; the daemon said:\n" + station.output())
                .atMost(within)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> ear.heard() == wanted);
    }
}
