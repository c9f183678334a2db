package org.relaysupervisor.audio;

/**
 * Whether a sign has lasted. It grows by what is heard with the sign and shrinks ten times as fast by what is heard without: a click
 * does not hide silence, and slow speech does not add up to it. Once active it takes {@link #RELEASE} without the sign to end it.
 */
final class HoldTimer {
    /** Milliseconds. */
    static final long RELEASE = 1000;

    private static final int DRAIN = 10;

    private long held;
    private long since;
    private long absent;
    private boolean active;

    /**
     * @param elapsed milliseconds of audio
     * @param sign NO ends it, UNKNOWN neither grows nor shrinks it
     * @param hold milliseconds from which it is active
     */
    void pass(long elapsed, Sign sign, long hold) {
        switch (sign) {
            case YES -> {
                absent = 0;
                held = Math.min(held + elapsed, hold);
                since += elapsed;
                active |= held >= hold;
            }
            case NO -> {
                absent += elapsed;
                held = Math.max(0, held - DRAIN * elapsed);
                since += elapsed;
                if (active ? absent >= RELEASE : held == 0) {
                    clear();
                }
            }
            case UNKNOWN -> since = since > 0 ? since + elapsed : 0;
        }
    }

    /** What was heard before already had the sign, {@code milliseconds} of it. */
    void sinceAtLeast(long milliseconds) {
        held = Math.max(held, milliseconds);
        since = Math.max(since, milliseconds);
    }

    void clear() {
        held = 0;
        since = 0;
        absent = 0;
        active = false;
    }

    boolean active() {
        return active;
    }

    /** Milliseconds since the sign began. */
    long since() {
        return since;
    }

    /** What a block says of a cause. */
    enum Sign {
        YES,
        NO,
        /** The block is too quiet to tell. */
        UNKNOWN;

        static Sign of(boolean seen) {
            return seen ? YES : NO;
        }
    }
}
