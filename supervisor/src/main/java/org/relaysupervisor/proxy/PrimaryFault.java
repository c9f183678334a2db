package org.relaysupervisor.proxy;

import java.util.Locale;

/** Why an edge has to connect to its primary again; the values of the {@code cause} label. */
public enum PrimaryFault {
    /** Its host name is not known, or who knows it doesn't answer. */
    RESOLVE,
    /** It can't be connected to. */
    CONNECT,
    /** It took the connection, and didn't answer. */
    NO_ANSWER,
    /** What it answered is not HTTP as we need it. */
    BAD_ANSWER,
    /** It sends us elsewhere, where we don't go. */
    REDIRECT,
    /** It wants a secret or a password. */
    FORBIDDEN,
    /** It has no such mount, or nothing on it. */
    NOT_FOUND,
    /** Any other status but 200. */
    STATUS,
    /** It sends something else than the mount is to carry. */
    CONTENT_TYPE,
    /** What it sends is not what it says it is. */
    NO_AUDIO,
    /** It sends much faster than it can be played. */
    TOO_FAST,
    /** It sent nothing for too long. */
    STALLED,
    /** It, or the network, ended the connection. */
    CLOSED;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
