package org.relaysupervisor.process;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

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

    /** How long memory.events may lag behind a death by SIGKILL that is nobody's else. */
    private static final long EVENTS_MILLIS = 50;

    private final Path directory;
    private final OutputSink sink;
    private final ProcFs procFs;
    private final ChildRecords records;
    private final Optional<CgroupTree> cgroups;
    private final Function<String, OptionalLong> dataLimits;

    /** Guards the map; held for the making of a FIFO at the longest. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<String, Output> outputs = new TreeMap<>();

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
        Optional<Cgroup> group = group(spec.name());
        Cgroup.MemoryEvents before = group.map(Cgroup::memoryEvents).orElse(Cgroup.MemoryEvents.NONE);
        int pid = Spawner.spawn(spec, output.out.path(), output.err.path(), group, dataLimits.apply(spec.name()));
        LinuxChild child = new LinuxChild(pid, spec.name(), output, group, before, onExit);
        try {
            records.write(spec.name(), child.pid);
            child.start();
        } catch (Error noThread) {
            child.discard();
            throw new IOException(spec.name() + " could not be started: no thread to watch it with", noThread);
        }
        return child;
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

    /** Stops reading what the children print. Ends no child. */
    @Override
    public void close() throws IOException {
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
        private final Optional<Cgroup> group;
        private final Cgroup.MemoryEvents before;
        private final Consumer<Exit> onExit;

        /** Held around each signal and around the reaping, after which the number may belong to somebody else. */
        private final ReentrantLock reaping = new ReentrantLock();

        private boolean reaped;
        /** Whether a KILL was ours. */
        private boolean killed;
        /** Whether it then was at its limit, where the kernel slows it down until it seems to hang. */
        private boolean starved;

        LinuxChild(
                int pid,
                String name,
                Output output,
                Optional<Cgroup> group,
                Cgroup.MemoryEvents before,
                Consumer<Exit> onExit) {
            this.pid = pid;
            this.name = name;
            this.output = output;
            this.group = group;
            this.before = before;
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
            signalGroup(
                    switch (signal) {
                        case TERM -> LibC.SIGTERM;
                        case KILL -> LibC.SIGKILL;
                        case HUP -> LibC.SIGHUP;
                        case STOP -> LibC.SIGSTOP;
                        case CONT -> LibC.SIGCONT;
                    });
        }

        private void signalGroup(int number) {
            reaping.lock();
            try {
                if (reaped) {
                    return;
                }
                if (number == LibC.SIGKILL) {
                    starved = starved || group.map(Cgroup::isStarved).orElse(false);
                    killed = true;
                    // First those that have left the process group.
                    group.ifPresent(Cgroup::kill);
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
            boolean ofHunger = ours && wasStarved();
            // The unreaped leader keeps the group's number from being given to anyone else.
            signalGroup(LibC.SIGKILL);
            reap();
            awaitOrphans();
            Exit exit = ofHunger ? new Exit.OutOfMemory(end, true) : attribute(end, ours);
            group.ifPresent(this::remove);
            output.out.flush(LAST_WORDS_MILLIS);
            output.err.flush(LAST_WORDS_MILLIS);
            records.remove(name);
            try {
                onExit.accept(exit);
            } catch (RuntimeException e) {
                log.log(Level.ERROR, "the end of " + name + " (" + exit.describe() + ") could not be reported", e);
            }
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

        /** Says whether it was for memory. The kernel may count a kill only after it has emptied the group. */
        private Exit attribute(Exit end, boolean ours) {
            if (group.isEmpty()) {
                return end;
            }
            boolean unexplained =
                    !ours && end instanceof Exit.Killed by && by.signal().equals("SIGKILL");
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(unexplained ? EVENTS_MILLIS : 0);
            Cgroup.MemoryEvents after = group.get().memoryEvents();
            while (!after.killedSince(before) && System.nanoTime() < deadline) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                after = group.get().memoryEvents();
            }
            return after.killedSince(before) ? new Exit.OutOfMemory(end, after.limitReachedSince(before)) : end;
        }

        /** One that stays is used by the successor, whose events are counted from its own start. */
        private void remove(Cgroup empty) {
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ORPHANS_MILLIS);
            while (!empty.remove() && empty.isPopulated() && System.nanoTime() < deadline) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
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
            if (group.isPresent() && group.get().isPopulated()) {
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
            group.ifPresent(this::remove);
            records.remove(name);
        }

        private String lastError() {
            return LibC.errorName(Native.getLastError());
        }
    }
}
