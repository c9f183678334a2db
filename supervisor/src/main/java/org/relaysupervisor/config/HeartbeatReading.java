package org.relaysupervisor.config;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.relaysupervisor.config.Amounts.duration;
import static org.relaysupervisor.config.Readings.url;

import java.time.Duration;
import java.util.Optional;
import org.relaysupervisor.config.RelayConfig.Heartbeat;
import org.relaysupervisor.config.RelayConfig.HeartbeatTarget;
import org.relaysupervisor.config.RelayConfig.HeartbeatUrl;
import org.relaysupervisor.config.RelayConfig.SecretHeartbeatUrl;

/** Reads {@code heartbeat}: who is told that this machine is alive. */
final class HeartbeatReading {
    private final SecretReading secrets;

    HeartbeatReading(SecretReading secrets) {
        this.secrets = secrets;
    }

    Optional<Heartbeat> read(Section heartbeat) {
        Duration every = heartbeat.value("every", ofMinutes(1), duration(ofSeconds(10), ofHours(1)));
        Optional<HeartbeatTarget> target = target(heartbeat);
        if (heartbeat.has("every") && !heartbeat.has("url")) {
            heartbeat.error("every", "says how often, but nothing says where to: heartbeat.url is missing");
        }
        return target.map(to -> new Heartbeat(to, every));
    }

    private Optional<HeartbeatTarget> target(Section heartbeat) {
        if (heartbeat.has("url") && heartbeat.text("url").isEmpty()) {
            return secrets.place(heartbeat, "url").map(SecretHeartbeatUrl::new);
        }
        return heartbeat.optional("url", url("http", "https")).map(HeartbeatUrl::new);
    }
}
