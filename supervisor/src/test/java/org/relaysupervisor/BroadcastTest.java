package org.relaysupervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.config.ConfigReader;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.process.DescriptorStore;
import org.relaysupervisor.process.FreePort;
import org.relaysupervisor.programs.IcecastStats;
import org.relaysupervisor.proxy.ProxySettings;
import org.relaysupervisor.supervise.ChildSnapshot;
import org.relaysupervisor.supervise.ChildState;
import org.relaysupervisor.supervise.Replacements;

class BroadcastTest {
    private static final String MOUNT = "/live";
    private static final IcecastStats STATS = new IcecastStats("Icecast 2.4.4", Optional.empty(), 1, List.of());

    @TempDir
    private Path directory;

    private final ManualLoop loop = new ManualLoop();
    private Broadcast broadcast;

    /** One whose ports nobody else has. */
    static Broadcast open(Path directory, ManualLoop loop) throws Exception {
        Path file = Files.writeString(
                directory.resolve("ports.yaml"), """
                listeners: {port: %d}
                source_route: {port: %d}
                icecast: {port: %d}
                inputs: []
                """.formatted(FreePort.next(), FreePort.next(), FreePort.next()));
        RelayConfig config = ConfigReader.read(file).config();
        return Broadcast.open(
                config,
                ProxySettings.of(config, List.of(), Optional.empty()),
                directory.resolve("access.log"),
                loop,
                DescriptorStore.none());
    }

    @BeforeEach
    void open() throws Exception {
        broadcast = open(directory, loop);
    }

    @AfterEach
    void close() {
        broadcast.close();
    }

    private static ChildSnapshot child(String name, ChildState state) {
        return new ChildSnapshot(
                name,
                name,
                true,
                state,
                OptionalLong.empty(),
                Optional.empty(),
                false,
                OptionalLong.empty(),
                1,
                Map.of(),
                Replacements.NONE,
                Optional.empty(),
                "");
    }

    private void changes(String name, ChildState from, ChildState to) {
        broadcast.childChanged(child(name, from), child(name, to), List.of(child(name, to)));
    }

    @Test
    void whatADeadIcecastSaidProvesNothingForItsSuccessor() {
        broadcast.icecast().remember(STATS);
        assertThat(broadcast.takes(MOUNT)).isTrue();
        changes("icecast", ChildState.UP, ChildState.BACKOFF);
        assertThat(broadcast.takes(MOUNT)).isFalse();
    }

    @Test
    void anotherChildsDeathIsNotIcecasts() {
        broadcast.icecast().remember(STATS);
        changes("recorder", ChildState.UP, ChildState.BACKOFF);
        assertThat(broadcast.takes(MOUNT)).isTrue();
    }

    @Test
    void anIcecastThatAnswersReachesNobodyWhileThereIsNoSource() {
        broadcast.icecast().remember(STATS);
        broadcast.observe();
        assertThat(broadcast.reachesReaders(MOUNT)).isFalse();
        assertThat(broadcast.sends(MOUNT)).isFalse();
        assertThat(broadcast.listeners()).isZero();
    }
}
