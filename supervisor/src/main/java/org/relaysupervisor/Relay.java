package org.relaysupervisor;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.relaysupervisor.admin.AdminApi;
import org.relaysupervisor.admin.Commands;
import org.relaysupervisor.config.ConfigReader;
import org.relaysupervisor.config.InvalidConfigException;
import org.relaysupervisor.config.Problem;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.config.SecretUnavailableException;
import org.relaysupervisor.config.Secrets;
import org.relaysupervisor.http.HttpServer;
import org.relaysupervisor.log.DaemonLog;
import org.relaysupervisor.loop.ControlLoop;
import org.relaysupervisor.metrics.Metrics;
import org.relaysupervisor.metrics.MetricsPage;
import org.relaysupervisor.process.ChildLog;
import org.relaysupervisor.process.ChildRecords;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.LinuxProcesses;
import org.relaysupervisor.process.ProcFs;
import org.relaysupervisor.process.SecretMask;
import org.relaysupervisor.process.StateDirectory;
import org.relaysupervisor.programs.IcecastProgram;
import org.relaysupervisor.programs.LiquidsoapProgram;
import org.relaysupervisor.programs.StandbyEncoder;
import org.relaysupervisor.proxy.Proxy;
import org.relaysupervisor.proxy.ProxySettings;
import org.relaysupervisor.proxy.ProxySnapshot;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.proxy.ProxySnapshot.FeedTraffic;
import org.relaysupervisor.proxy.RotatingAccessLog;
import org.relaysupervisor.recording.Recorder;
import org.relaysupervisor.recording.RecordingSnapshot;
import org.relaysupervisor.status.RelaySnapshot;
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
    private static final long ACCESS_LOG_BYTES = 10L << 20;
    private static final int ACCESS_LOGS_KEPT = 3;
    private static final int PROBE_THREADS = 6;

    private final Path configFile;
    private final StateDirectory state;
    private final ControlLoop loop;
    private final SecretMask mask;
    private final ProcFs procFs = new ProcFs(Path.of("/proc"));
    private final Executables executables;
    private final Secrets secrets;
    private final IcecastWatch watch;
    private final MountRates rates;
    private final BridgeTimes bridges;
    private final RotatingAccessLog accessLog;
    private final Proxy proxy;
    private final LinuxProcesses processes;
    private final ThreadProbeRunner probes;
    private final Supervisor supervisor;
    private final StandbySupply standby;
    private final StatusView status;
    private final Metrics metrics;
    private final HttpServer metricsServer;
    private final HttpServer controlServer;

    // Written on the loop.
    private volatile Lineup lineup;
    private volatile StatusView.Configured configured;
    private boolean stopping;
    /** Those of earlier configurations too: a child may still have one, and print it. */
    private final Set<Secret> everUsed = new HashSet<>();

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
            Map<String, String> environment)
            throws IOException, SecretUnavailableException {
        this.configFile = configFile;
        this.state = state;
        this.loop = loop;
        this.mask = mask;
        executables = new Executables(Installation.searchPath(environment));
        secrets = new Secrets(state.secrets(), environment);
        watch = new IcecastWatch(loop);
        rates = new MountRates(loop);
        bridges = new BridgeTimes(loop);
        ThreadFactory threads = Relay::daemonThread;

        ChildRecords records = new ChildRecords(state.run(), procFs);
        records.killGhosts(GHOST_GRACE_MILLIS);
        accessLog = new RotatingAccessLog(
                state.logs().resolve("access.log"),
                ACCESS_LOG_BYTES,
                ACCESS_LOGS_KEPT,
                task -> named(threads.newThread(task), "relay-access-log"));
        proxy = Proxy.open(ProxySettings.of(config), loop, accessLog);
        processes = new LinuxProcesses(state.run(), childLog, procFs, records);
        probes = new ThreadProbeRunner(PROBE_THREADS, task -> named(threads.newThread(task), "relay-probe"));
        supervisor = new Supervisor(
                loop,
                processes,
                probes,
                () -> ThreadLocalRandom.current().nextDouble(),
                childLog::lastLine,
                new Supervisor.Listener() {
                    @Override
                    public void changed(ChildSnapshot before, ChildSnapshot after) {
                        childChanged(before, after);
                    }
                });
        standby = new StandbySupply(
                loop,
                StandbySupply.worker(task -> named(threads.newThread(task), "relay-standby")),
                configuration -> new StandbyEncoder(
                        configuration,
                        Installation.shippedStandby(),
                        state.root().resolve("standby"),
                        executables,
                        processes,
                        () -> childLog.lastLine(StandbyEncoder.NAME)),
                proxy::standby);
        lineup = lineup(config);
        configured = new StatusView.Configured(config, 1, true, Optional.empty(), this::recording);
        status = new StatusView(
                loop, supervisor, proxy, watch, rates, bridges, procFs, childLog, daemonLog, () -> configured);
        metrics = new Metrics(status);
        metricsServer = HttpServer.open(
                "metrics", new InetSocketAddress("127.0.0.1", config.metrics().port()), new MetricsPage(metrics));
        controlServer = HttpServer.openUnix(
                "control",
                config.control().socket().orElse(state.root().resolve("control.sock")),
                config.control().group(),
                new AdminApi(status, new OperatorCommands(loop, supervisor, this::reload), new KeptLogs(childLog)));
    }

    private static Thread daemonThread(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    }

    private static Thread named(Thread thread, String name) {
        thread.setName(name);
        return thread;
    }

    RelayConfig config() {
        return lineup.config();
    }

    /** Whether the main mount has a source that sends. Any thread. */
    boolean isOnAir() {
        return status.get().mounts().stream().anyMatch(RelaySnapshot.Mount::onAir);
    }

    /** The children for a configuration, with its passwords fetched. Every password is masked in the logs from here on. */
    private Lineup lineup(RelayConfig config) throws SecretUnavailableException {
        Passwords passwords = Passwords.of(config, secrets);
        everUsed.addAll(passwords.all());
        mask.secrets(everUsed);
        IcecastProgram icecast = new IcecastProgram(
                config, passwords.source(), passwords.admin(), state.run(), executables, procFs::listens);
        LiquidsoapProgram liquidsoap = new LiquidsoapProgram(
                config,
                passwords.source(),
                passwords.djs(),
                state.run(),
                state.root().resolve("liquidsoap"),
                Installation.shippedStandby(),
                executables,
                new LiquidsoapProgram.Observed(
                        () -> watch.ask(icecast),
                        mount -> proxy.snapshot().sourceConnected(mount),
                        () -> proxy.snapshot().sourceBytes(),
                        () -> watch.answersPromptly()
                                || proxy.snapshot().feeds(config.mainMount().path())));
        Optional<Recorder> recorder = config.recording().enabled()
                ? Optional.of(new Recorder(
                        config,
                        config.store().directory().orElse(state.recordings()),
                        executables,
                        loop,
                        () -> recordable(config.recording().mount())))
                : Optional.empty();
        return new Lineup(config, icecast, liquidsoap, recorder);
    }

    /** Whether the mount has a source, and nothing is between it and the recorder that may be silent itself. */
    private boolean recordable(String mount) {
        ProxySnapshot traffic = proxy.snapshot();
        return traffic.feeds(mount) || (watch.answersPromptly() && traffic.sourceConnected(mount));
    }

    private RecordingSnapshot recording() {
        Lineup now = lineup;
        return now.recorder()
                .map(Recorder::snapshot)
                .orElseGet(() -> new RecordingSnapshot(
                        false, now.config().recording().mount(), false, 0, 0, Optional.empty(), Optional.empty()));
    }

    /** Starts the children, on the loop. */
    void start() {
        loop.post(() -> {
            lineup.specs(watch, procFs).forEach(supervisor::add);
            supervisor.startAll();
            standby.use(lineup.config());
            // What a child's first death and the first scrape need is loaded while Liquidsoap takes its seconds to
            // start.
            loop.after(
                    Duration.ofSeconds(1),
                    () -> named(daemonThread(this::warmUp), "relay-warm-up").start());
        });
        loop.every(OBSERVE_EVERY, this::observe);
    }

    private void warmUp() {
        processes.warmUp();
        metrics.scrape();
    }

    private void observe() {
        ProxySnapshot traffic = proxy.snapshot();
        Map<String, Long> bytes = new HashMap<>();
        Map<String, Set<Bridge>> active = new HashMap<>();
        traffic.mounts().forEach((mount, of) -> {
            bytes.put(mount, of.sourceBytes());
            active.put(mount, of.feed().map(FeedTraffic::bridges).orElse(Set.of()));
        });
        rates.sample(bytes);
        bridges.sample(active);
        lineup.recorder().ifPresent(Recorder::observe);
        String main = lineup.config().mainMount().path();
        standby.observe(traffic.sourceConnected(main) && rates.bytesPerSecond(main) > 0);
    }

    /** Only an Icecast that is up may be connected to: at its start a connection can crash it, see the probe. */
    private void childChanged(ChildSnapshot before, ChildSnapshot after) {
        if (before.wanted() != after.wanted() && !after.name().equals(Recorder.NAME)) {
            // Told before it is asked to end, so that an end by an operator's wish isn't bridged.
            proxy.streamWanted(wanted(IcecastProgram.NAME, after) && wanted(LiquidsoapProgram.NAME, after));
        }
        if (before.state() != after.state()) {
            Level level = after.state() == ChildState.BACKOFF || after.state() == ChildState.FAILED
                    ? Level.WARNING
                    : Level.INFO;
            String note = after.note().isEmpty() ? "" : ": " + after.note();
            log.log(level, after.name() + " is " + after.state().label() + note);
            if (after.name().equals(IcecastProgram.NAME)) {
                boolean up = after.state() == ChildState.UP;
                proxy.icecastAvailable(up);
                if (!up) {
                    watch.forget();
                }
            }
        }
    }

    private boolean wanted(String name, ChildSnapshot changed) {
        return changed.name().equals(name)
                ? changed.wanted()
                : supervisor.snapshot().stream()
                        .filter(child -> child.name().equals(name))
                        .allMatch(ChildSnapshot::wanted);
    }

    /** Reads the configuration again. Either it is taken as a whole, or nothing changes and every problem is told. */
    Commands.Outcome reload() {
        try {
            ConfigReader.Loaded loaded = ConfigReader.read(configFile);
            Lineup before = lineup;
            RelayConfig config = Reconfiguration.effective(before.config(), loaded.config());
            Lineup after = lineup(config);
            Reconfiguration plan =
                    Reconfiguration.between(before.config(), before.given(), loaded.config(), after.given());
            refuseWhileStopping(plan);
            apply(before, after, plan);
            noteReload(true);
            return new Commands.Outcome(true, plan.describe() + warnings(loaded.warnings()));
        } catch (InvalidConfigException | IOException e) {
            noteReload(false);
            log.log(Level.WARNING, "the configuration was not reloaded, and nothing was changed:\n" + e.getMessage());
            return new Commands.Outcome(false, "nothing was changed:\n" + e.getMessage());
        }
    }

    private void refuseWhileStopping(Reconfiguration plan) throws IOException {
        if (stopping) {
            throw new IOException("the daemon is being stopped");
        }
        for (ChildSnapshot child : supervisor.snapshot()) {
            if (plan.added().contains(child.name())) {
                throw new IOException(child.name() + " is still being stopped: reload again in a moment");
            }
        }
    }

    private static String warnings(List<Problem> warnings) {
        return warnings.stream().map(warning -> "\n" + warning).collect(Collectors.joining());
    }

    private void noteReload(boolean succeeded) {
        StatusView.Configured before = configured;
        Instant now = loop.now();
        configured = new StatusView.Configured(
                lineup.config(),
                before.generation() + (succeeded ? 1 : 0),
                succeeded,
                Optional.of(now),
                this::recording);
    }

    private void apply(Lineup before, Lineup after, Reconfiguration plan) {
        if (!plan.kept().contains(Recorder.NAME)) {
            RecordingSnapshot earlier = recording();
            after.recorder().ifPresent(recorder -> recorder.countOnFrom(earlier));
        }
        Lineup merged = new Lineup(
                after.config(),
                after.icecast(),
                after.liquidsoap(),
                plan.kept().contains(Recorder.NAME) ? before.recorder() : after.recorder());
        lineup = merged;
        proxy.reconfigure(ProxySettings.of(after.config()));
        standby.use(after.config());
        plan.removed().forEach(name -> supervisor.remove(name, () -> {}));
        merged.specs(watch, procFs).forEach(spec -> {
            if (plan.added().contains(spec.name())) {
                supervisor.add(spec);
                supervisor.start(spec.name());
            } else {
                supervisor.replace(spec, plan.restarted().contains(spec.name()));
            }
        });
        log.log(Level.INFO, "the configuration was reloaded: " + plan.describe());
    }

    /** Stops every child in order, and then calls back; the second call kills what still lives. On the loop. */
    void stop(Runnable whenStopped) {
        stopping = true;
        standby.stop();
        supervisor.stopAll(whenStopped);
    }

    /** Closes everything but the children, which must have been stopped. */
    @Override
    public void close() throws IOException {
        controlServer.close();
        metricsServer.close();
        probes.close();
        proxy.close();
        accessLog.close();
        processes.close();
    }
}
