package org.relaysupervisor.audio;

import java.util.Locale;

/** The ways in which a stream that runs is not the programme. Several may be true at once. */
public enum DeadAirKind {
    /** No audio arrives. */
    NO_BYTES,
    /** Nothing but zeros, or the last bit of 16. */
    DIGITAL_SILENCE,
    /** Something, but nothing that a listener hears. */
    NEAR_SILENCE,
    /** Hum, DC or a steady tone and nothing else. */
    TONE,
    /** One of two channels is silent. */
    DEAD_CHANNEL,
    /** The channels cancel each other on one loudspeaker. */
    ANTIPHASE,
    /** Clipping, or a level far off the target. */
    LEVEL,
    /** The same audio again and again. */
    FROZEN_LOOP,
    /** The standby programme is on the air. */
    STANDBY;

    /** As in metrics and status: {@code digital_silence}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
