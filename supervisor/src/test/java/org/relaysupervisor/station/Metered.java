package org.relaysupervisor.station;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** What the daemon tells of the audio on one mount, by its metrics and status. */
final class Metered {
    private static final Duration POLL = Duration.ofMillis(50);

    private final Station station;
    private final String mount;

    Metered(Station station, String mount) {
        this.station = station;
        this.mount = mount;
    }

    double value(String family) throws IOException {
        return station.metric(family + "{mount=\"" + mount + "\"}");
    }

    boolean state(String state) throws IOException {
        return of("relay_meter_state", "state", state) == 1;
    }

    boolean plays(String source) throws IOException {
        return of("relay_on_air_source", "source", source) == 1;
    }

    boolean deadAir(String kind) throws IOException {
        return of("relay_dead_air", "kind", kind) == 1;
    }

    double deadAirSeconds(String kind) throws IOException {
        return of("relay_dead_air_seconds", "kind", kind);
    }

    private double of(String family, String label, String value) throws IOException {
        String labels = Stream.of("mount=\"" + mount + '"', label + "=\"" + value + '"')
                .sorted()
                .collect(Collectors.joining(",", "{", "}"));
        return station.metric(family + labels);
    }

    /** As {@code relayctl status --json} has it; null when the mount is not metered. */
    @SuppressWarnings("unchecked")
    Map<String, Object> status() throws IOException, InterruptedException {
        List<Map<String, Object>> mounts =
                (List<Map<String, Object>>) station.status().get("mounts");
        return mounts.stream()
                .filter(each -> mount.equals(each.get("path")))
                .findFirst()
                .map(each -> (Map<String, Object>) each.get("meter"))
                .orElse(null);
    }

    void await(String what, Duration within, Callable<Boolean> condition) {
        Awaitility.await(what + "; the daemon said:\n" + station.output())
                .atMost(within)
                .pollInterval(POLL)
                .until(condition);
    }

    void awaitMeasuring() {
        await("measuring " + mount, Duration.ofSeconds(30), () -> state("measuring"));
    }
}
