package org.relaysupervisor.proxy;

import java.util.Optional;
import org.relaysupervisor.config.Secret;

/**
 * Where an edge gets its mounts from: another daemon's port for listeners.
 *
 * @param host a name, or an address without brackets
 * @param secret what the primary wants to see of its fronts, if anything
 */
public record Primary(String host, int port, Optional<Secret> secret) {
    /** What an edge calls itself. */
    static final String USER_AGENT = "relay-supervisor-edge";

    /** All that a primary is asked for; HTTP/1.0, so that nobody in between sends it in chunks. */
    String request(String mount) {
        String authority = (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        return "GET " + mount + " HTTP/1.0\r\nHost: " + authority + "\r\nUser-Agent: " + USER_AGENT
                + "\r\nIcy-MetaData: 1\r\n"
                + secret.map(known -> Front.HEADER + ": " + known.reveal() + "\r\n")
                        .orElse("")
                + "\r\n";
    }
}
