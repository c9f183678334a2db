package org.relaysupervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;

class BridgeTimesTest {
    private static final Set<Bridge> STANDBY = Set.of(Bridge.STANDBY);

    private final ManualLoop loop = new ManualLoop();
    private final BridgeTimes times = new BridgeTimes(loop);

    @Test
    void aBridgeKeepsTheTimeAtWhichItWasFirstSeen() {
        Instant begin = loop.now();
        times.sample(Map.of("/live", STANDBY));
        loop.advance(Duration.ofSeconds(1));
        times.sample(Map.of("/live", Set.of(Bridge.STANDBY, Bridge.FEED)));
        loop.advance(Duration.ofSeconds(1));

        assertThat(times.since("/live", Set.of(Bridge.STANDBY, Bridge.FEED)))
                .containsExactlyInAnyOrderEntriesOf(Map.of(Bridge.STANDBY, begin, Bridge.FEED, begin.plusSeconds(1)));
    }

    @Test
    void oneThatWasNotSampledYetBeginsNow() {
        times.sample(Map.of("/live", Set.of()));
        loop.advance(Duration.ofMillis(300));

        assertThat(times.since("/live", STANDBY)).containsEntry(Bridge.STANDBY, loop.now());
        assertThat(times.since("/other", STANDBY)).containsEntry(Bridge.STANDBY, loop.now());
    }

    @Test
    void oneThatEndedBeginsAnew() {
        times.sample(Map.of("/live", STANDBY));
        times.sample(Map.of("/live", Set.of()));
        loop.advance(Duration.ofSeconds(5));
        times.sample(Map.of("/live", STANDBY));

        assertThat(times.since("/live", STANDBY)).containsEntry(Bridge.STANDBY, loop.now());
        assertThat(times.since("/live", Set.of())).isEmpty();
    }
}
