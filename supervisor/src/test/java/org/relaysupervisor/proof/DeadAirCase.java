package org.relaysupervisor.proof;

import java.time.Duration;

/**
 * One way in which programme can end.
 *
 * @param name of letters and underscores
 * @param told in words, for people
 * @param mount where it is heard
 * @param kind the label under which the metric tells of it
 * @param hold how long it must last, by the configuration
 * @param unknown how long nothing and nobody could know of it, over and above the hold time
 */
record DeadAirCase(String name, String told, String mount, String kind, Duration hold, Duration unknown) {
    /** One that the audio of the main mount tells. */
    static DeadAirCase heard(String name, String told, String kind, Duration hold) {
        return new DeadAirCase(name, told, "/live", kind, hold, Duration.ZERO);
    }

    String series() {
        return "relay_dead_air{kind=\"%s\",mount=\"%s\"}".formatted(kind, mount);
    }

    /** From the beginning to the moment from which the detector itself is slow. */
    Duration due() {
        return hold.plus(unknown);
    }
}
