package org.relaysupervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.relaysupervisor.process.ImitatedCgroups.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.config.ConfigReader;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.Secrets;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.metering.Heard;
import org.relaysupervisor.metering.Metering;
import org.relaysupervisor.process.DescriptorStore;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.Exit;
import org.relaysupervisor.process.FakeProcesses;
import org.relaysupervisor.process.FakeProcesses.FakeProcess;
import org.relaysupervisor.process.FreePort;
import org.relaysupervisor.process.ProcFs;
import org.relaysupervisor.process.Processes.Signal;
import org.relaysupervisor.process.SecretMask;
import org.relaysupervisor.process.StateDirectory;
import org.relaysupervisor.programs.OnAirWatch;
import org.relaysupervisor.proxy.ProxySettings;
import org.relaysupervisor.shows.Shows;
import org.relaysupervisor.supervise.Cause;
import org.relaysupervisor.supervise.ChildSnapshot;
import org.relaysupervisor.supervise.ChildState;
import org.relaysupervisor.supervise.ProbeRunner.Answer;
import org.relaysupervisor.supervise.Replacements;
import org.relaysupervisor.supervise.Supervisor;

/**
 * From a Liquidsoap whose memory grows to the one in its place: trend, quiet moment, second lane, handover. The processes are the test's,
 * and so is what they send, over real sockets, as is whether the second one is fit.
 */
class LeakReplacementTest {
    private static final String CHILD = "liquidsoap";
    private static final String SECOND = "liquidsoap-b";
    private static final String MOUNT = "/live";
    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final long MIB = 1L << 20;
    /** A minute. At this rate the 400 MiB that it may use are reached 38 minutes after {@link #START}. */
    private static final long GROWTH = 5 * MIB;

    private static final long START = 210 * MIB;

    @TempDir
    private Path directory;

    private final ManualLoop loop = new ManualLoop();
    private final FakeProcesses processes = new FakeProcesses();
    private final Supervisor supervisor = new Supervisor(
            loop,
            processes,
            (probe, pid, answer) -> {
                answer.accept(isFit(pid) ? Answer.YES : Answer.no("it is silent"));
                return () -> {};
            },
            () -> 0.5,
            name -> Optional.empty(),
            new Supervisor.Listener() {
                @Override
                public void spawned(String name, long pid) {
                    containment.started(name, pid);
                }

                @Override
                public void exited(String name, long pid, Exit exit) {
                    containment.memory().ended(name);
                }

                @Override
                public void changed(ChildSnapshot before, ChildSnapshot after) {
                    broadcast.childChanged(before, after, LeakReplacementTest.this.supervisor.snapshot());
                }
            });

    private boolean secondIsFit;
    private long grown;
    private StateDirectory state;
    private SilentIcecast icecast;
    private RelayConfig config;
    private Metering metering;
    private StationArchive archive;
    private StationHls hls;
    private Broadcast broadcast;
    private Shows shows;
    private OnAirWatch onAir;
    private Containment containment;
    private ActiveConfiguration configuration;

    private boolean isFit(long pid) {
        return secondIsFit || processes.live(SECOND).stream().noneMatch(second -> second.pid() == pid);
    }

    @BeforeEach
    void begin() throws Exception {
        icecast = new SilentIcecast();
        config = ConfigReader.read(file()).config();
        state = StateDirectory.open(directory.resolve("state"));
        metering = Metering.open(state.run(), loop, Thread::new, mount -> Heard.NOTHING_KNOWN);
        MaskedSecrets secrets = new MaskedSecrets(new Secrets(state.secrets(), Map.of()), new SecretMask());
        archive = new StationArchive(config, state, secrets, loop, Optional::empty, () -> 0L);
        hls = new StationHls(config, state, secrets, loop);
        broadcast = Broadcast.open(
                config,
                ProxySettings.of(config, List.of(), Optional.empty()),
                directory.resolve("access.log"),
                loop,
                DescriptorStore.none());
        shows = Shows.open(state.root(), loop, Runnable::run, show -> {});
        onAir = new OnAirWatch(directory.resolve("nobody.sock"), loop, Thread::new);
        write(directory.resolve("proc/net/tcp"), "");
        ProcFs procFs = new ProcFs(directory.resolve("proc"));
        containment = Containment.open(
                loop,
                Optional.empty(),
                procFs,
                config,
                supervisor,
                shows,
                onAir,
                (child, why) -> configuration.restartLeaking(child, why));
        Executables executables = new Executables(programs().toString());
        Lineups lineups =
                new Lineups(state, secrets, executables, procFs, loop, broadcast, metering, archive, hls, () -> false);
        configuration = new ActiveConfiguration(
                directory.resolve("relay.yaml"),
                lineups.lineup(config, Lane.A),
                lineups,
                supervisor,
                new Replacement(
                        loop,
                        supervisor,
                        broadcast,
                        containment.memory()::noRoomForSecond,
                        lineups::specs,
                        new Audition(broadcast::sample, onAir::onAir, executables)),
                loop,
                taken -> {});
        containment.memory().start();
        lineups.specs(configuration.now().lineup()).forEach(supervisor::add);
        supervisor.startAll();
        loop.advance(LOOK);
    }

    private Path file() throws IOException {
        Files.createFile(directory.resolve("standby.mp3"));
        return Files.writeString(directory.resolve("relay.yaml"), """
                listeners: {port: %d}
                source_route: {port: %d}
                icecast: {port: %d}
                inputs: []
                standby: {file: %s}
                memory: {restart_on_leak: true}
                recording: {enabled: false}
                metering: {enabled: false}
                """.formatted(
                        FreePort.next(), FreePort.next(), icecast.port(), directory.resolve("standby.mp3")));
    }

    /** What there is to be found, and is never run. */
    private Path programs() throws IOException {
        Path programs = Files.createDirectory(directory.resolve("programs"));
        for (String name :
                List.of(config.programs().icecast(), config.programs().liquidsoap())) {
            assertThat(Files.createFile(programs.resolve(name)).toFile().setExecutable(true))
                    .isTrue();
        }
        return programs;
    }

    @AfterEach
    void end() throws Exception {
        onAir.close();
        shows.close();
        containment.close();
        broadcast.close();
        hls.close();
        archive.close();
        metering.close();
        state.close();
        icecast.close();
    }

    private ChildSnapshot child() {
        return supervisor.snapshot().stream()
                .filter(child -> child.name().equals(CHILD))
                .findFirst()
                .orElseThrow();
    }

    private FakeProcess second() {
        return processes.newest(SECOND);
    }

    /** So many minutes more. */
    private void leaks(int minutes) {
        for (int look = 0; look < minutes * 30; look++) {
            grown += GROWTH / 30;
            resident(child().pid().orElseThrow(), START + grown);
            loop.advance(LOOK);
        }
    }

    private void resident(long pid, long bytes) {
        write(directory.resolve("proc/" + pid + "/status"), "Name:\tliquidsoap\nVmRSS:\t" + bytes / 1024 + " kB\n");
    }

    private LoopbackSource source(Lane lane) throws IOException {
        LoopbackSource source = new LoopbackSource(lane, config.sourceRoute().port());
        await("the source in lane " + lane + " is there").until(() -> {
            source.send();
            return lane == Lane.A
                    ? broadcast.traffic().feeds(MOUNT)
                    : broadcast.sample(MOUNT).get().beside().length > 0;
        });
        return source;
    }

    @Test
    void aLeakEndsWithAnotherOneInItsPlaceWhenTheShowIsOver() throws Exception {
        FakeProcess first = processes.newest(CHILD);
        try (LoopbackSource heard = source(Lane.A)) {
            shows.start("Jazz", Optional.empty(), Set.of(), Optional.empty());
            leaks(25);
            assertThat(processes.live(SECOND)).as("during the show").isEmpty();

            shows.end();
            leaks(1);
            assertThat(processes.live(SECOND)).hasSize(1);
            assertThat(child().pid()).as("silent as yet").hasValue(first.pid());
            assertThat(first.signals()).isEmpty();

            try (LoopbackSource next = source(Lane.B)) {
                secondIsFit = true;
                await("it takes over").until(() -> {
                    heard.send();
                    next.send();
                    loop.advance(LOOK);
                    return child().pid().orElseThrow() == second().pid();
                });
            }
        }
        assertThat(child().state()).isEqualTo(ChildState.UP);
        assertThat(child().restarts()).containsEntry(Cause.LEAK, 1L).containsEntry(Cause.OPERATOR, 0L);
        assertThat(child().replacements()).isEqualTo(new Replacements(1, 0));
        assertThat(child().lastExit().orElseThrow().detail())
                .contains("its memory grows steadily, by 5.0 MiB a minute");
        assertThat(first.signals()).startsWith(Signal.TERM);
        assertThat(configuration.now().lineup().lane()).isEqualTo(Lane.B);

        // The next one's memory is its own.
        grown = 0;
        leaks(10);
        assertThat(child().restarts()).containsEntry(Cause.LEAK, 1L);
    }

    @Test
    void oneThatFailsIsTriedAgainAfterAQuarterOfAnHour() throws Exception {
        FakeProcess first = processes.newest(CHILD);
        try (LoopbackSource heard = source(Lane.A)) {
            while (processes.live(SECOND).isEmpty()) {
                leaks(1);
            }
            second().exit(new Exit.Code(3));
            loop.runPosted();
            assertThat(child().replacements()).isEqualTo(new Replacements(0, 1));

            heard.send();
            leaks(14);
            assertThat(processes.live(SECOND)).isEmpty();
            leaks(2);
            assertThat(processes.live(SECOND)).hasSize(1);
        }
        assertThat(child().pid()).hasValue(first.pid());
        assertThat(first.signals()).isEmpty();
        assertThat(child().restarts().values()).containsOnly(0L);
        assertThat(configuration.now().lineup().lane()).isEqualTo(Lane.A);
    }
}
