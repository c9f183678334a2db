package org.relaysupervisor.drill;

import java.io.IOException;
import java.util.Optional;

/**
 * One way in which the station really breaks, and the way back. {@link #what}, {@link #impossible} and {@link #risk} may be asked on any thread; all else is called on the
 * drill's own thread, one call at a time, and may block for some seconds.
 */
public interface Fault {
    /** What happens, for people, on one line. */
    String what();

    /** Why it can't really be had here and now, with what to do; empty when it can. Nothing is ever imitated. */
    default Optional<String> impossible() {
        return Optional.empty();
    }

    /** What it may harm beside the station, so that it is done only by force; empty for most. */
    default Optional<String> risk() {
        return Optional.empty();
    }

    /** The child that is restarted, as by an operator, when this is broken, so that it shows; empty for most. */
    default Optional<String> restarts() {
        return Optional.empty();
    }

    /**
     * Breaks it.
     *
     * @throws IOException when that failed; the message says why, and {@link #repair} is called all the same
     */
    void begin() throws IOException;

    /** Called each second from then on: breaks it again where the station has got over it, as by a restart. */
    default void keep() throws IOException {}

    /**
     * Mends it. May be called again, without {@link #begin}, and by the next life of the daemon.
     *
     * @throws IOException when it isn't mended yet; it is called again until it is
     */
    void repair() throws IOException;
}
