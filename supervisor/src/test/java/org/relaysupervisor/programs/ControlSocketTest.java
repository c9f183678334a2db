package org.relaysupervisor.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ControlSocketTest {
    @TempDir
    Path directory;

    private Path path() {
        return directory.resolve("s");
    }

    @Test
    void allQuestionsGoOverOneConnection() throws Exception {
        try (FakeLiquidsoap server = new FakeLiquidsoap(path(), "live\r\nEND\r\n")) {
            ControlSocket socket = new ControlSocket(path());
            for (int i = 0; i < 5; i++) {
                assertThat(socket.ask("relay.on_air")).isEqualTo("live");
            }
            assertThat(server.connections).hasValue(1);
        }
    }

    @Test
    void anAbsentSocketIsNamedAndFoundOnceItIsThere() throws Exception {
        ControlSocket socket = new ControlSocket(path());
        assertThatThrownBy(() -> socket.ask("uptime")).hasMessageContaining(path().toString());
        try (FakeLiquidsoap server = new FakeLiquidsoap(path(), "1s\r\nEND\r\n")) {
            assertThat(socket.ask("uptime")).isEqualTo("1s");
            assertThat(server.connections).hasValue(1);
        }
    }

    @Test
    void anAnswerThatNeverEndsFailsAndItsRestIsNeverTakenForTheNext() throws Exception {
        ControlSocket socket = new ControlSocket(path());
        try (FakeLiquidsoap server = new FakeLiquidsoap(path(), "half of it")) {
            assertThatThrownBy(() -> socket.ask("uptime")).hasMessageContaining("no answer within");
            assertThatThrownBy(() -> socket.ask("uptime")).hasMessageContaining("no answer within");
            assertThat(server.connections).hasValue(2);
        }
    }

    @Test
    void aFloodOfAnAnswerIsRefused() throws Exception {
        try (FakeLiquidsoap server = new FakeLiquidsoap(path(), "x".repeat(20_000))) {
            assertThatThrownBy(() -> new ControlSocket(path()).ask("uptime")).hasMessageContaining("more than");
            assertThat(server.connections).hasValue(1);
        }
    }
}
