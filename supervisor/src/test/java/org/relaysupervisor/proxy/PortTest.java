package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.process.DescriptorStore;
import org.relaysupervisor.process.ImitatedManager;

/** The listeners' port of one proxy after another, with somebody who keeps it open between them. */
@Timeout(60)
class PortTest {
    private static final InetAddress LOCAL = InetAddress.getLoopbackAddress();

    @TempDir
    Path directory;

    private ImitatedManager manager;

    @BeforeEach
    void begin() {
        manager = new ImitatedManager(directory.resolve("notify"));
    }

    @AfterEach
    void end() {
        manager.close();
    }

    private static Proxy open(int port, Transport transport, DescriptorStore store) throws IOException {
        Settings settings = new Settings();
        settings.listenerPort = port;
        return Proxy.open(settings.build(), transport, new ManualLoop(), new SilentAccessLog(), Runnable::run, store);
    }

    private static void assertAnswered(Socket client) throws IOException {
        client.getOutputStream().write("GET /none HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .startsWith("HTTP/1.0 404 ");
    }

    @Test
    void whoConnectsWhileThereIsNoProxyIsAnsweredByTheNextOne() throws IOException {
        int port;
        try (Proxy first = open(0, Transport.best(), manager.nextLife())) {
            port = first.listenerPort();
            manager.read();
        }
        try (Socket client = new Socket(LOCAL, port);
                Proxy second = open(port, Transport.best(), manager.nextLife())) {
            assertThat(second.listenerPort()).isEqualTo(port);
            assertAnswered(client);
            manager.read();
            assertThat(manager.kept()).contains("listeners");
        }
    }

    @Test
    void aPortThatIsNotWantedAnyMoreIsClosedAndForgotten() throws IOException {
        int port;
        try (Proxy first = open(0, Transport.best(), manager.nextLife())) {
            port = first.listenerPort();
            manager.read();
        }
        try (Proxy second = open(0, Transport.best(), manager.nextLife())) {
            assertThat(second.listenerPort()).isNotEqualTo(port);
            manager.read();
            await().untilAsserted(() ->
                    assertThatThrownBy(() -> new Socket(LOCAL, port).close()).isInstanceOf(ConnectException.class));
            try (Socket client = new Socket(LOCAL, second.listenerPort())) {
                assertAnswered(client);
            }
        }
    }

    @Test
    void aPortThatIsClosedForADrillRefusesAndIsKeptAgainWhenItIsOpen() throws IOException {
        int port;
        try (Proxy proxy = open(0, Transport.best(), manager.nextLife())) {
            port = proxy.listenerPort();
            manager.read();
            proxy.listenerPort(false);
            manager.read();
            await().untilAsserted(() ->
                    assertThatThrownBy(() -> new Socket(LOCAL, port).close()).isInstanceOf(ConnectException.class));
            proxy.listenerPort(true);
            manager.read();
            assertThat(manager.kept()).contains("listeners");
        }
        new Socket(LOCAL, port).close();
    }

    @Test
    void withoutEpollNothingIsKept() throws IOException {
        try (Proxy proxy = open(0, Transport.nio(), manager.nextLife())) {
            await().until(() -> proxy.listenerPort() > 0);
            manager.read();
            assertThat(manager.kept()).isEmpty();
        }
    }
}
