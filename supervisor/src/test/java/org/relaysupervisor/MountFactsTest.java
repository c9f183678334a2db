package org.relaysupervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.metering.Heard;
import org.relaysupervisor.programs.OnAir;
import org.relaysupervisor.programs.OnAir.InputState;
import org.relaysupervisor.proxy.ProxySnapshot;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.proxy.ProxySnapshot.FeedTraffic;
import org.relaysupervisor.proxy.ProxySnapshot.MountTraffic;
import org.relaysupervisor.proxy.ProxySnapshot.Tap;
import org.relaysupervisor.status.Snapshots;

/** Asked as the meters ask: ten times a second. */
class MountFactsTest {
    private static final Duration TURN = Duration.ofMillis(100);
    private static final String LIVE = "/live";
    private static final OnAir DJ = onAir("live");
    private static final OnAir STANDBY = onAir(OnAir.STANDBY);

    private final ManualLoop clock = new ManualLoop();
    private final ProxySnapshot traffic = Snapshots.onAir().build().proxy();
    private long audioBytes;
    private Tap tap = Tap.NONE;
    private Optional<FeedTraffic> feed = feed(Set.of());
    private Optional<OnAir> onAir = Optional.of(DJ);
    private final MountFacts facts = new MountFacts(this::now, () -> onAir, clock);

    private static OnAir onAir(String source) {
        return new OnAir(source, Instant.EPOCH, Map.of("live", InputState.READY));
    }

    private static Optional<FeedTraffic> feed(Set<Bridge> bridges) {
        return Optional.of(new FeedTraffic("f0", Duration.ZERO, 0, bridges, 0, 0, 0, 0, Optional.empty()));
    }

    private ProxySnapshot now() {
        MountTraffic none = Snapshots.silentTraffic();
        MountTraffic live = new MountTraffic(
                true,
                audioBytes,
                audioBytes,
                none.connected(),
                none.sentBytes(),
                tap,
                Optional.empty(),
                feed,
                Optional.empty());
        return new ProxySnapshot(
                Map.of(LIVE, live),
                traffic.accepted(),
                traffic.refusals(),
                traffic.openConnections(),
                traffic.accessLogDropped(),
                traffic.titleUpdates(),
                traffic.connectionErrors(),
                traffic.upstream(),
                traffic.continuity());
    }

    private Heard live() {
        return facts.apply(LIVE);
    }

    /** Lets time pass with the meters' questions in it, and returns the last answer. */
    private Heard pass(Duration time) {
        Heard heard = live();
        for (Duration left = time; !left.isZero(); left = left.minus(TURN)) {
            clock.advance(TURN);
            heard = live();
        }
        return heard;
    }

    @Test
    void audioThatComesInLumpsIsNoPause() {
        live();
        for (int lump = 0; lump < 20; lump++) {
            audioBytes += 14_400;
            for (int turn = 0; turn < 9; turn++) {
                assertThat(pass(TURN).withoutBytes()).isZero();
            }
        }
    }

    @Test
    void aPauseCountsFromTheLastByteAndEndsWithTheNext() {
        live();
        audioBytes = 16_000;
        assertThat(pass(Duration.ofMillis(900)).withoutBytes()).isZero();
        assertThat(pass(TURN).withoutBytes()).isEqualTo(Duration.ofSeconds(1));
        assertThat(pass(Duration.ofSeconds(4)).withoutBytes()).isEqualTo(Duration.ofSeconds(5));
        audioBytes++;
        assertThat(live().withoutBytes()).isZero();
        assertThat(pass(Duration.ofMillis(900)).withoutBytes()).isZero();
        assertThat(pass(TURN).withoutBytes()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aSourceThatNeverCameIsMissedFromTheFirstQuestionOn() {
        assertThat(live().withoutBytes()).isZero();
        assertThat(pass(Duration.ofSeconds(10)).withoutBytes()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void standbyFromMemoryCountsFromWhenItBegan() {
        pass(Duration.ofSeconds(3));
        feed = feed(Set.of(Bridge.STANDBY));
        assertThat(live().standby()).isZero();
        assertThat(pass(Duration.ofSeconds(7)).standby()).isEqualTo(Duration.ofSeconds(7));
        feed = feed(Set.of());
        assertThat(live().standby()).isZero();
    }

    @Test
    void theProgrammeThatGoesOnWhileIcecastIsAwayIsNoStandby() {
        feed = feed(Set.of(Bridge.FEED));
        assertThat(pass(Duration.ofSeconds(5)).standby()).isZero();
    }

    @Test
    void liquidsoapsStandbyCountsFromWhenItBeganAndEndsWithTheDj() {
        onAir = Optional.of(STANDBY);
        assertThat(pass(Duration.ofSeconds(2)).standby()).isEqualTo(Duration.ofSeconds(2));
        onAir = Optional.of(DJ);
        assertThat(pass(Duration.ofSeconds(2)).standby()).isZero();
        onAir = Optional.of(STANDBY);
        assertThat(pass(Duration.ofSeconds(1)).standby()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void standbyGoesOnWhenLiquidsoapDiesWhileItPlaysIt() {
        onAir = Optional.of(STANDBY);
        pass(Duration.ofSeconds(2));
        feed = feed(Set.of(Bridge.STANDBY));
        onAir = Optional.empty();
        assertThat(pass(Duration.ofSeconds(2)).standby()).isEqualTo(Duration.ofSeconds(4));
        feed = feed(Set.of());
        onAir = Optional.of(STANDBY);
        assertThat(pass(Duration.ofSeconds(2)).standby()).isEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void whatNobodyKnowsIsNoStandby() {
        onAir = Optional.empty();
        assertThat(pass(Duration.ofSeconds(5)).standby()).isZero();
    }

    @Test
    void onAMountWithoutAFeedOnlyLiquidsoapCanTellOfStandby() {
        feed = Optional.empty();
        onAir = Optional.of(STANDBY);
        assertThat(pass(Duration.ofSeconds(5)).standby()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void standbyFromMemoryIsWhatIsOnAirWhateverLiquidsoapPlays() {
        feed = feed(Set.of(Bridge.STANDBY));
        assertThat(MountFacts.onAirSource(now().mounts().get(LIVE), Optional.of(DJ)))
                .contains(OnAir.STANDBY);
        feed = feed(Set.of());
        assertThat(MountFacts.onAirSource(now().mounts().get(LIVE), Optional.of(DJ)))
                .contains("live");
    }

    @Test
    void aDecoderThatComesAndOneThatIsMovedAreSplicesButWhatItMissesIsNot() {
        long before = live().splices();
        tap = new Tap(1, 0, 0, 0);
        assertThat(live().splices()).isEqualTo(before + 1);
        tap = new Tap(1, 1, 38, 15_884);
        assertThat(live().splices()).isEqualTo(before + 2);
        tap = new Tap(1, 1, 76, 31_768);
        assertThat(live().splices()).isEqualTo(before + 2);
    }

    @Test
    void aMountThatTheProxyDoesNotHaveHasNoFacts() {
        assertThat(facts.apply("/other")).isEqualTo(Heard.NOTHING_KNOWN);
    }

    @Test
    void aJumpingWallClockChangesNothing() {
        onAir = Optional.of(STANDBY);
        pass(Duration.ofSeconds(2));
        clock.jumpWallClock(Duration.ofDays(-400));
        assertThat(live()).isEqualTo(new Heard(Duration.ofSeconds(2), Duration.ofSeconds(2), 0));
    }
}
