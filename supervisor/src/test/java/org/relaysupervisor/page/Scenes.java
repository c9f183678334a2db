package org.relaysupervisor.page;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.relaysupervisor.audio.DeadAirCause;
import org.relaysupervisor.audio.Loudness;
import org.relaysupervisor.drill.DrillSnapshot;
import org.relaysupervisor.programs.OnAir;
import org.relaysupervisor.programs.OnAir.InputState;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.shows.ShowsSnapshot;
import org.relaysupervisor.status.Meters;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.status.Snapshots;
import org.relaysupervisor.supervise.Cause;
import org.relaysupervisor.supervise.ChildState;

/** Six hours of a station that had its troubles, and how they end: what the page has to show at its fullest. */
final class Scenes {
    private static final long MIB = 1 << 20;

    final String name;
    final History history = new History();
    private final Snapshots end;
    private final Duration length;

    private Scenes(String name, Snapshots end, Duration length) {
        this.name = name;
        this.end = end;
        this.length = length;
        Random random = new Random(7);
        for (long second = 0; second < length.toSeconds(); second += 5) {
            history.observe(Moments.at(evening(second, random).build(), Duration.ofSeconds(second)));
        }
        history.observe(now());
    }

    static Scenes well() {
        return new Scenes("well", evening(21_300, new Random(1)), Duration.ofHours(6));
    }

    static Scenes silent() {
        return new Scenes(
                "silent",
                evening(21_300, new Random(1))
                        .metered(
                                "/live",
                                Meters.measuring(
                                        Meters.SILENCE,
                                        Meters.active(DeadAirCause.DIGITAL_SILENCE, Duration.ofSeconds(42)))),
                Duration.ofHours(6));
    }

    static Scenes off() {
        return new Scenes("off", Snapshots.offAir(), Duration.ofHours(6));
    }

    /** Names that would be markup, run the wrong way, or leave no room, and a second mount. */
    static Scenes hostile() {
        String markup = "<img src=x onerror=document.title='broken'>\u202e<b>" + "W".repeat(400);
        return new Scenes(
                "hostile",
                evening(21_300, new Random(1))
                        .station(markup)
                        .title(markup)
                        .mount(Snapshots.silent("/live.opus"), Snapshots.silentTraffic()),
                Duration.ofHours(1));
    }

    /** With the stream stopped on purpose. */
    static Scenes drill() {
        return new Scenes(
                "drill",
                Snapshots.offAir()
                        .drill(drill("stop-stream", "liquidsoap is stopped, as by relayctl stop", Optional.empty())),
                Duration.ofHours(6));
    }

    /** For two minutes now, and for six more. */
    static DrillSnapshot drill(String name, String what, Optional<String> problem) {
        Instant since = Snapshots.NOW.minus(Duration.ofMinutes(2));
        return new DrillSnapshot(
                List.of(name),
                Optional.of(new DrillSnapshot.Active(
                        name, what, since, Snapshots.NOW.plus(Duration.ofMinutes(6)), false, problem)));
    }

    @Override
    public String toString() {
        return name;
    }

    RelaySnapshot now() {
        return Moments.at(end.build(), length);
    }

    /** Loudness that wanders, listeners who come and go, a Liquidsoap that grows and dies, an Icecast that is killed, a DJ who is late. */
    private static Snapshots evening(long second, Random random) {
        double hour = second / 3600.0;
        double level = -17 + 2.5 * Math.sin(hour * 5) + random.nextGaussian() * 1.6 - (second % 211 < 12 ? 9 : 0);
        int listeners = (int) Math.round(Math.max(0, 6 + 9 * Math.sin(hour * 0.45) + 2 * Math.sin(hour * 11)));
        boolean away = second >= 9_000 && second < 9_025;
        boolean late = second >= 16_200 && second < 16_560;
        long grown = (second < 9_000 ? 190 + (long) (hour * 84) : 180 + (long) (Math.min(hour - 2.5, 1) * 60)) * MIB;
        Snapshots station = Snapshots.onAir()
                .child(Snapshots.up(
                        "icecast", second < 4_000 ? 4001 : 4040, 64 * MIB, (11 + (long) hour) * MIB, Map.of()))
                .child(Snapshots.up("recorder", 4003, 96 * MIB, (47 + random.nextInt(3)) * MIB, Map.of()))
                .child(Snapshots.up("decoder", 4009, 64 * MIB, 51 * MIB, Map.of()))
                .metered("/live", Meters.measuring(new Loudness(1_000_000, level, level, -16.4, 5.7, -1.0, 1_000_000)));
        station.child(
                away
                        ? Snapshots.dead("liquidsoap", ChildState.BACKOFF, 400 * MIB, Map.of(Cause.OOM, 1L))
                        : Snapshots.up(
                                "liquidsoap",
                                second < 9_000 ? 4002 : 4050,
                                400 * MIB,
                                grown,
                                second < 9_000 ? Map.of() : Map.of(Cause.OOM, 1L)));
        station.listening("/live", listeners, second % 7_000 < 20 ? 9_000 : 16_000 + random.nextInt(60));
        if (away) {
            station.bridged("/live", Bridge.STANDBY);
        }
        if (late) {
            station.playing(OnAir.STANDBY, Map.of("live", InputState.AWAY, "night", InputState.AWAY));
        }
        if (second < 16_200) {
            station.shows(new ShowsSnapshot(true, Optional.empty(), Optional.of(Snapshots.EVENING), Optional.empty()));
        }
        return station;
    }
}
