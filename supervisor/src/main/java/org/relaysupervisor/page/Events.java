package org.relaysupervisor.page;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.relaysupervisor.archive.ArchiveSnapshot;
import org.relaysupervisor.archive.DiskLevel;
import org.relaysupervisor.archive.GapCause;
import org.relaysupervisor.audio.DeadAir;
import org.relaysupervisor.audio.DeadAirKind;
import org.relaysupervisor.drill.DrillSnapshot;
import org.relaysupervisor.metering.MeterSnapshot;
import org.relaysupervisor.programs.OnAir;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.proxy.ProxySnapshot.Continuity;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;
import org.relaysupervisor.proxy.ProxySnapshot.Outage;
import org.relaysupervisor.shows.Show;
import org.relaysupervisor.shows.ShowsSnapshot;
import org.relaysupervisor.shows.ShowsSnapshot.CalendarState;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.supervise.Cause;
import org.relaysupervisor.supervise.ChildSnapshot;
import org.relaysupervisor.supervise.ChildSnapshot.LastExit;
import org.relaysupervisor.supervise.ChildState;

/** What has happened between two looks at the station, about a second apart: a function of the two. */
final class Events {
    /** Shorter pieces are missed by nobody; they are counted in the recording all the same. */
    private static final Duration GAP_WORTH_TELLING = Duration.ofMillis(100);

    private final RelaySnapshot before;
    private final RelaySnapshot after;
    private final List<Event> found = new ArrayList<>();

    private Events(RelaySnapshot before, RelaySnapshot after) {
        this.before = before;
        this.after = after;
    }

    /** At the first look. */
    static List<Event> started(RelaySnapshot now) {
        return List.of(new Event(now.startedAt(), Mark.NEUTRAL, "The daemon was started"));
    }

    /** Oldest first. */
    static List<Event> between(RelaySnapshot before, RelaySnapshot after) {
        Events events = new Events(before, after);
        events.drills();
        events.configuration();
        events.shows();
        events.children();
        events.mounts();
        events.playing();
        events.listeners();
        events.recording();
        events.disk();
        return List.copyOf(events.found);
    }

    private void tell(Mark mark, String text) {
        tell(after.now(), mark, text);
    }

    private void tell(Instant at, Mark mark, String text) {
        found.add(new Event(at, mark, Words.safe(Words.sentence(text))));
    }

    private void drills() {
        Optional<DrillSnapshot.Active> was = before.drill().active();
        Optional<DrillSnapshot.Active> is = after.drill().active();
        if (was.map(Events::identity).equals(is.map(Events::identity))) {
            return;
        }
        was.ifPresent(drill -> tell(Mark.GOOD, "the drill " + drill.name() + " is over, and repaired"));
        is.ifPresent(drill -> tell(Mark.NEUTRAL, "the drill " + drill.name() + " begins: " + drill.what()));
    }

    private static String identity(DrillSnapshot.Active drill) {
        return drill.since() + " " + drill.name();
    }

    /** Who starts and stops programs: while a drill is on, it is the drill. */
    private String who() {
        boolean drill =
                before.drill().active().isPresent() || after.drill().active().isPresent();
        return drill ? "a drill" : "an operator";
    }

    private void configuration() {
        if (after.lastReload().equals(before.lastReload())) {
            return;
        }
        if (after.lastReloadSucceeded()) {
            tell(Mark.NEUTRAL, "a changed configuration is in use");
        } else {
            tell(Mark.ATTENTION, "a changed configuration was refused; the one before stays in use");
        }
    }

    private void shows() {
        Optional<Show> ended = before.shows().current();
        Optional<Show> begun = after.shows().current();
        if (!ended.map(Events::identity).equals(begun.map(Events::identity))) {
            ended.ifPresent(show -> tell(Mark.NEUTRAL, "the show “" + show.name() + "” is over"));
            begun.ifPresent(show -> tell(Mark.NEUTRAL, "the show “" + show.name() + "” begins"));
        }
        boolean wasStale = calendarIsStale(before.shows());
        boolean isStale = calendarIsStale(after.shows());
        if (isStale && !wasStale) {
            tell(Mark.ATTENTION, "the calendar has not been readable for too long: shows may be missing");
        } else if (wasStale && !isStale) {
            tell(Mark.GOOD, "the calendar can be read again");
        }
    }

    private static String identity(Show show) {
        return show.origin().label() + ' ' + show.start() + ' ' + show.name();
    }

    private static boolean calendarIsStale(ShowsSnapshot shows) {
        return shows.calendar().filter(CalendarState::stale).isPresent();
    }

    private void children() {
        Map<String, ChildSnapshot> known = new HashMap<>();
        before.children().forEach(child -> known.put(child.state().name(), child.state()));
        for (RelaySnapshot.Child child : after.children()) {
            ChildSnapshot was = known.get(child.state().name());
            if (was != null) {
                child(was, child.state());
            }
        }
    }

    private void child(ChildSnapshot was, ChildSnapshot is) {
        String name = Words.child(is.name());
        if (!is.lastExit().equals(was.lastExit())) {
            is.lastExit().ifPresent(exit -> ended(name, exit));
        }
        if (was.wanted() && !is.wanted()) {
            tell(Mark.ATTENTION, name + " is stopped by " + who());
        } else if (!was.wanted() && is.wanted()) {
            tell(Mark.NEUTRAL, name + " is started by " + who());
        }
        if (is.state() == ChildState.FAILED && was.state() != ChildState.FAILED) {
            tell(Mark.BAD, name + " keeps dying: " + is.note());
        }
        // Icecast is back within a twentieth of a second: then only its number tells.
        boolean another = was.state() != ChildState.UP || !was.pid().equals(is.pid());
        if (is.state() == ChildState.UP && another) {
            tell(Mark.GOOD, name + " runs" + (is.starts() > 1 ? " again" : ""));
        }
    }

    private void ended(String name, LastExit exit) {
        boolean wanted = exit.cause() == Cause.OPERATOR || exit.cause() == Cause.DRILL;
        Mark mark = wanted ? Mark.NEUTRAL : Mark.ATTENTION;
        String ran = exit.ranFor().toSeconds() == 0
                ? " as soon as it was started"
                : " after " + Words.running(exit.ranFor());
        tell(exit.at(), mark, name + " " + Words.cause(exit.cause()) + ran + ": " + exit.detail());
    }

    private void mounts() {
        Map<String, RelaySnapshot.Mount> known = new HashMap<>();
        before.mounts().forEach(mount -> known.put(mount.path(), mount));
        for (RelaySnapshot.Mount mount : after.mounts()) {
            RelaySnapshot.Mount was = known.get(mount.path());
            if (was != null) {
                air(was, mount);
                deadAir(was, mount);
            }
        }
    }

    private void air(RelaySnapshot.Mount was, RelaySnapshot.Mount is) {
        boolean icecastIsAway = bridgedOverIcecast(is);
        if (icecastIsAway != bridgedOverIcecast(was)) {
            tell(
                    icecastIsAway ? Mark.ATTENTION : Mark.GOOD,
                    is.path()
                            + (icecastIsAway
                                    ? ": Icecast is away; listeners go on hearing the programme"
                                    : ": Icecast has the stream again"));
        }
        if (is.onStandby() && !was.onStandby()) {
            tell(
                    Mark.ATTENTION,
                    is.path() + ": nothing comes from " + Words.source(after) + "; listeners hear the standby");
        } else if (is.onAir() && !was.onAir()) {
            tell(Mark.GOOD, is.path() + " is on the air" + (was.onStandby() ? " again" : ""));
        } else if (!is.onAir() && !is.onStandby() && (was.onAir() || was.onStandby())) {
            tell(Mark.BAD, is.path() + " is off the air");
        }
    }

    private static boolean bridgedOverIcecast(RelaySnapshot.Mount mount) {
        return mount.feed()
                .filter(feed -> feed.bridges().containsKey(Bridge.FEED))
                .isPresent();
    }

    /** The standby is told of by what plays. */
    private void deadAir(RelaySnapshot.Mount was, RelaySnapshot.Mount is) {
        for (DeadAirKind kind : DeadAirKind.values()) {
            if (kind == DeadAirKind.STANDBY) {
                continue;
            }
            Optional<DeadAir> earlier = active(was, kind);
            Optional<DeadAir> now = active(is, kind);
            if (now.isPresent() && earlier.isEmpty()) {
                tell(Mark.BAD, "dead air on " + is.path() + ": " + Words.heard(now.get()));
            } else if (now.isEmpty() && earlier.isPresent()) {
                String lasted = Words.running(earlier.get().duration());
                tell(
                        Mark.GOOD,
                        "dead air on " + is.path() + " is over after " + lasted + " (" + Words.heard(earlier.get())
                                + ")");
            }
        }
    }

    private static Optional<DeadAir> active(RelaySnapshot.Mount mount, DeadAirKind kind) {
        return mount.meter()
                .map(MeterSnapshot::deadAir)
                .map(kinds -> kinds.get(kind))
                .filter(DeadAir::active);
    }

    private void playing() {
        Optional<String> was = before.onAir().map(OnAir::source);
        Optional<String> is = after.onAir().map(OnAir::source);
        if (is.isEmpty() || is.equals(was)) {
            return;
        }
        switch (is.get()) {
            case OnAir.STANDBY -> tell(Mark.ATTENTION, "the standby plays: " + Answers.whyStandby(after.onAir()));
            case OnAir.NOTHING -> tell(Mark.BAD, "nothing plays, not even the standby");
            default -> tell(Mark.GOOD, "“" + is.get() + "” plays");
        }
    }

    private void listeners() {
        Continuity was = before.proxy().continuity();
        Continuity is = after.proxy().continuity();
        for (Outage outage : Outage.values()) {
            long stayed =
                    is.survivals().getOrDefault(outage, 0L) - was.survivals().getOrDefault(outage, 0L);
            if (stayed > 0) {
                String who = outage == Outage.ICECAST ? "Icecast" : Words.source(after);
                tell(
                        Mark.GOOD,
                        Words.count(stayed, "listener", "listeners") + " stayed connected while " + who + " was away");
            }
        }
        for (Loss loss : Loss.values()) {
            long lost = is.lost().getOrDefault(loss, 0L) - was.lost().getOrDefault(loss, 0L);
            if (lost > 0) {
                Mark mark = loss == Loss.STALLED ? Mark.NEUTRAL : Mark.ATTENTION;
                tell(mark, Words.count(lost, "listener was", "listeners were") + " disconnected: " + Words.lost(loss));
            }
        }
    }

    private void recording() {
        if (after.recording().active() != before.recording().active()) {
            if (after.recording().active()) {
                tell(Mark.GOOD, "recording has begun");
            } else if (after.recording().enabled()) {
                tell(Mark.ATTENTION, "nothing is recorded any more");
            }
        }
        ArchiveSnapshot was = before.archive();
        ArchiveSnapshot is = after.archive();
        for (GapCause cause : GapCause.values()) {
            Duration missing = is.gaps()
                    .getOrDefault(cause, Duration.ZERO)
                    .minus(was.gaps().getOrDefault(cause, Duration.ZERO));
            if (missing.compareTo(GAP_WORTH_TELLING) >= 0) {
                tell(Mark.ATTENTION, Words.duration(missing) + " are missing from the recording: " + Words.gap(cause));
            }
        }
        uploads(was, is);
    }

    private void uploads(ArchiveSnapshot was, ArchiveSnapshot is) {
        if (is.uploadLate() && !was.uploadLate()) {
            tell(Mark.BAD, "the upload is late: " + Words.count(is.waiting(), "file waits", "files wait"));
        } else if (was.uploadLate() && !is.uploadLate()) {
            tell(Mark.GOOD, "the upload has caught up");
        }
        if (is.lastFailure().isPresent() && was.lastFailure().isEmpty()) {
            tell(
                    Mark.ATTENTION,
                    "an upload failed and is tried again: " + is.lastFailure().get());
        } else if (is.lastFailure().isEmpty() && was.lastFailure().isPresent()) {
            tell(Mark.GOOD, "uploads work again");
        }
        if (is.recordingsEndedEarly() > was.recordingsEndedEarly()) {
            tell(Mark.BAD, "the recording of a show ended before the show did");
        }
    }

    private void disk() {
        DiskLevel was = before.archive().disk().level();
        DiskLevel is = after.archive().disk().level();
        if (is == was) {
            return;
        }
        boolean better = is.compareTo(was) < 0;
        switch (is) {
            case AMPLE -> tell(Mark.GOOD, "the recordings' disk has room again");
            case LOW -> tell(better ? Mark.NEUTRAL : Mark.ATTENTION, "the recordings' disk has little room");
            case RESERVE -> tell(Mark.BAD, "the recordings' disk is almost full: the reserve is in use");
            case FULL -> tell(Mark.BAD, "the recordings' disk is full: nothing is recorded until there is room");
        }
    }
}
