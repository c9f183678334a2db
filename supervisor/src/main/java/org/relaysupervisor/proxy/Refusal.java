package org.relaysupervisor.proxy;

import java.util.Locale;

/** Why a connection was refused or cut off; the values of the {@code reason} label. */
public enum Refusal {
    /** The listener limit is reached. */
    LIMIT,
    /** Too many connections that haven't sent a request yet. */
    OVERLOAD,
    /** Icecast is away. */
    UPSTREAM_DOWN,
    /** Icecast was thought to be there and refused, or didn't answer in time. */
    UPSTREAM_FAILED,
    /** Not a request, or not one this route serves. */
    BAD_REQUEST,
    /** A listener who came without the secret of our fronts. */
    NOT_BY_FRONT,
    /** A path that this route doesn't serve, {@code /admin} above all. */
    FORBIDDEN_PATH,
    /** A method that this route doesn't serve. */
    METHOD,
    /** The request head is too large. */
    HEAD_TOO_LARGE,
    /** The request head didn't arrive in time. */
    HEAD_TIMEOUT,
    /** Stopped reading, and fell too far behind. */
    SLOW,
    /** Another source has the mount. */
    MOUNT_IN_USE,
    /** A source whose credentials are not those of the one before it. */
    UNAUTHORIZED,
    /** A source that stayed connected and sent nothing. */
    IDLE;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
