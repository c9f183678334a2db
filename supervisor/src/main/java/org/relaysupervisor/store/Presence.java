package org.relaysupervisor.store;

/** What a store has under a key. */
public enum Presence {
    ABSENT,
    /** An object of the same length and checksum. */
    SAME,
    /** Another one, which is not ours to touch. */
    DIFFERENT
}
