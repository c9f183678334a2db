package org.relaysupervisor.process;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.relaysupervisor.process.ChildRecords.Ghost;

/**
 * A process that an earlier daemon started and this one has taken over. It is not our child: its end is seen by a handle that never
 * comes to mean another process, and its exit status is told to its parent only, so it is unknown here.
 */
final class AdoptedChild implements Processes.Child {
    private static final long WAIT_MILLIS = 60_000;
    private static final long EMPTY_MILLIS = 1_000;

    private final Ghost ghost;
    private final PidFd leader;
    private final Duration age;
    private final Confinement confinement;
    private final Ghosts ghosts;
    private final Consumer<Optional<Fingerprint>> recorded;
    private final Consumer<Exit> ended;

    /** Held around each use of the handle, because its number may mean another file once it is closed. */
    private final ReentrantLock closing = new ReentrantLock();

    private boolean closed;
    private boolean killed;
    private boolean starved;

    /**
     * @param recorded told what a later daemon must give as well
     * @param ended called once, on a thread of this object's own, when nothing is left of it
     */
    AdoptedChild(
            Ghost ghost,
            PidFd leader,
            Duration age,
            Confinement confinement,
            Ghosts ghosts,
            Consumer<Optional<Fingerprint>> recorded,
            Consumer<Exit> ended) {
        this.ghost = ghost;
        this.leader = leader;
        this.age = age;
        this.confinement = confinement;
        this.ghosts = ghosts;
        this.recorded = recorded;
        this.ended = ended;
    }

    void start() {
        Thread waiter = new Thread(this::watch, "relay-child-" + ghost.name());
        waiter.setDaemon(true);
        waiter.start();
    }

    @Override
    public long pid() {
        return ghost.pid();
    }

    @Override
    public Optional<Duration> adoptedAfter() {
        return Optional.of(age);
    }

    @Override
    public void lasting(Optional<Fingerprint> given) {
        closing.lock();
        try {
            if (!closed) {
                recorded.accept(given);
            }
        } finally {
            closing.unlock();
        }
    }

    /** To the leader alone, as no number of a group is certain. A KILL is for all that it started as well. */
    @Override
    public void signal(Processes.Signal signal) {
        closing.lock();
        try {
            if (closed) {
                return;
            }
            if (signal == Processes.Signal.KILL) {
                starved = starved || confinement.isStarved();
                killed = true;
                confinement.kill();
            }
            leader.signal(signal.number());
        } finally {
            closing.unlock();
        }
    }

    private void watch() {
        boolean over;
        do {
            over = leader.awaitEnd(WAIT_MILLIS);
        } while (!over);
        close();
        Exit end =
                confinement.attribute(killed ? new Exit.Killed("SIGKILL", false) : new Exit.Unknown(), killed, starved);
        confinement.kill();
        ghosts.killSession(ghost);
        confinement.awaitEmpty(EMPTY_MILLIS);
        ended.accept(end);
    }

    /** From here on no signal is sent, and what signals were is known. */
    private void close() {
        closing.lock();
        try {
            closed = true;
            leader.close();
        } finally {
            closing.unlock();
        }
    }
}
