package org.relaysupervisor.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Processes that do what a test tells them to; nothing runs, and an exit is reported on the thread that causes it. */
public final class FakeProcesses implements Processes {
    /** How long those of an earlier daemon have run. */
    public static final Duration LEFT_AGE = Duration.ofMinutes(10);

    private final List<FakeProcess> all = new ArrayList<>();
    private final Map<String, Fingerprint> left = new HashMap<>();
    private Optional<String> failure = Optional.empty();
    private long nextPid = 1000;

    /** A process of an earlier daemon, to be taken over by who gives it the same. */
    public void leave(String name, Fingerprint given) {
        left.put(name, given);
    }

    @Override
    public Optional<Child> adopt(String name, Fingerprint given, Consumer<Exit> onExit) {
        if (!given.equals(left.remove(name))) {
            return Optional.empty();
        }
        ProcessSpec spec = new ProcessSpec(name, List.of("/left"), Map.of(), Path.of("/"));
        FakeProcess process = new FakeProcess(nextPid++, spec.lasting(given), Optional.of(LEFT_AGE), onExit);
        all.add(process);
        return Optional.of(process);
    }

    @Override
    public FakeProcess spawn(ProcessSpec spec, Consumer<Exit> onExit) throws IOException {
        if (failure.isPresent()) {
            throw new IOException(failure.get());
        }
        FakeProcess process = new FakeProcess(nextPid++, spec, Optional.empty(), onExit);
        all.add(process);
        return process;
    }

    /** Each spawn fails, until {@link #work}. */
    public void fail(String message) {
        failure = Optional.of(message);
    }

    public void work() {
        failure = Optional.empty();
    }

    /** Every process ever started, oldest first. */
    public List<FakeProcess> all() {
        return List.copyOf(all);
    }

    /** Those whose exit has not been reported, oldest first. */
    public List<FakeProcess> live(String name) {
        return all.stream()
                .filter(process -> process.name().equals(name) && !process.reported)
                .toList();
    }

    public FakeProcess newest(String name) {
        return all.stream()
                .filter(process -> process.name().equals(name))
                .reduce((older, newer) -> newer)
                .orElseThrow(() -> new AssertionError("no process of " + name + " was ever started"));
    }

    /** One process: it ends with exit 0 on TERM and by SIGKILL on KILL, unless told otherwise. */
    public static final class FakeProcess implements Child {
        private final long pid;
        private final ProcessSpec spec;
        private final Optional<Duration> adoptedAfter;
        private final Consumer<Exit> onExit;
        private final List<Signal> signals = new ArrayList<>();
        private boolean ignoresTerm;
        private boolean uninterruptible;
        private boolean stopped;
        private boolean termPending;
        private boolean reported;
        private Optional<Fingerprint> lasting;

        FakeProcess(long pid, ProcessSpec spec, Optional<Duration> adoptedAfter, Consumer<Exit> onExit) {
            this.pid = pid;
            this.spec = spec;
            this.adoptedAfter = adoptedAfter;
            this.onExit = onExit;
            lasting = spec.lasting();
        }

        @Override
        public long pid() {
            return pid;
        }

        @Override
        public Optional<Duration> adoptedAfter() {
            return adoptedAfter;
        }

        public String name() {
            return spec.name();
        }

        public ProcessSpec spec() {
            return spec;
        }

        @Override
        public void lasting(Optional<Fingerprint> given) {
            lasting = given;
        }

        /** What a later daemon must give as well to take it over. */
        public Optional<Fingerprint> lasting() {
            return lasting;
        }

        /** All that it was sent while it lived. */
        public List<Signal> signals() {
            return List.copyOf(signals);
        }

        public FakeProcess ignoreTerm() {
            ignoresTerm = true;
            return this;
        }

        /** As in a driver that hangs: not even KILL ends it. */
        public FakeProcess sleepUninterruptibly() {
            uninterruptible = true;
            return this;
        }

        /** What it slept on answers again; signals work from now on. */
        public void wake() {
            uninterruptible = false;
        }

        @Override
        public void signal(Signal signal) {
            if (reported) {
                return;
            }
            signals.add(signal);
            switch (signal) {
                case KILL -> {
                    if (!uninterruptible) {
                        exit(new Exit.Killed("SIGKILL", false));
                    }
                }
                case STOP -> stopped = true;
                case CONT -> {
                    stopped = false;
                    if (termPending) {
                        term();
                    }
                }
                case TERM -> term();
                case HUP -> {}
            }
        }

        private void term() {
            // The kernel keeps a TERM for a stopped process until it is continued.
            termPending = stopped;
            if (!stopped && !ignoresTerm && !uninterruptible) {
                exit(new Exit.Code(0));
            }
        }

        /** Ends by itself, once. */
        public void exit(Exit exit) {
            if (!reported) {
                reported = true;
                onExit.accept(exit);
            }
        }

        /** Reports an exit again, against the contract: what a reaper with a fault would do. */
        public void exitAgain(Exit exit) {
            onExit.accept(exit);
        }
    }
}
