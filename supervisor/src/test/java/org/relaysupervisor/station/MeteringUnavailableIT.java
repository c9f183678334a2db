package org.relaysupervisor.station;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A machine whose libebur128 can't be loaded: its place is taken by a file that is no library. */
@Timeout(120)
class MeteringUnavailableIT {
    private static final String MESSAGE = "libebur128.so.1 can't be loaded; apt install libebur128-1";

    @Test
    void allElseRunsAndWhatToDoIsSaid(@TempDir Path directory) throws Exception {
        Path libraries = Files.createDirectory(directory.resolve("libraries"));
        Files.writeString(libraries.resolve("libebur128.so.1"), "no library");
        try (Station station = Station.prepare(directory)) {
            station.start(List.of("env", "JDK_JAVA_OPTIONS=-Djna.library.path=" + libraries));
            station.awaitOnAir();
            Metered live = new Metered(station, "/live");
            live.await("standby told", Duration.ofSeconds(10), () -> live.deadAir("standby"));
            assertThat(live.state("unavailable")).isTrue();
            assertThat(live.value("relay_loudness_momentary_lufs")).isNaN();
            assertThat(live.deadAir("no_bytes")).isFalse();
            assertThat(live.status()).containsEntry("state", "unavailable");
            assertThat(live.status().get("problem").toString()).contains("metering is off", MESSAGE);
            assertThat(station.relayctl("status").output().replaceAll("\\s+", " "))
                    .contains(MESSAGE);
            assertThat(station.output()).containsOnlyOnce(MESSAGE);
            assertThat(station.status().get("children").toString()).doesNotContain("decoder");
            live.await(
                    "all children up",
                    Duration.ofSeconds(30),
                    () -> List.of("icecast", "liquidsoap", "recorder").stream()
                            .allMatch(child -> isUp(station, child)));
            assertThat(station.relayctl("reload").exitCode()).isZero();
            assertThat(live.state("unavailable")).isTrue();
        }
    }

    private static boolean isUp(Station station, String child) {
        try {
            return station.metric("relay_child_up{child=\"" + child + "\"}") == 1;
        } catch (IOException e) {
            return false;
        }
    }
}
