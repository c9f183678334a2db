package org.relaysupervisor.admin;

import java.util.Map;
import org.relaysupervisor.audio.DeadAir;
import org.relaysupervisor.audio.DeadAirCause;
import org.relaysupervisor.audio.DeadAirKind;
import org.relaysupervisor.audio.Loudness;
import org.relaysupervisor.metering.MeterSnapshot;
import org.relaysupervisor.programs.OnAir;
import org.relaysupervisor.proxy.ProxySnapshot.MountTraffic;
import org.relaysupervisor.proxy.ProxySnapshot.Tap;
import org.relaysupervisor.shows.Show;
import org.relaysupervisor.shows.ShowsSnapshot;
import org.relaysupervisor.shows.ShowsSnapshot.CalendarState;
import org.relaysupervisor.status.RelaySnapshot;

/** What is heard, what plays and what should, for programs. Levels are numbers, {@code "-inf"}, or null for what isn't known. */
final class HeardJson {
    private HeardJson() {}

    static Map<String, Object> meter(RelaySnapshot.Mount mount, MeterSnapshot meter, MountTraffic traffic) {
        Map<String, Object> fields = StatusJson.fields();
        fields.put("state", meter.state().label());
        fields.put("problem", meter.problem().orElse(null));
        fields.put("profile", meter.profile());
        fields.put(
                "target_lufs",
                mount.targetLufs().isPresent() ? (Object) mount.targetLufs().getAsDouble() : null);
        Loudness reading =
                meter.reading().orElse(new Loudness(0, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, 0));
        fields.put("momentary_lufs", level(reading.momentary()));
        fields.put("short_term_lufs", level(reading.shortTerm()));
        fields.put("integrated_lufs", level(reading.integrated()));
        fields.put("range_lu", level(reading.range()));
        fields.put("true_peak_dbtp", level(reading.truePeak()));
        fields.put(
                "programme_seconds",
                meter.reading().map(known -> known.programmeFrames() / 48_000.0).orElse(null));
        fields.put("age_seconds", meter.age().map(StatusJson::seconds).orElse(null));
        fields.put("measured_seconds", StatusJson.seconds(meter.measured()));
        fields.put("resynchronisations", meter.resynchronisations());
        fields.put("dead_air", deadAir(meter));
        fields.put("tap", traffic == null ? null : tap(traffic.tap()));
        return fields;
    }

    private static Object level(double value) {
        if (value == Double.NEGATIVE_INFINITY) {
            return "-inf";
        }
        return Double.isFinite(value) ? (Object) (Math.round(value * 100) / 100.0) : null;
    }

    private static Map<String, Object> deadAir(MeterSnapshot meter) {
        Map<String, Object> kinds = StatusJson.fields();
        for (DeadAirKind kind : DeadAirKind.values()) {
            DeadAir found = meter.deadAir().get(kind);
            if (found != null) {
                Map<String, Object> fields = StatusJson.fields();
                fields.put("active", found.active());
                fields.put("declared", found.declared());
                fields.put("seconds", StatusJson.seconds(found.duration()));
                fields.put("cause", found.cause().map(DeadAirCause::label).orElse(null));
                kinds.put(kind.label(), fields);
            }
        }
        return kinds;
    }

    private static Map<String, Object> tap(Tap tap) {
        Map<String, Object> fields = StatusJson.fields();
        fields.put("connects", tap.connects());
        fields.put("moves", tap.moves());
        fields.put("dropped_frames", tap.droppedFrames());
        fields.put("dropped_bytes", tap.droppedBytes());
        return fields;
    }

    static Map<String, Object> playing(OnAir onAir) {
        Map<String, Object> inputs = StatusJson.fields();
        onAir.inputs().forEach((input, state) -> inputs.put(input, state.label()));
        Map<String, Object> fields = StatusJson.fields();
        fields.put("source", onAir.source());
        fields.put("since", onAir.since().toString());
        fields.put("inputs", inputs);
        return fields;
    }

    static Map<String, Object> shows(ShowsSnapshot shows) {
        Map<String, Object> fields = StatusJson.fields();
        fields.put("known", shows.known());
        fields.put("current", shows.current().map(HeardJson::show).orElse(null));
        fields.put("next", shows.next().map(HeardJson::show).orElse(null));
        fields.put("calendar", shows.calendar().map(HeardJson::calendar).orElse(null));
        return fields;
    }

    private static Map<String, Object> show(Show show) {
        Map<String, Object> fields = StatusJson.fields();
        fields.put("name", show.name());
        fields.put("profile", show.profile().orElse(null));
        fields.put("expected", show.expected().stream().sorted().toList());
        fields.put("start", show.start().toString());
        fields.put("end", StatusJson.time(show.end()));
        fields.put("by", show.origin().label());
        return fields;
    }

    private static Map<String, Object> calendar(CalendarState calendar) {
        Map<String, Object> fields = StatusJson.fields();
        fields.put("readable", calendar.readable());
        fields.put("stale", calendar.stale());
        fields.put("last_read", StatusJson.time(calendar.lastRead()));
        fields.put("age_seconds", calendar.age().map(StatusJson::seconds).orElse(null));
        fields.put("failures", calendar.failures());
        fields.put("events", calendar.events());
        fields.put("problems", calendar.problems());
        return fields;
    }
}
