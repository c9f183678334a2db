package org.relaysupervisor.metrics;

import java.time.Duration;
import java.util.Optional;
import org.relaysupervisor.audio.DeadAir;
import org.relaysupervisor.audio.DeadAirKind;
import org.relaysupervisor.audio.Loudness;
import org.relaysupervisor.metering.MeterSnapshot;
import org.relaysupervisor.metrics.Families.Family;
import org.relaysupervisor.proxy.ProxySnapshot.Tap;
import org.relaysupervisor.status.RelaySnapshot;

/**
 * What is heard on each metered mount. A figure is NaN while it isn't known and -Inf in digital silence; its series is there from
 * the first scrape, so that a rule can tell both from a mount that is not metered.
 */
final class MeterFamilies {
    private final Family momentary;
    private final Family shortTerm;
    private final Family integrated;
    private final Family range;
    private final Family truePeak;
    private final Family age;
    private final Family measured;
    private final Family state;
    private final Family resynchronisations;
    private final Family deadAir;
    private final Family deadAirSeconds;
    private final Family tapConnects;
    private final Family tapMoves;
    private final Family tapDroppedBytes;
    private final Family tapDroppedFrames;

    private MeterFamilies(Families families) {
        momentary = families.gauge(
                "relay_loudness_momentary_lufs",
                "Loudness of the last 400 ms; -Inf in digital silence, NaN while not known.",
                "mount");
        shortTerm = families.gauge(
                "relay_loudness_short_term_lufs",
                "Loudness of the last 3 s; -Inf in digital silence, NaN while not known.",
                "mount");
        integrated = families.gauge(
                "relay_loudness_integrated_lufs",
                "Gated loudness of the programme so far; -Inf when all of it was silent, NaN while not known.",
                "mount");
        range = families.gauge(
                "relay_loudness_range_lu", "Loudness range of the programme so far; NaN while not known.", "mount");
        truePeak = families.gauge(
                "relay_true_peak_dbtp",
                "Highest true peak of the programme so far; -Inf when it was silent, NaN while not known.",
                "mount");
        age = families.gauge(
                "relay_loudness_age_seconds", "Age of the newest audio measured; NaN before the first.", "mount");
        measured = families.counter("relay_meter_measured_seconds_total", "Audio that was measured.", "mount");
        state = families.gauge("relay_meter_state", "1 for the state the mount's meter is in.", "mount", "state");
        resynchronisations = families.counter(
                "relay_meter_resynchronisations_total",
                "Times that audio was missing within the stream that is measured.",
                "mount");
        deadAir = families.gauge("relay_dead_air", "1 while the mount is dead air of that kind.", "mount", "kind");
        deadAirSeconds = families.gauge(
                "relay_dead_air_seconds",
                "How long there have been signs of that kind of dead air; 0 when there are none.",
                "mount",
                "kind");
        tapConnects = families.counter("relay_tap_connects_total", "Times that a decoder began to read.", "mount");
        tapMoves = families.counter(
                "relay_tap_moves_total",
                "Times that the decoder was behind and was moved to the newest audio.",
                "mount");
        tapDroppedBytes = families.counter(
                "relay_tap_dropped_bytes_total", "Bytes the decoder was not given because it was behind.", "mount");
        tapDroppedFrames = families.counter(
                "relay_tap_dropped_frames_total", "Frames the decoder was not given because it was behind.", "mount");
    }

    static void add(RelaySnapshot relay, Families families) {
        MeterFamilies meters = new MeterFamilies(families);
        for (RelaySnapshot.Mount mount : relay.mounts()) {
            mount.meter().ifPresent(meter -> {
                meters.sample(mount.path(), meter);
                Optional.ofNullable(relay.proxy().mounts().get(mount.path()))
                        .ifPresent(traffic -> meters.sample(mount.path(), traffic.tap()));
            });
        }
    }

    private void sample(String mount, MeterSnapshot meter) {
        Optional<Loudness> reading = meter.reading();
        momentary.sample(reading.map(Loudness::momentary).orElse(Double.NaN), mount);
        shortTerm.sample(reading.map(Loudness::shortTerm).orElse(Double.NaN), mount);
        integrated.sample(reading.map(Loudness::integrated).orElse(Double.NaN), mount);
        range.sample(reading.map(Loudness::range).orElse(Double.NaN), mount);
        truePeak.sample(reading.map(Loudness::truePeak).orElse(Double.NaN), mount);
        age.sampleOrUnknown(meter.age(), mount);
        measured.sample(meter.measured(), mount);
        for (MeterSnapshot.State each : MeterSnapshot.State.values()) {
            state.sample(each == meter.state(), mount, each.label());
        }
        resynchronisations.sample(meter.resynchronisations(), mount);
        for (DeadAirKind kind : DeadAirKind.values()) {
            Optional<DeadAir> told = Optional.ofNullable(meter.deadAir().get(kind));
            deadAir.sample(told.filter(DeadAir::active).isPresent(), mount, kind.label());
            deadAirSeconds.sample(told.map(DeadAir::duration).orElse(Duration.ZERO), mount, kind.label());
        }
    }

    private void sample(String mount, Tap tap) {
        tapConnects.sample(tap.connects(), mount);
        tapMoves.sample(tap.moves(), mount);
        tapDroppedBytes.sample(tap.droppedBytes(), mount);
        tapDroppedFrames.sample(tap.droppedFrames(), mount);
    }
}
