package org.relaysupervisor.process;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The cgroup of a child during one life, or none where there are no cgroups. Tells whether that life ended for memory. */
final class Confinement {
    /** How long memory.events may lag behind a death by SIGKILL that is nobody's else. */
    private static final long EVENTS_MILLIS = 50;

    private final Optional<Cgroup> group;
    private final Cgroup.MemoryEvents before;

    /** Counts what happens from now on. */
    Confinement(Optional<Cgroup> group) {
        this.group = group;
        this.before = group.map(Cgroup::memoryEvents).orElse(Cgroup.MemoryEvents.NONE);
    }

    Optional<Cgroup> group() {
        return group;
    }

    boolean isStarved() {
        return group.map(Cgroup::isStarved).orElse(false);
    }

    boolean isPopulated() {
        return group.map(Cgroup::isPopulated).orElse(false);
    }

    void awaitEmpty(long timeoutMillis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        while (isPopulated() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    void kill() {
        group.ifPresent(Cgroup::kill);
    }

    /**
     * Says whether it was for memory. The kernel may count a kill only after it has emptied the group.
     *
     * @param killed whether we killed it
     * @param starved whether it then was at its limit, where the kernel slows it down until it seems to hang
     */
    Exit attribute(Exit end, boolean killed, boolean starved) {
        if (killed && starved) {
            return new Exit.OutOfMemory(end, true);
        }
        if (group.isEmpty()) {
            return end;
        }
        boolean unexplained = !killed && (end instanceof Exit.Unknown || isSigkill(end));
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(unexplained ? EVENTS_MILLIS : 0);
        Cgroup.MemoryEvents after = group.get().memoryEvents();
        while (!after.killedSince(before) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            after = group.get().memoryEvents();
        }
        return after.killedSince(before) ? new Exit.OutOfMemory(end, after.limitReachedSince(before)) : end;
    }

    private static boolean isSigkill(Exit end) {
        return end instanceof Exit.Killed by && by.signal().equals("SIGKILL");
    }

    /** One that stays is used by the successor, whose events are counted from its own start. */
    void remove(long timeoutMillis) {
        group.ifPresent(empty -> {
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
            while (!empty.remove() && empty.isPopulated() && System.nanoTime() < deadline) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        });
    }
}
