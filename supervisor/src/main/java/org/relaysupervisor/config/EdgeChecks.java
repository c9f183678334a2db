package org.relaysupervisor.config;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/** What a file may not say for an edge: it fetches its mounts, so there is nobody to make them. */
final class EdgeChecks {
    private static final String WHY = "; an edge fetches its mounts from upstream.url";

    /** Sections, and what would have used them. */
    private static final Map<String, String> SECTIONS = Map.of(
            "inputs", "Liquidsoap, which an edge doesn't run",
            "silence", "Liquidsoap, which an edge doesn't run",
            "harbor", "Liquidsoap, which an edge doesn't run",
            "icecast", "Icecast, which an edge doesn't run",
            "source_route", "Icecast, which an edge doesn't run",
            "passwords", "Icecast, which an edge doesn't run");

    private static final Map<String, List<String>> KEYS =
            Map.of("programs", List.of("icecast", "liquidsoap"), "memory", List.of("icecast", "liquidsoap"));

    private final Section root;
    private final RelayConfig config;

    EdgeChecks(Section root, RelayConfig config) {
        this.root = root;
        this.config = config;
    }

    void run() {
        SECTIONS.forEach((section, user) -> {
            if (root.has(section)) {
                root.error(section, "is for " + user + ": remove the section" + WHY);
                root.ignore(section);
            }
        });
        KEYS.forEach((section, keys) -> keys.stream()
                .filter(key -> root.section(section).has(key))
                .forEach(key -> root.section(section)
                        .error(key, "is for a program that an edge doesn't run: remove the line" + WHY)));
        for (Section mount : root.sections("mounts").orElse(List.of())) {
            if (mount.text("listeners").orElse("").equalsIgnoreCase("icecast")) {
                mount.error("listeners", "must be feed: an edge doesn't run Icecast");
            }
        }
        itself();
    }

    private void itself() {
        Section section = root.section("upstream");
        boolean samePort = config.upstream()
                .filter(upstream -> upstream.port() == config.listeners().port())
                .isPresent();
        if (!samePort || !section.isSound("url")) {
            return;
        }
        String host = config.upstream().orElseThrow().host();
        try {
            InetAddress address = Readings.address().read(host);
            InetAddress bind = config.listeners().bind();
            if (address.equals(bind) || (address.isLoopbackAddress() && bind.isAnyLocalAddress())) {
                section.error("url", "is the port of this edge itself; it must be that of the primary");
            }
        } catch (Refused e) {
            // A name, which nobody is asked about here.
            return;
        }
    }
}
