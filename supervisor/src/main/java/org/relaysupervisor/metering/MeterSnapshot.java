package org.relaysupervisor.metering;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.relaysupervisor.audio.DeadAir;
import org.relaysupervisor.audio.DeadAirKind;
import org.relaysupervisor.audio.Loudness;

/**
 * What is heard on one mount now. Made when it is asked for, so that an old reading is never shown as a current one.
 *
 * @param state whether there is a reading, and why not
 * @param problem what is wrong and what to do; empty when nothing is
 * @param reading the newest; empty unless {@link State#MEASURING} or {@link State#RESYNCHRONISING}
 * @param age of the newest audio that was measured; empty before the first
 * @param deadAir every kind, in the order of the enum
 * @param profile the name of the profile whose thresholds are in use
 * @param resynchronisations times that audio was missing within the stream, since the daemon's start
 * @param measured audio since the daemon's start
 */
public record MeterSnapshot(
        State state,
        Optional<String> problem,
        Optional<Loudness> reading,
        Optional<Duration> age,
        Map<DeadAirKind, DeadAir> deadAir,
        String profile,
        long resynchronisations,
        Duration measured) {

    public MeterSnapshot {
        deadAir = Map.copyOf(deadAir);
    }

    /** Whether what is shown is measured; the values of the {@code state} label. */
    public enum State {
        /** This machine can't measure. */
        UNAVAILABLE,
        /** No audio has come for so long that the last reading says nothing of now. */
        WAITING,
        /** Audio was missing a moment ago: what needs more than has come since is not known yet. */
        RESYNCHRONISING,
        MEASURING;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
