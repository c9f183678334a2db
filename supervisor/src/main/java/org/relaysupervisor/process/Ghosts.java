package org.relaysupervisor.process;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import org.relaysupervisor.process.ChildRecords.Ghost;

/** Ends processes that are not our children, whose numbers may be given to others at any moment. */
final class Ghosts {
    private static final Logger log = System.getLogger(Ghosts.class.getName());

    /** Longer than any process needs to end after KILL, unless it hangs in the kernel. */
    private static final long KILL_MILLIS = 1000;

    private final ProcFs procFs;

    Ghosts(ProcFs procFs) {
        this.procFs = procFs;
    }

    void end(List<Ghost> ghosts, long graceMillis) {
        List<Target> targets = new ArrayList<>();
        for (Ghost ghost : ghosts) {
            open(ghost).ifPresent(leader -> targets.add(new Target(ghost, leader)));
        }
        targets.forEach(Ghosts::tell);
        if (graceMillis > 0) {
            targets.forEach(Ghosts::terminate);
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(graceMillis);
        for (Target target : targets) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            target.leader.awaitEnd(left);
            killSession(target.ghost);
            target.leader.close();
        }
    }

    /** A ghost, and the handle by which its leader was found to be the recorded process. */
    private record Target(Ghost ghost, PidFd leader) {}

    /** A handle of the recorded process, if it is still that one. */
    Optional<PidFd> open(Ghost ghost) {
        Optional<PidFd> leader = PidFd.open(ghost.pid());
        // The handle is taken first: what it stands for can't change any more, so one look at the start time settles
        // it.
        if (leader.isPresent() && !procFs.startTime(ghost.pid()).equals(OptionalLong.of(ghost.startTime()))) {
            leader.get().close();
            return Optional.empty();
        }
        return leader;
    }

    private static void tell(Target target) {
        log.log(
                Level.WARNING,
                "{0} (pid {1}) of an earlier daemon still runs; it is ended",
                target.ghost.name(),
                Long.toString(target.ghost.pid()));
    }

    /** One signal for the whole group. The number is the group's for as long as its leader is there. */
    private static void terminate(Target target) {
        if (!target.leader.awaitEnd(0)) {
            posix().kill((int) -target.ghost.pid(), LibC.SIGTERM);
        }
    }

    /** Loaded here and nowhere else: it costs more memory than all the rest of this package. See RATIONALE.md. */
    private static POSIX posix() {
        return POSIXFactory.getPOSIX();
    }

    /** Each process of the session by a handle of its own, again and again until none is left, for they may fork meanwhile. */
    void killSession(Ghost ghost) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(KILL_MILLIS);
        List<Long> members = members(ghost);
        while (!members.isEmpty() && System.nanoTime() < deadline) {
            for (long pid : members) {
                PidFd.open(pid).ifPresent(process -> kill(ghost, pid, process));
            }
            members = members(ghost);
        }
        if (!members.isEmpty()) {
            log.log(
                    Level.ERROR,
                    "{0} of an earlier daemon could not be killed (pids {1}): kill it by hand, or its port stays taken",
                    ghost.name(),
                    members);
        }
    }

    private void kill(Ghost ghost, long pid, PidFd process) {
        try (process) {
            if (isMember(ghost, pid)) {
                int errno = process.signal(LibC.SIGKILL);
                // The wait also paces the search for those that are left.
                if (errno == LibC.EPERM || !process.awaitEnd(100)) {
                    log.log(Level.DEBUG, "KILL of " + pid + ": " + LibC.errorName(errno));
                }
            }
        }
    }

    private List<Long> members(Ghost ghost) {
        return procFs.pids().stream().filter(pid -> isMember(ghost, pid)).toList();
    }

    /** Nobody else can have this session's number while one of its processes lives; the leader's start rules out a reuse. */
    private boolean isMember(Ghost ghost, long pid) {
        return procFs.stat(pid)
                .filter(stat -> stat.session() == ghost.pid() && stat.state() != 'Z' && stat.state() != 'X')
                .filter(stat -> pid == ghost.pid()
                        ? stat.startTime() == ghost.startTime()
                        : stat.startTime() >= ghost.startTime())
                .isPresent();
    }
}
