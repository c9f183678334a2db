package org.relaysupervisor;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.drill.Children;
import org.relaysupervisor.drill.Drills;
import org.relaysupervisor.drill.Precautions;
import org.relaysupervisor.drill.StationFaults;
import org.relaysupervisor.drill.Trace;
import org.relaysupervisor.loop.Loop;
import org.relaysupervisor.memory.MemoryWatch;
import org.relaysupervisor.process.CgroupTree;
import org.relaysupervisor.process.OwnProcess;
import org.relaysupervisor.process.Processes.Signal;
import org.relaysupervisor.process.StateDirectory;
import org.relaysupervisor.programs.DrillSwitches;
import org.relaysupervisor.programs.LiquidsoapProgram;
import org.relaysupervisor.shows.Shows;
import org.relaysupervisor.supervise.ChildSnapshot;
import org.relaysupervisor.supervise.Supervisor;

/** The drills of this station: joined to all that they break. */
final class StationDrills implements Children, StationFaults.Station, AutoCloseable {
    private static final Logger log = System.getLogger(StationDrills.class.getName());

    /** Enough for an answer to leave. */
    private static final Duration LAST_WORD = Duration.ofMillis(300);

    private final Optional<CgroupTree> cgroups;
    private final Loop loop;
    private final Supervisor supervisor;
    private final Broadcast broadcast;
    private final StationArchive archive;
    private final MemoryWatch memory;
    private final DrillSwitches programme;
    private final Supplier<RelayConfig> config;
    private final boolean startedAgain;
    private final boolean watched;
    private final ExecutorService worker = DaemonThreads.worker("relay-drill");
    private final Drills drills;

    StationDrills(
            StateDirectory state,
            Map<String, String> environment,
            Optional<CgroupTree> cgroups,
            Loop loop,
            Supervisor supervisor,
            Broadcast broadcast,
            StationArchive archive,
            MemoryWatch memory,
            Shows shows,
            Supplier<RelayConfig> config) {
        this.cgroups = cgroups;
        this.loop = loop;
        this.supervisor = supervisor;
        this.broadcast = broadcast;
        this.archive = archive;
        this.memory = memory;
        this.config = config;
        // Set by systemd, from 248 on. Others that it sets are inherited by whatever is started from a shell.
        startedAgain = Long.toString(ProcessHandle.current().pid()).equals(environment.get("SYSTEMD_EXEC_PID"));
        watched = startedAgain && environment.containsKey("WATCHDOG_USEC");
        programme = new DrillSwitches(LiquidsoapProgram.socket(state.run()));
        drills = new Drills(
                loop,
                worker,
                new StationFaults(
                        this,
                        () -> supervisor.snapshot().stream()
                                .map(ChildSnapshot::name)
                                .toList(),
                        LiquidsoapProgram.NAME,
                        cgroups,
                        this),
                new Precautions(loop, shows::snapshot, broadcast::listeners),
                new Trace(state.root().resolve("drill")),
                new SecureRandom());
    }

    Drills drills() {
        return drills;
    }

    // Children

    @Override
    public Optional<ChildSnapshot> child(String name) {
        return supervisor.snapshot().stream()
                .filter(child -> child.name().equals(name))
                .findFirst();
    }

    @Override
    public void signal(String name, Signal signal) throws IOException {
        order(() -> supervisor.drill(name, signal, "by a drill"));
    }

    @Override
    public void release(String name) throws IOException {
        order(() -> supervisor.endDrill(name));
    }

    @Override
    public void stallSuccessors(String name, boolean on) throws IOException {
        order(() -> supervisor.drillSuccessors(name, on));
    }

    @Override
    public void stop(String name) throws IOException {
        order(() -> supervisor.stop(name, () -> {}));
    }

    @Override
    public void start(String name) throws IOException {
        order(() -> supervisor.start(name));
    }

    /** On the loop. What a reload or the daemon's end has overtaken is no failure of the drill. */
    private void order(Runnable order) throws IOException {
        try {
            loop.post(() -> {
                try {
                    order.run();
                } catch (IllegalArgumentException | IllegalStateException overtaken) {
                    log.log(Level.INFO, "drill: {0}", overtaken.getMessage());
                }
            });
        } catch (RejectedExecutionException e) {
            throw new IOException("the control loop is full", e);
        }
    }

    // What is around them

    @Override
    public void silence(boolean on) throws IOException {
        programme.silence(on);
    }

    @Override
    public void deadChannel(boolean on) throws IOException {
        programme.deadChannel(on);
    }

    @Override
    public Optional<Path> storeDirectory() {
        return archive.storeDirectory();
    }

    @Override
    public void storeKeys(boolean right) throws IOException {
        order(() -> archive.useKeys(right));
    }

    @Override
    public Path spool() {
        return archive.spool();
    }

    @Override
    public void listenerPort(boolean open) throws IOException {
        broadcast.listenerPort(open);
    }

    @Override
    public boolean isEdge() {
        return config.get().isEdge();
    }

    @Override
    public void primary(boolean reachable) {
        broadcast.primary(reachable);
    }

    @Override
    public Optional<String> noReplacement() {
        return Replacement.unfed(config.get(), broadcast)
                .or(() -> memory.noRoomForSecond(LiquidsoapProgram.NAME))
                .map(reason -> "a second liquidsoap can't be tried beside the first: " + reason);
    }

    @Override
    public void usualLimits() throws IOException {
        order(() -> memory.use(config.get()));
    }

    @Override
    public boolean isStartedAgain() {
        return startedAgain;
    }

    @Override
    public boolean isWatched() {
        return watched;
    }

    @Override
    public void signalDaemon(Signal signal) {
        inAMoment(() -> OwnProcess.signal(signal));
    }

    @Override
    public void starveDaemon() {
        inAMoment(() -> cgroups.orElseThrow().daemon().starve());
    }

    @Override
    public void feedDaemon() throws IOException {
        if (cgroups.isPresent()) {
            cgroups.get().daemon().unlimit();
        }
    }

    private interface End {
        void come() throws IOException;
    }

    private void inAMoment(End end) {
        loop.after(LAST_WORD, () -> {
            try {
                end.come();
            } catch (IOException e) {
                log.log(Level.ERROR, "the daemon goes on: " + e.getMessage());
            }
        });
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }
}
