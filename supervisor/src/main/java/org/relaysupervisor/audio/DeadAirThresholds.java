package org.relaysupervisor.audio;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * When audio counts as dead air.
 *
 * @param holds how long each cause must last, 0 to 24 h; a cause that is absent is never reported
 * @param digitalSilencePeak dBFS, largest sample that is still digital silence, -144 to -60
 * @param nearSilence momentary LUFS below which nothing is heard, -90 to -30
 * @param audible dBFS RMS from which a channel, a tone or a DC offset counts, -80 to -20
 * @param deadChannel dB by which a dead channel is below the other, 20 to 90
 * @param antiphase correlation below which channels are in antiphase, -1 to 0
 * @param clipped share of samples at full scale, on average, from which audio is clipped, 0 to 1
 * @param target LUFS that the station aims at, -40 to -5
 * @param above LU above the target that are too loud, on average, 1 to 40
 * @param below LU below the target that are too quiet, on average, 1 to 60
 */
public record DeadAirThresholds(
        Map<DeadAirCause, Duration> holds,
        double digitalSilencePeak,
        double nearSilence,
        double audible,
        double deadChannel,
        double antiphase,
        double clipped,
        double target,
        double above,
        double below) {
    private static final Duration LONGEST_HOLD = Duration.ofDays(1);

    /** For a music station. */
    public static final DeadAirThresholds MUSIC =
            new DeadAirThresholds(musicHolds(), -90, -60, -50, 40, -0.85, 0.05, -16, 10, 22);

    public DeadAirThresholds {
        holds = Map.copyOf(holds);
        holds.forEach((cause, hold) -> {
            if (hold.isNegative() || hold.compareTo(LONGEST_HOLD) > 0) {
                throw new IllegalArgumentException(
                        "the hold time of " + cause.label() + " must be 0 to 24 h, but is " + hold);
            }
        });
        inRange("digitalSilencePeak", digitalSilencePeak, -144, -60);
        inRange("nearSilence", nearSilence, -90, -30);
        inRange("audible", audible, -80, -20);
        inRange("deadChannel", deadChannel, 20, 90);
        inRange("antiphase", antiphase, -1, 0);
        inRange("clipped", clipped, 0, 1);
        inRange("target", target, -40, -5);
        inRange("above", above, 1, 40);
        inRange("below", below, 1, 60);
    }

    /** The same but for the hold time of one cause. */
    public DeadAirThresholds hold(DeadAirCause cause, Duration hold) {
        Map<DeadAirCause, Duration> changed = new EnumMap<>(DeadAirCause.class);
        changed.putAll(holds);
        changed.put(cause, hold);
        return new DeadAirThresholds(
                changed,
                digitalSilencePeak,
                nearSilence,
                audible,
                deadChannel,
                antiphase,
                clipped,
                target,
                above,
                below);
    }

    private static Map<DeadAirCause, Duration> musicHolds() {
        Map<DeadAirCause, Duration> holds = new EnumMap<>(DeadAirCause.class);
        holds.put(DeadAirCause.NO_BYTES, Duration.ofSeconds(3));
        holds.put(DeadAirCause.DIGITAL_SILENCE, Duration.ofSeconds(6));
        holds.put(DeadAirCause.NEAR_SILENCE, Duration.ofSeconds(15));
        holds.put(DeadAirCause.DC, Duration.ofSeconds(10));
        holds.put(DeadAirCause.STEADY_TONE, Duration.ofSeconds(20));
        holds.put(DeadAirCause.LEFT_DEAD, Duration.ofSeconds(30));
        holds.put(DeadAirCause.RIGHT_DEAD, Duration.ofSeconds(30));
        holds.put(DeadAirCause.ANTIPHASE, Duration.ofSeconds(20));
        holds.put(DeadAirCause.CLIPPING, Duration.ofSeconds(15));
        holds.put(DeadAirCause.TOO_LOUD, Duration.ofSeconds(30));
        holds.put(DeadAirCause.TOO_QUIET, Duration.ofMinutes(5));
        holds.put(DeadAirCause.FROZEN_LOOP, Duration.ofSeconds(60));
        holds.put(DeadAirCause.STANDBY, Duration.ZERO);
        return holds;
    }

    private static void inRange(String name, double value, double least, double greatest) {
        if (!(value >= least && value <= greatest)) {
            throw new IllegalArgumentException(
                    "%s must be %s to %s, but is %s".formatted(name, least, greatest, value));
        }
    }
}
