package org.relaysupervisor.config;

import static org.relaysupervisor.config.Readings.oneOf;

import java.net.URI;
import java.util.Optional;
import org.relaysupervisor.config.RelayConfig.Upstream;

/** Reads {@code role} and {@code upstream}: whether the mounts are made here or fetched, and where from. */
final class UpstreamReading {
    /** Stands where the address is missing; such a configuration is never returned. */
    private static final URI NO_URL = URI.create("http://missing.invalid/");

    private static final int HTTP = 80;

    /** Plain HTTP, as it is fetched over a private network. */
    private static final Reading<URI> ADDRESS = Endpoint.reading(
            "such as http://10.0.0.1:8000; each mount is fetched by its own path, which must be the same at the primary",
            "http");

    private enum Role {
        PRIMARY,
        EDGE
    }

    private final Section root;
    private final SecretReading secrets;

    UpstreamReading(Section root, SecretReading secrets) {
        this.root = root;
        this.secrets = secrets;
    }

    /** Empty on a primary. */
    Optional<Upstream> read() {
        Role role = root.value("role", Role.PRIMARY, oneOf(Role.class));
        Section upstream = root.section("upstream");
        URI url =
                role == Role.EDGE ? upstream.required("url", NO_URL, ADDRESS) : upstream.value("url", NO_URL, ADDRESS);
        Optional<SecretSource> secret = upstream.has("front_secret")
                ? Optional.of(secrets.required(upstream, "front_secret"))
                : Optional.empty();
        if (role == Role.PRIMARY) {
            warnOfNoUse(upstream);
            return Optional.empty();
        }
        if (secret.isPresent() && upstream.isSound("url") && Endpoint.isInTheClear(url)) {
            upstream.warn(
                    "url",
                    "leads over networks on which the secret can be read; connect the two machines by a tunnel such as"
                            + " WireGuard");
        }
        String host = url.getHost().replace("[", "").replace("]", "");
        return Optional.of(new Upstream(host, url.getPort() < 0 ? HTTP : url.getPort(), secret));
    }

    private void warnOfNoUse(Section upstream) {
        if (!upstream.keys().isEmpty()) {
            root.warn("upstream", "is not looked at, since this is a primary: write role: edge to fetch from there");
        }
    }
}
