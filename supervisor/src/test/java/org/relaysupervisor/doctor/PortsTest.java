package org.relaysupervisor.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.config.ConfigReader;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.process.ProcFs;
import org.relaysupervisor.status.Finding;
import org.relaysupervisor.status.Finding.Level;
import org.relaysupervisor.status.Snapshots;
import org.relaysupervisor.supervise.ChildState;

/** With sockets of this very process, which stands for the daemon and for all of its children. */
class PortsTest {
    private static final long SELF = ProcessHandle.current().pid();

    @TempDir
    Path directory;

    private final List<ServerSocket> sockets = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (ServerSocket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void findsEveryPortServedByWhoShouldAndNothingElse() throws Exception {
        RelayConfig config = config("127.0.0.1");
        // Other tests' sockets in this process may be open to others; those are not this one's subject.
        Finding finding = finding(config, station());
        assertThat(finding.level()).isNotEqualTo(Level.FAILED);
        assertThat(finding.found())
                .doesNotContain(Integer.toString(config.listeners().port()) + " port");
    }

    @Test
    void noticesWhatListensForOthersWithoutBeingConfigured() throws Exception {
        RelayConfig config = config("127.0.0.1");
        ServerSocket open = new ServerSocket(0);
        sockets.add(open);
        Finding finding = finding(config, station());
        assertThat(finding.level()).isEqualTo(Level.WARNING);
        assertThat(finding.found()).contains("port " + open.getLocalPort());
    }

    @Test
    void acceptsAnOpenPortThatIsConfigured() throws Exception {
        RelayConfig config = config("0.0.0.0");
        assertThat(finding(config, station()).found())
                .doesNotContain("port " + config.listeners().port());
    }

    @Test
    void saysWhichPortIsNotServedAndWhichProgramIsAway() throws Exception {
        RelayConfig config = config("127.0.0.1");
        sockets.get(0).close();
        Snapshots down = station().child(Snapshots.dead("icecast", ChildState.FAILED, 1, Map.of()));
        Finding finding = finding(config, down);
        assertThat(finding.level()).isEqualTo(Level.FAILED);
        assertThat(finding.found())
                .isEqualTo("listeners.port: port " + config.listeners().port()
                        + " is served by nobody of ours; icecast.port: its program is not up");
    }

    private static Snapshots station() {
        return Snapshots.onAir()
                .child(Snapshots.up("icecast", SELF, 1, 1, Map.of()))
                .child(Snapshots.up("liquidsoap", SELF, 1, 1, Map.of()))
                .child(Snapshots.up("recorder", SELF, 1, 1, Map.of()));
    }

    private static Finding finding(RelayConfig config, Snapshots station) throws IOException {
        return new Ports(new ProcFs(Path.of("/proc")), SELF).finding(config, station.build());
    }

    /** Of five ports that are listened on, the first one on the address given. */
    private RelayConfig config(String listeners) throws Exception {
        for (int i = 0; i < 5; i++) {
            sockets.add(new ServerSocket(0, 5, InetAddress.getByName(i == 0 ? listeners : "127.0.0.1")));
        }
        Path file = directory.resolve("relay.yaml");
        Files.writeString(file, """
                listeners: {bind: %s, port: %d}
                source_route: {port: %d}
                metrics: {port: %d}
                icecast: {port: %d}
                harbor: {port: %d}
                """.formatted(listeners, port(0), port(1), port(2), port(3), port(4)));
        return ConfigReader.read(file).config();
    }

    private int port(int index) {
        return sockets.get(index).getLocalPort();
    }
}
