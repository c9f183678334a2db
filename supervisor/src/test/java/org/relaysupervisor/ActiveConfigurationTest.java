package org.relaysupervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.admin.Commands.Outcome;
import org.relaysupervisor.config.ConfigReader;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.Secrets;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.metering.Heard;
import org.relaysupervisor.metering.Metering;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.FakeProcesses;
import org.relaysupervisor.process.ProcFs;
import org.relaysupervisor.process.SecretMask;
import org.relaysupervisor.process.StateDirectory;
import org.relaysupervisor.supervise.ChildSnapshot;
import org.relaysupervisor.supervise.Supervisor;
import org.relaysupervisor.supervise.ThreadProbeRunner;

/** A newer configuration is taken as a whole, or not at all. No child runs here: what is asked of the supervisor is looked at. */
class ActiveConfigurationTest {
    @TempDir
    private Path directory;

    private final ManualLoop loop = new ManualLoop();
    private final SecretMask mask = new SecretMask();
    private final ThreadProbeRunner probes = new ThreadProbeRunner(1, Thread::new);
    private final Supervisor supervisor = new Supervisor(
            loop, new FakeProcesses(), probes, () -> 0.5, name -> Optional.empty(), new Supervisor.Listener() {});
    private final List<RelayConfig> taken = new ArrayList<>();
    private Path file;
    private StateDirectory state;
    private Metering metering;
    private StationArchive archive;
    private Broadcast broadcast;
    private StationHls hls;
    private ActiveConfiguration configuration;

    @BeforeEach
    void begin() throws Exception {
        file = directory.resolve("relay.yaml");
        write("station: {name: First}");
        state = StateDirectory.open(directory.resolve("state"));
        metering = Metering.open(state.run(), loop, Thread::new, mount -> Heard.NOTHING_KNOWN);
        MaskedSecrets secrets = new MaskedSecrets(new Secrets(state.secrets(), Map.of("DJ", "correct horse")), mask);
        archive = new StationArchive(ConfigReader.read(file).config(), state, secrets, loop, Optional::empty, () -> 0L);
        broadcast = BroadcastTest.open(directory, loop);
        hls = new StationHls(ConfigReader.read(file).config(), state, secrets, loop);
        Lineups lineups = new Lineups(
                state,
                secrets,
                new Executables(""),
                new ProcFs(directory),
                loop,
                broadcast,
                metering,
                archive,
                hls,
                () -> false);
        Lineup first = lineups.lineup(ConfigReader.read(file).config(), Lane.A);
        lineups.specs(first).forEach(supervisor::add);
        configuration = new ActiveConfiguration(
                file,
                first,
                lineups,
                supervisor,
                new Replacement(
                        loop,
                        supervisor,
                        broadcast,
                        child -> Optional.empty(),
                        lineups::specs,
                        new Audition(broadcast::sample, Optional::empty, new Executables(""))),
                loop,
                taken::add);
    }

    @AfterEach
    void end() throws IOException {
        hls.close();
        archive.close();
        broadcast.close();
        metering.close();
        probes.close();
        state.close();
    }

    private void write(String yaml) throws IOException {
        Files.writeString(file, yaml + "\n");
    }

    private List<String> children() {
        return supervisor.snapshot().stream().map(ChildSnapshot::name).toList();
    }

    @Test
    void aGoodFileIsInForceAndToldToAll() throws Exception {
        write("station: {name: Second}\nrecording: {enabled: false}");

        Outcome outcome = configuration.reload();

        assertThat(outcome.done()).as(outcome.message()).isTrue();
        assertThat(outcome.message()).contains("stopped: recorder");
        assertThat(children()).containsExactly("icecast", "liquidsoap", "decoder");
        assertThat(configuration.now().config().station().name()).isEqualTo("Second");
        assertThat(configuration.now().generation()).isEqualTo(2);
        assertThat(configuration.now().lastReloadSucceeded()).isTrue();
        assertThat(taken).containsExactly(configuration.now().config());
    }

    @Test
    void aBrokenFileChangesNothingButWhatIsSaidOfTheReload() throws Exception {
        ActiveConfiguration.State before = configuration.now();
        write("station: {name: Second}\nrecording: {enabled: perhaps}");

        Outcome outcome = configuration.reload();

        assertThat(outcome.done()).isFalse();
        assertThat(outcome.message()).startsWith("nothing was changed:\n").contains("relay.yaml:2:");
        assertThat(configuration.now())
                .isEqualTo(new ActiveConfiguration.State(before.lineup(), 1, false, Optional.of(loop.now())));
        assertThat(children()).containsExactly("icecast", "liquidsoap", "recorder", "decoder");
        assertThat(taken).isEmpty();
    }

    @Test
    void aPasswordThatIsNotThereIsRefusedLikeABrokenFile() throws Exception {
        write("inputs: [{name: live, type: harbor, mount: /dj, djs: [{user: a, password: {environment: NOBODY}}]}]");

        Outcome outcome = configuration.reload();

        assertThat(outcome.done()).isFalse();
        assertThat(outcome.message()).contains("NOBODY");
        assertThat(configuration.now().generation()).isEqualTo(1);
    }

    @Test
    void aStoreWhereTheSpoolIsIsRefused() throws Exception {
        write("store: {directory: " + directory.resolve("state/spool/kept") + "}");

        Outcome outcome = configuration.reload();

        assertThat(outcome.done()).isFalse();
        assertThat(outcome.message()).contains("must be apart from the spool", "recording.spool");
        assertThat(configuration.now().generation()).isEqualTo(1);
    }

    @Test
    void aPasswordThatIsNoLongerConfiguredStaysMasked() throws Exception {
        write("inputs: [{name: live, type: harbor, mount: /dj, djs: [{user: a, password: {environment: DJ}}]}]");
        assertThat(configuration.reload().done()).isTrue();
        write("inputs: []");
        assertThat(configuration.reload().done()).isTrue();

        assertThat(mask.apply("a child printed correct horse")).isEqualTo("a child printed ***");
    }

    @Test
    void aRecorderThatIsNotConcernedIsTheSameAsBefore() throws Exception {
        Lineup before = configuration.now().lineup();
        write("station: {name: Second}\nsilence: {threshold: -50}");

        assertThat(configuration.reload().message()).contains("unchanged: decoder, recorder");

        assertThat(configuration.now().lineup().recorder().orElseThrow())
                .isSameAs(before.recorder().orElseThrow());
        assertThat(configuration.now().lineup().liquidsoap()).isNotSameAs(before.liquidsoap());
    }

    @Test
    void nothingIsReloadedWhileTheDaemonStops() throws Exception {
        write("station: {name: Second}");
        configuration.freeze();

        Outcome outcome = configuration.reload();

        assertThat(outcome.done()).isFalse();
        assertThat(outcome.message()).contains("the daemon is being stopped");
        assertThat(configuration.now().config().station().name()).isEqualTo("First");
        assertThat(taken).isEmpty();
    }

    @Test
    void anOperatorIsToldThatListenersHearTheStandbyDuringARestartOfLiquidsoap() {
        assertThat(configuration.restart("recorder")).isEqualTo("recorder is being restarted");
        assertThat(configuration.restart("liquidsoap"))
                .isEqualTo("liquidsoap is being restarted; the standby plays meanwhile, as it is not up");
        assertThatThrownBy(() -> configuration.restart("nobody"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there is no child nobody");
    }

    @ParameterizedTest
    @ValueSource(strings = {"recorder", "liquidsoap"})
    void aChildThatLeaksIsNotStartedWhenItIsNotUp(String child) {
        List<ChildSnapshot> before = supervisor.snapshot();
        configuration.restartLeaking(child, "it grows");
        assertThat(supervisor.snapshot()).isEqualTo(before);
    }
}
