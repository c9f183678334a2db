package org.relaysupervisor.doctor;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.status.Finding;

/** The store's time against ours. A request's signature is refused when they differ by a quarter of an hour. */
final class StoreClock {
    private static final String NAME = "clock";
    private static final int PATIENCE_MILLIS = 8_000;
    private static final Duration REMARKABLE = Duration.ofSeconds(30);
    private static final Duration DANGEROUS = Duration.ofMinutes(5);

    private final URI endpoint;
    private final Clock clock;

    StoreClock(URI endpoint, Clock clock) {
        this.endpoint = endpoint;
        this.clock = clock;
    }

    Finding finding() throws IOException {
        long theirs = ask();
        if (theirs == 0) {
            return Finding.warning(NAME, endpoint.getHost() + " doesn't tell its time", "check by timedatectl");
        }
        Duration difference = Duration.between(Instant.ofEpochMilli(theirs), clock.now());
        Duration off = difference.abs();
        String found = "this machine is " + off.toSeconds() + " s "
                + (difference.isNegative() ? "behind " : "ahead of ") + endpoint.getHost();
        String advice = "set this machine's clock: timedatectl set-ntp true";
        if (off.compareTo(DANGEROUS) > 0) {
            return Finding.failed(NAME, found, advice);
        }
        return off.compareTo(REMARKABLE) > 0 ? Finding.warning(NAME, found, advice) : Finding.ok(NAME, found);
    }

    /** Without credentials: a refusal has a date as well. In milliseconds since 1970, or 0. */
    private long ask() throws IOException {
        HttpURLConnection connection = (HttpURLConnection) endpoint.toURL().openConnection();
        connection.setRequestMethod("HEAD");
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout(PATIENCE_MILLIS);
        connection.setReadTimeout(PATIENCE_MILLIS);
        try {
            connection.getResponseCode();
            return connection.getHeaderFieldDate("Date", 0);
        } finally {
            connection.disconnect();
        }
    }
}
