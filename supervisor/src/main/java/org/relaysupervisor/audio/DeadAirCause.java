package org.relaysupervisor.audio;

import java.util.Locale;

/** What in particular is wrong; each has a hold time and a state of its own. */
public enum DeadAirCause {
    NO_BYTES(DeadAirKind.NO_BYTES),
    DIGITAL_SILENCE(DeadAirKind.DIGITAL_SILENCE),
    NEAR_SILENCE(DeadAirKind.NEAR_SILENCE),
    DC(DeadAirKind.TONE),
    STEADY_TONE(DeadAirKind.TONE),
    LEFT_DEAD(DeadAirKind.DEAD_CHANNEL),
    RIGHT_DEAD(DeadAirKind.DEAD_CHANNEL),
    ANTIPHASE(DeadAirKind.ANTIPHASE),
    CLIPPING(DeadAirKind.LEVEL),
    TOO_LOUD(DeadAirKind.LEVEL),
    TOO_QUIET(DeadAirKind.LEVEL),
    FROZEN_LOOP(DeadAirKind.FROZEN_LOOP),
    STANDBY(DeadAirKind.STANDBY);

    private final DeadAirKind kind;

    DeadAirCause(DeadAirKind kind) {
        this.kind = kind;
    }

    public DeadAirKind kind() {
        return kind;
    }

    /** As in status: {@code left_dead}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
