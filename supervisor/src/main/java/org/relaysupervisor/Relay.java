package org.relaysupervisor;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import org.relaysupervisor.admin.AdminApi;
import org.relaysupervisor.admin.Commands.Outcome;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.SecretUnavailableException;
import org.relaysupervisor.config.Secrets;
import org.relaysupervisor.doctor.Doctor;
import org.relaysupervisor.doctor.Premises;
import org.relaysupervisor.heartbeat.Heartbeat;
import org.relaysupervisor.heartbeat.WebPing;
import org.relaysupervisor.http.HttpServer;
import org.relaysupervisor.log.DaemonLog;
import org.relaysupervisor.loop.ControlLoop;
import org.relaysupervisor.memory.ChildLimits;
import org.relaysupervisor.metering.Metering;
import org.relaysupervisor.metering.Programme;
import org.relaysupervisor.metrics.Metrics;
import org.relaysupervisor.metrics.MetricsPage;
import org.relaysupervisor.page.History;
import org.relaysupervisor.page.StationPage;
import org.relaysupervisor.process.CgroupTree;
import org.relaysupervisor.process.ChildLog;
import org.relaysupervisor.process.ChildRecords;
import org.relaysupervisor.process.DescriptorStore;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.Exit;
import org.relaysupervisor.process.LinuxProcesses;
import org.relaysupervisor.process.OutputSink;
import org.relaysupervisor.process.ProcFs;
import org.relaysupervisor.process.SecretMask;
import org.relaysupervisor.process.StateDirectory;
import org.relaysupervisor.programs.LiquidsoapProgram;
import org.relaysupervisor.programs.OnAirWatch;
import org.relaysupervisor.programs.StandbyEncoder;
import org.relaysupervisor.proxy.ProxySettings;
import org.relaysupervisor.recording.Recorder;
import org.relaysupervisor.shows.Show;
import org.relaysupervisor.shows.Shows;
import org.relaysupervisor.supervise.ChildSnapshot;
import org.relaysupervisor.supervise.ChildState;
import org.relaysupervisor.supervise.Supervisor;
import org.relaysupervisor.supervise.ThreadProbeRunner;

/**
 * The station: builds the long-lived objects and joins them. Read top to bottom it is the architecture diagram.
 *
 * <p>{@link #reload} and {@link #stop} belong to the control loop.
 */
final class Relay implements AutoCloseable {
    private static final Logger log = System.getLogger(Relay.class.getName());
    private static final Duration OBSERVE_EVERY = Duration.ofSeconds(1);
    private static final long GHOST_GRACE_MILLIS = 2_000;
    private static final int PROBE_THREADS = 6;
    /** One that waits for the answer, and those of the client, of which it needs more than one at times. */
    private static final int HEARTBEAT_THREADS = 4;

    private final ControlLoop loop;
    private final ServiceReport report;
    private final ChildLog childLog;
    private final Broadcast broadcast;
    private final LinuxProcesses processes;
    private final ThreadProbeRunner probes;
    private final Supervisor supervisor;
    private final StandbySupply standby;
    private final MaskedSecrets secrets;
    private final OnAirWatch onAir;
    private final ExecutorService calendarReader;
    private final Shows shows;
    private final Metering metering;
    private final StationArchive archive;
    private final StationHls hls;
    private final Containment containment;
    private final RecorderWatch recorder;
    private final StationDrills drills;
    private final ExecutorService heartbeatThreads;
    private final Heartbeat heartbeat;
    private final Lineups lineups;
    private final ActiveConfiguration configuration;
    private final StatusView status;
    private final Metrics metrics;
    private final History history = new History();
    private final HttpServer metricsServer;
    private final HttpServer controlServer;

    /**
     * Opens the ports and the control socket, and ends what an earlier daemon left running. Nothing plays before {@link #start}.
     *
     * @throws IOException when a port or the socket can't be had; the message says which, and what to do
     * @throws SecretUnavailableException when a password isn't where the configuration says
     */
    Relay(
            Path configFile,
            RelayConfig config,
            StateDirectory state,
            ControlLoop loop,
            DaemonLog daemonLog,
            ChildLog childLog,
            SecretMask mask,
            Map<String, String> environment,
            ServiceReport report,
            Optional<CgroupTree> cgroups,
            DescriptorStore descriptors)
            throws IOException, SecretUnavailableException {
        this.loop = loop;
        this.report = report;
        this.childLog = childLog;
        ProcFs procFs = new ProcFs(Path.of("/proc"));
        Executables executables = new Executables(Installation.searchPath(environment));
        secrets = new MaskedSecrets(new Secrets(state.secrets(), environment), mask);

        ChildRecords records = new ChildRecords(state.run(), procFs);
        Lane lane = LiquidsoapProgram.lane(records.lasting());
        broadcast = openBroadcast(config, Installation.logs(environment, state.logs()), records, descriptors);
        broadcast.lane(lane);
        processes = new LinuxProcesses(
                state.run(),
                this::childPrinted,
                procFs,
                records,
                cgroups,
                child -> OptionalLong.of(new ChildLimits(config()).backstop(child)));
        probes = new ThreadProbeRunner(PROBE_THREADS, new DaemonThreads("relay-probe"));
        supervisor = new Supervisor(
                loop,
                processes,
                probes,
                () -> ThreadLocalRandom.current().nextDouble(),
                childLog::lastLine,
                new Supervisor.Listener() {
                    @Override
                    public void spawned(String name, long pid) {
                        containment.started(name, pid);
                    }

                    @Override
                    public void adopted(String name, long pid) {
                        containment.adopted(name, pid);
                    }

                    @Override
                    public void exited(String name, long pid, Exit exit) {
                        containment.memory().ended(name);
                    }

                    @Override
                    public void changed(ChildSnapshot before, ChildSnapshot after) {
                        childChanged(before, after);
                    }
                });
        standby = new StandbySupply(
                loop,
                DaemonThreads.worker("relay-standby"),
                newest -> new StandbyEncoder(
                        newest,
                        Installation.shippedStandby(),
                        state.root().resolve("standby"),
                        executables,
                        processes,
                        () -> childLog.lastLine(StandbyEncoder.NAME)),
                broadcast::standby);
        onAir = new OnAirWatch(LiquidsoapProgram.socket(state.run()), loop, new DaemonThreads("relay-on-air"));
        metering = Metering.open(
                state.run(),
                loop,
                new DaemonThreads("relay-meter"),
                new MountFacts(broadcast::traffic, onAir::onAir, loop));
        calendarReader = DaemonThreads.worker("relay-calendar");
        shows = Shows.open(state.root(), loop, calendarReader, show -> metering.programme(show.map(Relay::programme)));
        archive = new StationArchive(
                config, state, secrets, loop, () -> shows.snapshot().current(), this::recordedBytes);
        hls = new StationHls(config, state, secrets, loop);
        recorder = new RecorderWatch(
                loop, supervisor, archive, this::newestRecorder, () -> childLog.lastLine(Recorder.NAME));
        containment = Containment.open(loop, cgroups, procFs, config, supervisor, shows, onAir, this::leaking);
        drills = new StationDrills(
                state,
                environment,
                cgroups,
                loop,
                supervisor,
                broadcast,
                archive,
                containment.memory(),
                shows,
                this::config);
        heartbeatThreads = DaemonThreads.atOnce("relay-heartbeat", HEARTBEAT_THREADS);
        heartbeat = new Heartbeat(loop, heartbeatThreads, new WebPing(heartbeatThreads));
        lineups = new Lineups(
                state, secrets, executables, procFs, loop, broadcast, metering, archive, hls, recorder::wasStopped);
        Replacement replacement = new Replacement(
                loop,
                supervisor,
                broadcast,
                containment.memory()::noRoomForSecond,
                lineups::specs,
                new Audition(broadcast::sample, onAir::onAir, executables));
        configuration = new ActiveConfiguration(
                configFile, lineups.lineup(config, lane), lineups, supervisor, replacement, loop, this::use);
        Set<String> inherited =
                processes.inherit(lineups.lasting(configuration.now().lineup()), GHOST_GRACE_MILLIS);
        // When one plays on, the listeners needn't wait for the answer: the warm-up asks.
        if (!inherited.contains(lane.named(LiquidsoapProgram.NAME))) {
            lineups.askLiquidsoap(config);
        }
        status = new StatusView(
                loop,
                supervisor,
                broadcast,
                onAir,
                metering,
                shows,
                archive::snapshot,
                hls::snapshot,
                containment.memory(),
                drills.drills()::snapshot,
                heartbeat::snapshot,
                childLog,
                daemonLog,
                configuration);
        metrics = new Metrics(status);
        metricsServer = MetricsPort.open(
                config.metrics().port(), new StationPage(status, history, new MetricsPage(metrics)), descriptors);
        descriptors.dropRest();
        controlServer = HttpServer.openUnix(
                "control",
                config.control().socket().orElseGet(() -> Installation.controlSocket(environment, state.root())),
                config.control().group(),
                new AdminApi(
                        status,
                        new OperatorCommands(
                                loop,
                                supervisor,
                                shows,
                                drills.drills(),
                                configuration::restart,
                                this::reload,
                                configuration::canary),
                        new KeptLogs(childLog),
                        archive,
                        doctor(procFs, executables)::examine));
    }

    /** A port of ours may be one that a child of an earlier daemon, with another configuration, has still. */
    private Broadcast openBroadcast(RelayConfig config, Path logs, ChildRecords records, DescriptorStore descriptors)
            throws IOException, SecretUnavailableException {
        ProxySettings settings = FrontSecrets.of(config, secrets).proxy(config);
        Path accessLog = logs.resolve("access.log");
        try {
            return Broadcast.open(config, settings, accessLog, loop, descriptors);
        } catch (IOException e) {
            if (records.killGhosts(GHOST_GRACE_MILLIS) == 0) {
                throw e;
            }
            return Broadcast.open(config, settings, accessLog, loop, descriptors);
        }
    }

    private Doctor doctor(ProcFs procFs, Executables executables) {
        Premises premises = new Premises(
                this::config, status, archive::spool, archive::store, hls::store, procFs, executables, loop);
        return new Doctor(premises, DaemonThreads.atOnce("relay-doctor", Premises.CHECKS), loop);
    }

    /** The one in force. Any thread. */
    RelayConfig config() {
        return configuration.now().config();
    }

    /** Whether there is what the station is for: a source that sends, or on an edge anything to hear. Any thread. */
    boolean isOnAir() {
        return status.get().mounts().stream()
                .anyMatch(mount -> mount.onAir() || (mount.primary().isPresent() && mount.onStandby()));
    }

    /** Starts the children, on the loop. */
    void start() {
        loop.post(() -> {
            archive.start();
            report.start(() ->
                    ServiceReport.summary(status.get(), config().mainMount().path()));
            containment.memory().start();
            // Before the decoders, which on an edge wait for no other child.
            metering.use(config());
            lineups.specs(configuration.now().lineup()).forEach(supervisor::add);
            supervisor.startAll();
            standby.use(config());
            shows.use(config(), secrets.calendarAddress(config()));
            heartbeat.use(config().heartbeat(), secrets.heartbeatAddress(config()));
            drills.drills().start();
            // What a child's first death and the first scrape need is loaded while Liquidsoap takes its seconds to
            // start.
            loop.after(
                    Duration.ofSeconds(1),
                    () -> new DaemonThreads("relay-warm-up")
                            .newThread(this::warmUp)
                            .start());
        });
        loop.every(OBSERVE_EVERY, this::observe);
    }

    private void warmUp() {
        lineups.askLiquidsoap(config());
        processes.warmUp();
        metrics.scrape();
    }

    private void observe() {
        hls.observe();
        broadcast.observe();
        RelayConfig config = config();
        recorder.observe();
        String recorded = config.recording().mount();
        archive.observe(
                Optional.ofNullable(broadcast.traffic().mounts().get(recorded)),
                Optional.ofNullable(metering.snapshot().get(recorded)));
        // An edge has nothing to start that would need the processor more.
        standby.observe(config.isEdge() || broadcast.sends(config.mainMount().path()));
        history.observe(status.get());
    }

    private Optional<Recorder> newestRecorder() {
        return configuration.now().lineup().recorder();
    }

    private long recordedBytes() {
        return configuration.now().lineup().recording().bytes();
    }

    private void childChanged(ChildSnapshot before, ChildSnapshot after) {
        broadcast.childChanged(before, after, supervisor.snapshot());
        if (after.name().equals(Recorder.NAME)) {
            recorder.changed(before, after);
        }
        if (before.state() != after.state()) {
            Level level = after.state() == ChildState.BACKOFF || after.state() == ChildState.FAILED
                    ? Level.WARNING
                    : Level.INFO;
            String note = after.note().isEmpty() ? "" : ": " + after.note();
            log.log(level, after.name() + " is " + after.state().label() + note);
        }
    }

    /** Reads the configuration again, see {@link ActiveConfiguration#reload}. On the loop. */
    Outcome reload() {
        Outcome outcome = report.reloading(configuration::reload);
        return outcome.done() ? new Outcome(true, outcome.message() + containment.warnings()) : outcome;
    }

    private void leaking(String child, String why) {
        configuration.restartLeaking(child, why);
    }

    /** What a show changes of how audio is measured and judged. */
    private static Programme programme(Show show) {
        return new Programme(
                show.origin().label() + ' ' + show.start() + ' ' + show.name(), show.profile(), show.expected());
    }

    /** Any thread. */
    private void childPrinted(String process, OutputSink.Stream stream, String line) {
        String child = Lane.child(process);
        childLog.line(child, stream, line);
        if (child.equals(LiquidsoapProgram.NAME)) {
            onAir.heard(line);
        }
    }

    /** A newer configuration; its children are told afterwards. On the loop. */
    private void use(RelayConfig config) {
        containment.memory().use(config);
        metering.use(config);
        shows.use(config, secrets.calendarAddress(config));
        heartbeat.use(config.heartbeat(), secrets.heartbeatAddress(config));
        archive.use(config);
        hls.use(config);
        broadcast.use(config, configuration.now().lineup().proxy());
        standby.use(config);
    }

    /** Stops every child in order, and then calls back; the second call kills what still lives. On the loop. */
    void stop(Runnable whenStopped) {
        prepareEnd();
        supervisor.stopAll(whenStopped);
    }

    /** Stops what can't outlive this daemon, and then calls back: what can goes on, for the next. On the loop. */
    void handOver(Runnable whenReady) {
        prepareEnd();
        supervisor.handOver(whenReady);
    }

    private void prepareEnd() {
        report.stopping();
        configuration.freeze();
        drills.drills().stop();
        standby.stop();
    }

    /** Closes everything but the children, which must have been stopped, or go on. */
    @Override
    public void close() throws IOException {
        controlServer.close();
        metricsServer.close();
        drills.close();
        heartbeatThreads.shutdownNow();
        probes.close();
        shows.close();
        calendarReader.shutdownNow();
        metering.close();
        onAir.close();
        hls.close();
        archive.close();
        broadcast.close();
        processes.close();
        containment.close();
    }
}
