package org.relaysupervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.programs.OnAir;
import org.relaysupervisor.shows.ShowsSnapshot;

class ContainmentTest {
    private static final ShowsSnapshot UNKNOWN =
            new ShowsSnapshot(false, Optional.empty(), Optional.empty(), Optional.empty());

    private static Optional<OnAir> plays(String source) {
        return Optional.of(new OnAir(source, Instant.EPOCH, Map.of()));
    }

    @Test
    void itIsQuietWhenNoShowIsOnOrTheStandbyPlays() {
        assertThat(Containment.isQuiet(ShowsSnapshot.NONE, plays("live"))).isTrue();
        assertThat(Containment.isQuiet(UNKNOWN, plays("live"))).isFalse();
        assertThat(Containment.isQuiet(UNKNOWN, plays(OnAir.STANDBY))).isTrue();
        assertThat(Containment.isQuiet(UNKNOWN, Optional.empty())).isFalse();
    }
}
