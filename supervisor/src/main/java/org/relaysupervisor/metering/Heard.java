package org.relaysupervisor.metering;

import java.time.Duration;

/**
 * What the samples can't tell of a mount.
 *
 * @param withoutBytes how long its source has sent nothing; zero while it sends
 * @param standby how long the standby programme has played; zero while it does not
 * @param splices times that audio was missing in what the decoder got, since any moment; only its changes mean anything
 */
public record Heard(Duration withoutBytes, Duration standby, long splices) {
    /** Of a mount of which nothing is known. */
    public static final Heard NOTHING_KNOWN = new Heard(Duration.ZERO, Duration.ZERO, 0);
}
