package org.relaysupervisor.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.audio.DeadAirCause;
import org.relaysupervisor.programs.OnAir;
import org.relaysupervisor.programs.OnAir.InputState;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.proxy.ProxySnapshot.Continuity;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;
import org.relaysupervisor.proxy.ProxySnapshot.Outage;
import org.relaysupervisor.shows.ShowsSnapshot;
import org.relaysupervisor.status.Archives;
import org.relaysupervisor.status.Meters;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.status.Snapshots;

class EventsTest {
    private final RelaySnapshot well = Snapshots.onAir().build();

    @Test
    void nothingHappensWhereNothingChanges() {
        assertThat(Events.between(well, Moments.at(well, Duration.ofHours(3)))).isEmpty();
    }

    @Test
    void anOutageIsToldWithItsCauses() {
        List<String> told = told(well, Snapshots.offAir().build());

        assertThat(told)
                .contains(
                        "ATTENTION Icecast ended by itself as soon as it was started: exit 1: port 8010 is taken",
                        "BAD Icecast keeps dying: tries again in 40 s",
                        "ATTENTION The recorder is stopped by an operator",
                        "BAD /live is off the air",
                        "ATTENTION Nothing is recorded any more",
                        "BAD The upload is late: 5 files wait",
                        "ATTENTION The recordings' disk has little room");
    }

    @Test
    void aRecoveryIsToldToo() {
        assertThat(told(Snapshots.offAir().build(), well))
                .contains(
                        "GOOD Icecast runs again",
                        "GOOD /live is on the air",
                        "GOOD “live” plays",
                        "GOOD Recording has begun",
                        "GOOD The upload has caught up",
                        "GOOD Uploads work again",
                        "GOOD The recordings' disk has room again");
    }

    /** Icecast is back sooner than anybody looks again. */
    @Test
    void aRestartBetweenTwoLooksIsSeen() {
        RelaySnapshot restarted = Snapshots.onAir()
                .child(Snapshots.up("icecast", 4444, 128, 9, Map.of()))
                .build();

        assertThat(told(well, restarted)).contains("GOOD Icecast runs");
    }

    @Test
    void deadAirIsToldAtItsBeginningAndItsEnd() {
        RelaySnapshot silent = Snapshots.onAir()
                .metered(
                        "/live",
                        Meters.measuring(
                                Meters.SILENCE, Meters.active(DeadAirCause.DIGITAL_SILENCE, Duration.ofSeconds(75))))
                .build();

        assertThat(told(well, silent)).containsExactly("BAD Dead air on /live: silence");
        assertThat(told(silent, well)).containsExactly("GOOD Dead air on /live is over after 1 min 15 s (silence)");
    }

    @Test
    void bridgesAreTold() {
        RelaySnapshot fromMemory =
                Snapshots.onAir().bridged("/live", Bridge.FEED).build();
        RelaySnapshot standby =
                Snapshots.onAir().bridged("/live", Bridge.STANDBY).build();

        assertThat(told(well, fromMemory))
                .containsExactly("ATTENTION /live: Icecast is away; listeners go on hearing the programme");
        assertThat(told(fromMemory, well)).containsExactly("GOOD /live: Icecast has the stream again");
        assertThat(told(well, standby))
                .containsExactly("ATTENTION /live: nothing comes from Liquidsoap; listeners hear the standby");
        assertThat(told(standby, well)).containsExactly("GOOD /live is on the air again");
    }

    @Test
    void whatPlaysIsTold() {
        RelaySnapshot standby = Snapshots.onAir()
                .playing(OnAir.STANDBY, Map.of("live", InputState.AWAY))
                .build();

        assertThat(told(well, standby)).containsExactly("ATTENTION The standby plays: “live” is not there");
        assertThat(told(standby, well)).containsExactly("GOOD “live” plays");
    }

    @Test
    void whoStayedAndWhoWasLostIsTold() {
        Continuity before = well.proxy().continuity();
        RelaySnapshot after = Moments.with(
                well,
                new Continuity(
                        Map.of(
                                Outage.ICECAST,
                                before.survivals().get(Outage.ICECAST) + 12,
                                Outage.SOURCE,
                                before.survivals().get(Outage.SOURCE)),
                        Map.of(Loss.STALLED, before.lost().get(Loss.STALLED) + 1),
                        before.bridged(),
                        before.moved(),
                        before.skipped(),
                        before.resumed(),
                        before.unkept()));

        assertThat(told(well, after))
                .containsExactly(
                        "GOOD 12 listeners stayed connected while Icecast was away",
                        "NEUTRAL 1 listener was disconnected: their own connection took nothing for too long");
    }

    @Test
    void showsAndAChangedConfigurationAreTold() {
        RelaySnapshot between = Snapshots.onAir().shows(ShowsSnapshot.NONE).build();

        assertThat(told(between, well)).containsExactly("NEUTRAL The show “Evening Session” begins");
        assertThat(told(well, between)).containsExactly("NEUTRAL The show “Evening Session” is over");
        assertThat(told(well, Moments.reloaded(well, Snapshots.NOW)))
                .containsExactly("NEUTRAL A changed configuration is in use");
        RelaySnapshot refused =
                Moments.reloaded(Snapshots.onAir().reloaded(false, 2).build(), Snapshots.NOW);
        assertThat(told(well, refused))
                .containsExactly("ATTENTION A changed configuration was refused; the one before stays in use");
    }

    @Test
    void whatADrillDoesIsNotAnOperators() {
        RelaySnapshot broken = Scenes.drill().now();

        assertThat(told(well, broken))
                .contains("NEUTRAL The drill stop-stream begins: liquidsoap is stopped, as by relayctl stop")
                .contains("ATTENTION The recorder is stopped by a drill")
                .noneMatch(event -> event.contains("operator"));
        assertThat(told(broken, well))
                .contains("GOOD The drill stop-stream is over, and repaired")
                .contains("NEUTRAL The recorder is started by a drill");
    }

    @Test
    void aMissingPieceOfTheRecordingIsTold() {
        RelaySnapshot before = Snapshots.onAir().archive(Archives.starting()).build();

        assertThat(told(before, well))
                .containsExactly(
                        "ATTENTION 1.3 s are missing from the recording: the recorder died or hung",
                        "BAD The recording of a show ended before the show did");
    }

    private static List<String> told(RelaySnapshot before, RelaySnapshot after) {
        return Events.between(before, after).stream()
                .map(event -> event.mark() + " " + event.text())
                .toList();
    }
}
