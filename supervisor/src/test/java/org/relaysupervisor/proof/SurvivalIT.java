package org.relaysupervisor.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.relaysupervisor.proof.SwarmReport.Kind;

/** Whatever dies behind the relay, its listeners stay, and hear the source frame by frame. The long form is a script. */
@Isolated("a silence of 500 ms fails it")
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(120)
class SurvivalIT {
    private static final Stage.Audience AUDIENCE = new Stage.Audience(50, 4, 6, 10, 3);

    private Stage stage;

    @BeforeAll
    void goOnAir(@TempDir Path directory) throws IOException, InterruptedException {
        stage = Stage.open(directory, AUDIENCE, false);
    }

    @AfterAll
    void goOffAir() throws IOException {
        stage.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Event.class,
            names = {"KILL_ICECAST", "FREEZE_ICECAST", "RESTART_ICECAST"})
    void listenersDoNotNoticeThatIcecastIsAway(Event event) throws Exception {
        Happening happening = stage.strike(event);
        assertNobodyLost(happening);
        assertThat(happening.equal())
                .as("listeners who heard each of the source's frames once")
                .isEqualTo(AUDIENCE.sampled());
    }

    @Test
    void standbyIsHeardUntilADeadSourceIsBack() throws Exception {
        Happening happening = stage.strike(Event.KILL_LIQUIDSOAP);
        assertNobodyLost(happening);
        assertThat(happening.standbyAfter()).as("standby was heard").isPresent();
        assertThat(happening.programmeAfter()).as("programme was heard").isPresent();
        assertThat(happening.programmeAfter().orElseThrow())
                .isGreaterThan(happening.standbyAfter().orElseThrow());
        assertThat(happening.equal())
                .as("listeners who heard each of the source's frames once, and standby between")
                .isEqualTo(AUDIENCE.sampled());
    }

    private static void assertNobodyLost(Happening happening) {
        assertThat(happening.relay().closed(Kind.STEADY))
                .as("connections of %d that the relay closed", AUDIENCE.steady())
                .isZero();
        assertThat(happening.relay().closed(Kind.CHURNING)).isZero();
        assertThat(happening.relay().refused(Kind.CHURNING))
                .as("listeners turned away who came meanwhile")
                .isZero();
        assertThat(happening.faults()).isEmpty();
    }
}
