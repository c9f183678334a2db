package org.relaysupervisor.process;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.relaysupervisor.process.ChildRecords.Ghost;

/**
 * Child processes on Linux. Each is the leader of a session and process group of its own; each has a thread
 * {@code relay-child-NAME} that waits for its end, kills what is left of its group, reaps it and reports. Their output is read by
 * two more threads per child name. Safe from any thread.
 */
public final class LinuxProcesses implements Processes, AutoCloseable {
    private static final Logger log = System.getLogger(LinuxProcesses.class.getName());

    /** How long an exit's report may wait for the child's last words, and for its orphans to be gone. */
    private static final long LAST_WORDS_MILLIS = 50;

    private static final long ORPHANS_MILLIS = 250;

    private final Path directory;
    private final OutputSink sink;
    private final ProcFs procFs;
    private final ChildRecords records;
    private final Optional<CgroupTree> cgroups;
    private final Function<String, OptionalLong> dataLimits;

    /** Guards the map; held for the making of a FIFO at the longest. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<String, Output> outputs = new TreeMap<>();

    private final Inheritance inheritance;

    private record Output(OutputPipe out, OutputPipe err) {}

    /** Without limits. */
    public LinuxProcesses(Path directory, OutputSink sink, ProcFs procFs, ChildRecords records) throws IOException {
        this(directory, sink, procFs, records, Optional.empty(), name -> OptionalLong.empty());
    }

    /**
     * @param directory where the FIFOs are made: {@code NAME.out} and {@code NAME.err}; writable by the daemon's user alone
     * @param records told of each process that lives
     * @param cgroups where each child gets a group of its own
     * @param dataLimits for a child without one, by its name: bytes of private writable memory (RLIMIT_DATA)
     * @throws IOException when the native libraries can't be loaded; the message says what to do
     */
    public LinuxProcesses(
            Path directory,
            OutputSink sink,
            ProcFs procFs,
            ChildRecords records,
            Optional<CgroupTree> cgroups,
            Function<String, OptionalLong> dataLimits)
            throws IOException {
        this.directory = directory;
        this.sink = sink;
        this.procFs = procFs;
        this.records = records;
        this.cgroups = cgroups;
        this.dataLimits = dataLimits;
        this.inheritance = new Inheritance(records, cgroups);
        try {
            // Were SIGCHLD ignored, as a careless parent may leave it, the kernel would reap children behind our back.
            LibC.signal(LibC.SIGCHLD, Pointer.NULL);
        } catch (LinkageError e) {
            throw new IOException(
                    "the native library can't be loaded (glibc 2.34 or later is needed, and room in the directory "
                            + System.getProperty("jna.tmpdir", System.getProperty("java.io.tmpdir"))
                            + ", which must not be mounted noexec): " + e.getMessage(),
                    e);
        }
    }

    /** Loads what only a later exit will need: the table of signal names. Worth calling once the children are started. */
    public void warmUp() {
        SignalNames.of(LibC.SIGKILL);
    }

    @Override
    public Child spawn(ProcessSpec spec, Consumer<Exit> onExit) throws IOException {
        Output output = output(spec.name());
        Confinement confinement = new Confinement(group(spec.name()));
        int pid = Spawner.spawn(
                spec, output.out.path(), output.err.path(), confinement.group(), dataLimits.apply(spec.name()));
        LinuxChild child = new LinuxChild(pid, spec.name(), output, confinement, onExit);
        try {
            records.write(spec.name(), child.pid, spec.lasting());
            child.start();
        } catch (Error noThread) {
            child.discard();
            throw new IOException(spec.name() + " could not be started: no thread to watch it with", noThread);
        }
        return child;
    }

    /**
     * Decides what becomes of the processes that an earlier daemon left, see {@link Inheritance}. Before anything is spawned.
     *
     * @param wanted by name
     * @param graceMillis for what might have gone on, but was given something else
     * @return the names of what goes on
     */
    public Set<String> inherit(Map<String, Fingerprint> wanted, long graceMillis) {
        return inheritance.sort(wanted, graceMillis);
    }

    @Override
    public Optional<Child> adopt(String name, Fingerprint given, Consumer<Exit> onExit) {
        Optional<Ghost> left = inheritance.take(name, given);
        if (left.isEmpty()) {
            return Optional.empty();
        }
        Ghost ghost = left.get();
        Ghosts ghosts = new Ghosts(procFs);
        Optional<PidFd> leader = ghosts.open(ghost);
        if (leader.isEmpty()) {
            return Optional.empty();
        }
        try {
            Output output = output(name);
            // With the limits of this daemon, which may be others.
            Confinement confinement = new Confinement(group(name));
            AdoptedChild child = new AdoptedChild(
                    ghost,
                    leader.get(),
                    procFs.age(ghost.pid()),
                    confinement,
                    ghosts,
                    newest -> records.write(name, ghost.pid(), newest),
                    exit -> ended(name, output, confinement, exit, onExit));
            child.start();
            log.log(Level.INFO, "{0} (pid {1}) of an earlier daemon goes on", name, Long.toString(ghost.pid()));
            return Optional.of(child);
        } catch (IOException e) {
            log.log(Level.WARNING, name + " of an earlier daemon is ended, as it can't be heard: " + e);
            leader.get().close();
            records.end(List.of(ghost), 0);
            return Optional.empty();
        }
    }

    private void ended(String name, Output output, Confinement confinement, Exit exit, Consumer<Exit> onExit) {
        confinement.remove(ORPHANS_MILLIS);
        output.out.flush(LAST_WORDS_MILLIS);
        output.err.flush(LAST_WORDS_MILLIS);
        records.remove(name);
        try {
            onExit.accept(exit);
        } catch (RuntimeException e) {
            log.log(Level.ERROR, "the end of " + name + " (" + exit.describe() + ") could not be reported", e);
        }
    }

    /** A child that can't be limited is started even so: the audio comes first. */
    private Optional<Cgroup> group(String name) {
        if (cgroups.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(cgroups.get().prepare(name));
        } catch (IOException e) {
            log.log(Level.ERROR, name + " is started without limits, for its cgroup can't be had: " + e);
            return Optional.empty();
        }
    }

    private Output output(String name) throws IOException {
        lock.lock();
        try {
            Output output = outputs.get(name);
            if (output == null) {
                OutputPipe out = new OutputPipe(directory.resolve(name + ".out"), name, OutputSink.Stream.OUT, sink);
                try {
                    output = new Output(
                            out, new OutputPipe(directory.resolve(name + ".err"), name, OutputSink.Stream.ERR, sink));
                } catch (IOException e) {
                    out.close();
                    throw e;
                }
                outputs.put(name, output);
            }
            return output;
        } finally {
            lock.unlock();
        }
    }

    /** How many lines of output were cut because they were too long. */
    public long cutLines() {
        lock.lock();
        try {
            return outputs.values().stream()
                    .mapToLong(output -> output.out.cut() + output.err.cut())
                    .sum();
        } finally {
            lock.unlock();
        }
    }

    /** Stops reading what the children print. Ends no child, but what an earlier daemon left and nobody wanted. */
    @Override
    public void close() throws IOException {
        inheritance.endAll();
        lock.lock();
        try {
            for (Output output : outputs.values()) {
                output.out.close();
                output.err.close();
            }
            outputs.clear();
        } finally {
            lock.unlock();
        }
    }

    private final class LinuxChild implements Child {
        private final int pid;
        private final String name;
        private final Output output;
        private final Confinement confinement;
        private final Consumer<Exit> onExit;

        /** Held around each signal and around the reaping, after which the number may belong to somebody else. */
        private final ReentrantLock reaping = new ReentrantLock();

        private boolean reaped;
        /** Whether a KILL was ours. */
        private boolean killed;
        /** Whether it then was at its limit, where the kernel slows it down until it seems to hang. */
        private boolean starved;

        LinuxChild(int pid, String name, Output output, Confinement confinement, Consumer<Exit> onExit) {
            this.pid = pid;
            this.name = name;
            this.output = output;
            this.confinement = confinement;
            this.onExit = onExit;
        }

        void start() {
            Thread waiter = new Thread(this::watch, "relay-child-" + name);
            waiter.setDaemon(true);
            waiter.start();
        }

        @Override
        public long pid() {
            return pid;
        }

        @Override
        public void signal(Signal signal) {
            signalGroup(signal.number());
        }

        @Override
        public void lasting(Optional<Fingerprint> given) {
            reaping.lock();
            try {
                if (!reaped) {
                    records.write(name, pid, given);
                }
            } finally {
                reaping.unlock();
            }
        }

        private void signalGroup(int number) {
            reaping.lock();
            try {
                if (reaped) {
                    return;
                }
                if (number == LibC.SIGKILL) {
                    starved = starved || confinement.isStarved();
                    killed = true;
                    // First those that have left the process group.
                    confinement.kill();
                }
                if (LibC.kill(-pid, number) != 0) {
                    log.log(Level.WARNING, "{0} could not be signalled: {1}", name, lastError());
                }
            } finally {
                reaping.unlock();
            }
        }

        private void watch() {
            Exit end = awaitExit();
            boolean ours = wasKilled();
            boolean ofHunger = wasStarved();
            // The unreaped leader keeps the group's number from being given to anyone else.
            signalGroup(LibC.SIGKILL);
            reap();
            awaitOrphans();
            ended(name, output, confinement, confinement.attribute(end, ours, ofHunger), onExit);
        }

        private Exit awaitExit() {
            try (Memory info = new Memory(LibC.SIGNAL_INFO_BYTES)) {
                waitid(info, LibC.WEXITED | LibC.WNOWAIT);
                int code = info.getInt(LibC.SI_CODE);
                int status = info.getInt(LibC.SI_STATUS);
                return code == LibC.CLD_EXITED
                        ? new Exit.Code(status)
                        : new Exit.Killed(SignalNames.of(status), code == LibC.CLD_DUMPED);
            }
        }

        private boolean wasKilled() {
            reaping.lock();
            try {
                return killed;
            } finally {
                reaping.unlock();
            }
        }

        private boolean wasStarved() {
            reaping.lock();
            try {
                return starved;
            } finally {
                reaping.unlock();
            }
        }

        private void reap() {
            reaping.lock();
            try (Memory info = new Memory(LibC.SIGNAL_INFO_BYTES)) {
                waitid(info, LibC.WEXITED);
                reaped = true;
            } finally {
                reaping.unlock();
            }
        }

        private void waitid(Memory info, int options) {
            while (LibC.waitid(LibC.P_PID, pid, info, options) != 0) {
                if (Native.getLastError() != LibC.EINTR) {
                    throw new IllegalStateException("waitid of " + name + " (pid " + pid + ") failed: " + lastError());
                }
            }
        }

        /** So that no orphan of the last process still holds a port when its successor starts. */
        private void awaitOrphans() {
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ORPHANS_MILLIS);
            while (orphansLive() && System.nanoTime() < deadline) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }

        private boolean orphansLive() {
            if (confinement.isPopulated()) {
                return true;
            }
            // Signal 0 only asks. It counts zombies too, which hold nothing but which a container's init may never
            // reap.
            return LibC.kill(-pid, 0) == 0
                    && procFs.pids().stream()
                            .flatMap(member -> procFs.stat(member).stream())
                            .anyMatch(stat -> stat.group() == pid && stat.state() != 'Z');
        }

        void discard() {
            signalGroup(LibC.SIGKILL);
            reap();
            confinement.remove(ORPHANS_MILLIS);
            records.remove(name);
        }

        private String lastError() {
            return LibC.errorName(Native.getLastError());
        }
    }
}
