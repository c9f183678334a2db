package org.relaysupervisor.proxy;

import java.util.Locale;

/** Who a connection belongs to; the values of the {@code role} label. */
public enum Role {
    /** Sends audio to Icecast on the source route. */
    SOURCE,
    /** A listener, counted against the limit. */
    LISTENER,
    /** Our own recorder, told by its User-Agent from loopback; never counted as a listener. */
    RECORDER,
    /** Our own decoder, which hears for the meter; told as the recorder is, and never counted as a listener either. */
    DECODER,
    /** A monitoring probe, told by its User-Agent. */
    PROBE,
    /** A second relay that knows the secret of our fronts; the listeners are its own. */
    EDGE;

    /** Whether it is a child of this daemon that reads a mount. */
    boolean isOurs() {
        return this == RECORDER || this == DECODER;
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
