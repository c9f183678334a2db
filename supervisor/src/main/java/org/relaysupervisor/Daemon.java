package org.relaysupervisor;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.relaysupervisor.admin.Signals;
import org.relaysupervisor.config.ConfigReader;
import org.relaysupervisor.config.InvalidConfigException;
import org.relaysupervisor.config.Problem;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.log.DaemonLog;
import org.relaysupervisor.loop.ControlLoop;
import org.relaysupervisor.memory.ChildLimits;
import org.relaysupervisor.process.CgroupTree;
import org.relaysupervisor.process.ChildLog;
import org.relaysupervisor.process.DescriptorStore;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.SecretMask;
import org.relaysupervisor.process.ServiceNotifier;
import org.relaysupervisor.process.StateDirectory;
import org.relaysupervisor.process.SystemdJob;

/** One life of the daemon, from its start to its end; runs on the main thread. */
final class Daemon {
    private static final Logger log = System.getLogger(Daemon.class.getName());

    private Daemon() {}

    /**
     * Runs until a signal ends it.
     *
     * @return the exit code: 0 after a stop that was asked for, 1 when it could not start
     */
    static int run(Path configFile, Path stateDirectory, PrintStream out, PrintStream err) {
        try {
            refuseRoot();
            ConfigReader.Loaded loaded = ConfigReader.read(configFile);
            loaded.warnings().forEach(err::println);
            try (StateDirectory state = StateDirectory.open(stateDirectory)) {
                return run(configFile, loaded, state, out);
            }
        } catch (InvalidConfigException e) {
            e.problems().stream().map(Problem::toString).forEach(err::println);
            return 1;
        } catch (IOException e) {
            err.println("relay-supervisor: " + e.getMessage());
            return 1;
        }
    }

    /** Children inherit our user, and Icecast and Liquidsoap refuse to be root for good reasons. */
    private static void refuseRoot() throws IOException {
        if (Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
            throw new IOException("don't run this as root: the programs it starts would be root as well."
                    + " Use its systemd unit, quickstart, or: setpriv --reuid=USER --regid=GROUP --init-groups ...");
        }
    }

    private static int run(Path configFile, ConfigReader.Loaded loaded, StateDirectory state, PrintStream out)
            throws IOException {
        SecretMask mask = new SecretMask();
        boolean journal = DaemonLog.standardErrorIsJournal(System.getenv("JOURNAL_STREAM"));
        try (DaemonLog daemonLog = DaemonLog.install(new FileOutputStream(FileDescriptor.err), journal);
                ControlLoop loop = new ControlLoop();
                ServiceNotifier notifier = ServiceNotifier.of(
                        System.getenv(), ProcessHandle.current().pid())) {
            ChildLog childLog = new ChildLog(loop, mask);
            daemonLog.mask(mask);
            daemonLog.listener(childLog::daemonLine);
            loop.start();
            log.log(Level.INFO, "relay-supervisor " + Version.current() + " starts, state in " + state.root());
            ServiceReport report = new ServiceReport(loop, notifier);
            report.starting();
            DescriptorStore descriptors = DescriptorStore.open(
                    System.getenv(), ProcessHandle.current().pid(), notifier);
            Optional<CgroupTree> cgroups = cgroups(loaded.config());
            try (Relay relay = new Relay(
                    configFile,
                    loaded.config(),
                    state,
                    loop,
                    daemonLog,
                    childLog,
                    mask,
                    System.getenv(),
                    report,
                    cgroups,
                    descriptors)) {
                CountDownLatch stopped = new CountDownLatch(1);
                handleSignals(loop, relay, stopped, () -> isRestarted(cgroups));
                relay.start();
                OnAirAnnouncement.arm(loop, relay, state, out, report::serving);
                stopped.await();
                log.log(Level.INFO, "stopped");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return 0;
    }

    private static Optional<CgroupTree> cgroups(RelayConfig config) {
        try {
            CgroupTree tree =
                    CgroupTree.open(Path.of("/proc"), ProcessHandle.current().pid(), new ChildLimits(config)::of);
            log.log(Level.INFO, "each child gets a cgroup of its own, in " + tree.root());
            return Optional.of(tree);
        } catch (IOException e) {
            log.log(
                    Level.WARNING,
                    "the kernel does not enforce the children's memory limits; the daemon looks every other second"
                            + " instead, and kills what is above: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Without the groups that only its unit gives it, it is not systemd who ends this daemon. */
    private static boolean isRestarted(Optional<CgroupTree> cgroups) {
        return cgroups.filter(tree ->
                        SystemdJob.isRestart(tree.root(), new Executables(Installation.searchPath(System.getenv()))))
                .isPresent();
    }

    /** TERM and INT stop, the second one at once; a TERM before a restart by systemd leaves what can go on; HUP reloads. */
    private static void handleSignals(
            ControlLoop loop, Relay relay, CountDownLatch stopped, BooleanSupplier isRestarted) {
        Runnable stop = () -> {
            log.log(Level.INFO, "stopping");
            relay.stop(stopped::countDown);
        };
        Runnable handOver = () -> {
            log.log(Level.INFO, "handing over to the daemon that comes");
            relay.handOver(stopped::countDown);
        };
        Signals.handle("TERM", () -> post(loop, isRestarted.getAsBoolean() ? handOver : stop));
        Signals.handle("INT", () -> post(loop, stop));
        Signals.handle("HUP", () -> post(loop, relay::reload));
    }

    private static void post(ControlLoop loop, Runnable task) {
        try {
            loop.post(task);
        } catch (RejectedExecutionException e) {
            log.log(Level.WARNING, "a signal was not acted on: " + e.getMessage());
        }
    }
}
