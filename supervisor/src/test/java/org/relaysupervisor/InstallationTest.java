package org.relaysupervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InstallationTest {
    private static final Path STATE = Path.of("/state");

    @Test
    void theServiceManagersDirectoriesAreTaken() {
        Map<String, String> environment = Map.of("RUNTIME_DIRECTORY", "/run/relay", "LOGS_DIRECTORY", "/var/log/relay");
        assertThat(Installation.controlSocket(environment, STATE)).isEqualTo(Path.of("/run/relay/control.sock"));
        assertThat(Installation.logs(environment, STATE.resolve("logs"))).isEqualTo(Path.of("/var/log/relay"));
    }

    @Test
    void ofSeveralTheFirstIsTaken() {
        Map<String, String> environment = Map.of("RUNTIME_DIRECTORY", "/run/relay:/run/other");
        assertThat(Installation.controlSocket(environment, STATE)).isEqualTo(Path.of("/run/relay/control.sock"));
    }

    @Test
    void withoutThemAllIsInTheStateDirectory() {
        assertThat(Installation.controlSocket(Map.of(), STATE)).isEqualTo(Path.of("/state/control.sock"));
        assertThat(Installation.logs(Map.of("LOGS_DIRECTORY", ""), STATE.resolve("logs")))
                .isEqualTo(Path.of("/state/logs"));
    }
}
