package org.relaysupervisor.status;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.relaysupervisor.audio.DeadAir;
import org.relaysupervisor.audio.DeadAirCause;
import org.relaysupervisor.audio.DeadAirKind;
import org.relaysupervisor.audio.Loudness;
import org.relaysupervisor.metering.MeterSnapshot;
import org.relaysupervisor.metering.MeterSnapshot.State;

/** What meters show, for tests. */
public final class Meters {
    /** Two hours of music. */
    public static final Loudness PROGRAMME =
            new Loudness(345_600_000, -15.93, -16.18, -16.42, 5.74, -1.04, 345_600_000);
    /** A programme that has been silent from its beginning. */
    public static final Loudness SILENCE = new Loudness(
            345_600_000,
            Double.NEGATIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            0,
            Double.NEGATIVE_INFINITY,
            1_920_000);
    /** Half a second after the meter was opened. */
    public static final Loudness BEGINNING =
            new Loudness(24_000, -17.31, Double.NaN, -17.31, Double.NaN, -3.25, 24_000);

    private Meters() {}

    /** Audio comes, and none of it is dead air. */
    public static MeterSnapshot measuring(Loudness reading, DeadAir... found) {
        return meter(State.MEASURING, Optional.empty(), Optional.of(reading), Duration.ofMillis(80), found);
    }

    /** Audio was missing a moment ago. */
    public static MeterSnapshot resynchronising(Loudness reading) {
        return meter(State.RESYNCHRONISING, Optional.empty(), Optional.of(reading), Duration.ofMillis(80));
    }

    /** No audio has come yet. */
    public static MeterSnapshot waiting(DeadAir... found) {
        return new MeterSnapshot(
                State.WAITING,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                kinds(found),
                "music",
                0,
                Duration.ZERO);
    }

    public static MeterSnapshot unavailable(String problem, DeadAir... found) {
        return new MeterSnapshot(
                State.UNAVAILABLE,
                Optional.of(problem),
                Optional.empty(),
                Optional.empty(),
                kinds(found),
                "music",
                0,
                Duration.ZERO);
    }

    /** Active for so long. */
    public static DeadAir active(DeadAirCause cause, Duration duration) {
        return new DeadAir(cause.kind(), true, false, duration, Optional.of(cause));
    }

    private static MeterSnapshot meter(
            State state, Optional<String> problem, Optional<Loudness> reading, Duration age, DeadAir... found) {
        return new MeterSnapshot(
                state, problem, reading, Optional.of(age), kinds(found), "music", 2, Duration.ofMillis(7_190_500));
    }

    private static Map<DeadAirKind, DeadAir> kinds(DeadAir... found) {
        Map<DeadAirKind, DeadAir> kinds = new EnumMap<>(DeadAirKind.class);
        for (DeadAirKind kind : DeadAirKind.values()) {
            kinds.put(kind, new DeadAir(kind, false, false, Duration.ZERO, Optional.empty()));
        }
        Arrays.stream(found).forEach(each -> kinds.put(each.kind(), each));
        return kinds;
    }
}
