package org.relaysupervisor.config;

import static org.relaysupervisor.config.Readings.url;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The address of a server, without a path: of a store that speaks S3, of a primary, or of what is in front of us. */
final class Endpoint {
    private static final int HIGHEST_PORT = 65535;

    /** Top-level domains that no public name has: RFC 6761, 6762 and 8375, ICANN's for private use, and a habit. */
    private static final List<String> PRIVATE_DOMAINS =
            List.of(".localhost", ".local", ".home.arpa", ".internal", ".lan");

    private Endpoint() {}

    /**
     * A scheme, a host and perhaps a port; what is sent is put together from these.
     *
     * @param instead of a path, what is to be done
     */
    static Reading<URI> reading(String instead, String... schemes) {
        return text -> {
            URI endpoint = url(schemes).read(text);
            boolean bare =
                    (endpoint.getRawPath().isEmpty() || endpoint.getRawPath().equals("/"))
                            && endpoint.getRawQuery() == null
                            && endpoint.getRawFragment() == null;
            if (!bare) {
                throw new Refused("must end with the host or its port, without a path; " + instead);
            }
            if (endpoint.getPort() == 0 || endpoint.getPort() > HIGHEST_PORT) {
                throw new Refused("must have a port from 1 to " + HIGHEST_PORT + ", or none");
            }
            return URI.create(endpoint.getScheme() + "://" + endpoint.getRawAuthority());
        };
    }

    /** Whether what is sent there can be read on the way, on networks that are not the operator's own. */
    static boolean isInTheClear(URI endpoint) {
        return endpoint.getScheme().equalsIgnoreCase("http") && !isPrivate(endpoint.getHost());
    }

    private static boolean isPrivate(String host) {
        Optional<InetAddress> literal = literal(host);
        if (literal.isPresent()) {
            InetAddress address = literal.get();
            return address.isLoopbackAddress()
                    || address.isSiteLocalAddress()
                    || address.isLinkLocalAddress()
                    || isUniqueLocal(address);
        }
        String name = host.toLowerCase(Locale.ROOT);
        return !name.contains(".") || PRIVATE_DOMAINS.stream().anyMatch(name::endsWith);
    }

    /** RFC 4193: fc00::/7. */
    private static boolean isUniqueLocal(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 16 && (bytes[0] & 0xFE) == 0xFC;
    }

    private static Optional<InetAddress> literal(String host) {
        try {
            return Optional.of(Readings.address().read(host.replace("[", "").replace("]", "")));
        } catch (Refused e) {
            return Optional.empty();
        }
    }
}
