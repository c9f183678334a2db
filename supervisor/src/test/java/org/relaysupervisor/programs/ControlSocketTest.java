package org.relaysupervisor.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ControlSocketTest {
    @TempDir
    Path directory;

    /** Answers each command with its number, as Liquidsoap does; one connection after the other. */
    private static final class Server implements AutoCloseable {
        final AtomicInteger connections = new AtomicInteger();
        private final ServerSocketChannel socket;
        private final String answer;

        Server(Path path, String answer) throws IOException {
            this.answer = answer;
            Files.deleteIfExists(path);
            socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            socket.bind(UnixDomainSocketAddress.of(path));
            Thread thread = new Thread(this::serve);
            thread.setDaemon(true);
            thread.start();
        }

        private void serve() {
            try {
                while (true) {
                    try (SocketChannel client = socket.accept()) {
                        connections.incrementAndGet();
                        ByteBuffer command = ByteBuffer.allocate(100);
                        while (client.read(command.clear()) > 0) {
                            client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
                        }
                    }
                }
            } catch (IOException e) {
                // Closed by the test.
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private Path path() {
        return directory.resolve("s");
    }

    @Test
    void allQuestionsGoOverOneConnection() throws Exception {
        try (Server server = new Server(path(), "live\r\nEND\r\n")) {
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
        try (Server server = new Server(path(), "1s\r\nEND\r\n")) {
            assertThat(socket.ask("uptime")).isEqualTo("1s");
            assertThat(server.connections).hasValue(1);
        }
    }

    @Test
    void anAnswerThatNeverEndsFailsAndItsRestIsNeverTakenForTheNext() throws Exception {
        ControlSocket socket = new ControlSocket(path());
        try (Server server = new Server(path(), "half of it")) {
            assertThatThrownBy(() -> socket.ask("uptime")).hasMessageContaining("no answer within");
            assertThatThrownBy(() -> socket.ask("uptime")).hasMessageContaining("no answer within");
            assertThat(server.connections).hasValue(2);
        }
    }

    @Test
    void aFloodOfAnAnswerIsRefused() throws Exception {
        try (Server server = new Server(path(), "x".repeat(20_000))) {
            assertThatThrownBy(() -> new ControlSocket(path()).ask("uptime")).hasMessageContaining("more than");
            assertThat(server.connections).hasValue(1);
        }
    }
}
