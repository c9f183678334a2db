package org.relaysupervisor.process;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

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

    /** Guards the map; held for the making of a FIFO at the longest. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<String, Output> outputs = new TreeMap<>();

    private record Output(OutputPipe out, OutputPipe err) {}

    /**
     * @param directory where the FIFOs are made: {@code NAME.out} and {@code NAME.err}; writable by the daemon's user alone
     * @param records told of each process that lives
     * @throws IOException when the native libraries can't be loaded; the message says what to do
     */
    public LinuxProcesses(Path directory, OutputSink sink, ProcFs procFs, ChildRecords records) throws IOException {
        this.directory = directory;
        this.sink = sink;
        this.procFs = procFs;
        this.records = records;
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
        LinuxChild child =
                new LinuxChild(Spawner.spawn(spec, output.out.path(), output.err.path()), spec.name(), output, onExit);
        try {
            records.write(spec.name(), child.pid);
            child.start();
        } catch (Error noThread) {
            child.discard();
            throw new IOException(spec.name() + " could not be started: no thread to watch it with", noThread);
        }
        return child;
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
        private final Consumer<Exit> onExit;

        /** Held around each signal and around the reaping, after which the number may belong to somebody else. */
        private final ReentrantLock reaping = new ReentrantLock();

        private boolean reaped;

        LinuxChild(int pid, String name, Output output, Consumer<Exit> onExit) {
            this.pid = pid;
            this.name = name;
            this.output = output;
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
                if (!reaped && LibC.kill(-pid, number) != 0) {
                    log.log(Level.WARNING, "{0} could not be signalled: {1}", name, lastError());
                }
            } finally {
                reaping.unlock();
            }
        }

        private void watch() {
            Exit exit = awaitExit();
            // The unreaped leader keeps the group's number from being given to anyone else.
            signalGroup(LibC.SIGKILL);
            reap();
            awaitOrphans();
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
            records.remove(name);
        }

        private String lastError() {
            return LibC.errorName(Native.getLastError());
        }
    }
}
