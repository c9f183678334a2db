package org.relaysupervisor.audio;

/** Loudness can't be measured on this machine; the message says why, what is off, and what to do. */
public final class MeteringUnavailableException extends Exception {
    private static final long serialVersionUID = 1;

    public MeteringUnavailableException(String reason, Throwable cause) {
        super("loudness metering is off, all else runs: " + reason, cause);
    }
}
