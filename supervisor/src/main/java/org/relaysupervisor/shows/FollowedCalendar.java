package org.relaysupervisor.shows;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.relaysupervisor.config.RelayConfig.Calendar;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.loop.Loop;
import org.relaysupervisor.loop.Loop.Timer;
import org.relaysupervisor.shows.CalendarReading.Outcome;
import org.relaysupervisor.shows.CalendarReading.Task;
import org.relaysupervisor.shows.ShowsSnapshot.CalendarState;

/** The calendar, read again and again. A reading that fails changes nothing but what is said of it. All on the loop. */
final class FollowedCalendar {
    private static final Logger LOG = System.getLogger(FollowedCalendar.class.getName());
    private static final String NOT_YET = "it has not been read yet";

    /** From the first word to the last byte. */
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private static final Duration FIRST_RETRY = Duration.ofMinutes(1);

    private final Loop loop;
    private final CalendarReading reading;
    private final Runnable changed;

    /** Whether the worker is in the part of a reading that can't be cancelled. */
    private final AtomicBoolean occupied = new AtomicBoolean();

    private Optional<Calendar> calendar = Optional.empty();
    private Optional<CalendarPlace> place = Optional.empty();
    private ZoneId zone = ZoneId.of("UTC");
    private Profiles profiles = new Profiles(List.of());

    /** Of the attempt that is under way; what an older one says is ignored. */
    private long attempt;

    /** Of the same one; completed when nobody waits for it any more. */
    private CompletableFuture<Void> over = new CompletableFuture<>();

    private boolean underWay;
    private Optional<Timer> next = Optional.empty();
    private Optional<Timer> deadline = Optional.empty();

    private Optional<CalendarCopy> copy = Optional.empty();
    private Optional<CalendarShows> shows = Optional.empty();
    private long readNanos;
    private Optional<String> failure = Optional.of(NOT_YET);
    private long failures;
    private int failuresInARow;
    private List<String> logged = List.of();
    private boolean loggedStale;

    /** @param changed called when what the calendar says or what is said of it may have changed */
    FollowedCalendar(Loop loop, Executor worker, KeptFile kept, Runnable changed) {
        this.loop = loop;
        this.reading = new CalendarReading(loop, worker, kept);
        this.changed = changed;
    }

    void use(Optional<Calendar> configured, Optional<Secret> address, ZoneId localZone, Profiles known) {
        stop();
        calendar = configured;
        zone = localZone;
        profiles = known;
        place = Optional.empty();
        failuresInARow = 0;
        if (configured.isEmpty()) {
            forget();
            return;
        }
        try {
            place = Optional.of(CalendarPlace.of(configured.get().source(), address));
            if (!copy.map(CalendarCopy::fingerprint).equals(place.map(CalendarPlace::fingerprint))) {
                forget();
            }
            read();
        } catch (UnreadableCalendarException e) {
            failed(e.getMessage());
        }
    }

    private void forget() {
        copy = Optional.empty();
        shows = Optional.empty();
        failure = Optional.of(NOT_YET);
    }

    void stop() {
        attempt++;
        next.ifPresent(Timer::cancel);
        abandon();
    }

    private void abandon() {
        deadline.ifPresent(Timer::cancel);
        underWay = false;
        over.complete(null);
    }

    private void read() {
        stop();
        long mine = attempt;
        if (!occupied.compareAndSet(false, true)) {
            failed("the attempt before still waits for the disk or the name server");
            return;
        }
        underWay = true;
        over = new CompletableFuture<>();
        deadline = Optional.of(loop.after(DEADLINE, () -> overdue(mine)));
        try {
            reading.start(task(), outcome -> outcome(mine, outcome), over, () -> occupied.set(false));
        } catch (RejectedExecutionException e) {
            occupied.set(false);
            failed("there is no thread free to read it");
        }
    }

    private Task task() {
        return new Task(place.orElseThrow(), zone, profiles, copy);
    }

    private void overdue(long mine) {
        if (mine != attempt) {
            return;
        }
        long following = ++attempt;
        failed("it has not come within " + DEADLINE.toSeconds() + " s");
        try {
            reading.again(task(), NOT_YET, outcome -> outcome(following, outcome));
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "there is no thread free to go on with the last calendar", e);
        }
    }

    private void outcome(long mine, Outcome outcome) {
        if (mine != attempt) {
            return;
        }
        if (outcome.failure().isEmpty() || copy.isEmpty()) {
            outcome.copy()
                    .ifPresent(newest -> readNanos = loop.nanoTime()
                            - CalendarReading.ageOf(newest, loop.now()).toNanos());
            copy = outcome.copy();
        }
        outcome.shows().ifPresent(read -> shows = Optional.of(read));
        if (outcome.interim()) {
            changed.run();
        } else if (outcome.failure().isPresent()) {
            failed(outcome.failure().get());
        } else {
            succeeded();
        }
    }

    private void succeeded() {
        if (failuresInARow > 0) {
            LOG.log(Level.INFO, "the calendar is read again");
        }
        failuresInARow = 0;
        failure = Optional.empty();
        settled(calendar.orElseThrow().refresh());
    }

    private void failed(String reason) {
        failures++;
        failure = Optional.of(reason);
        Duration retry = FIRST_RETRY.multipliedBy(1L << Math.min(failuresInARow, 10));
        failuresInARow++;
        Duration refresh = calendar.orElseThrow().refresh();
        settled(retry.compareTo(refresh) < 0 ? retry : refresh);
    }

    private void settled(Duration pause) {
        abandon();
        next.ifPresent(Timer::cancel);
        next = place.isEmpty() ? Optional.empty() : Optional.of(loop.after(pause, this::read));
        List<String> problems = problems();
        if (!problems.isEmpty() && !problems.equals(logged)) {
            LOG.log(Level.WARNING, String.join("; ", problems));
        }
        logged = problems;
        changed.run();
    }

    /** Once a second: says when what is known has become too old, and reads at once when the clock was set to another week. */
    void tick() {
        boolean stale = calendar.isPresent() && isStale(view().orElseThrow(), loop);
        if (stale && !loggedStale) {
            LOG.log(
                    Level.WARNING,
                    "the calendar is stale: it was read last at {0}",
                    copy.orElseThrow().readAt());
        }
        loggedStale = stale;
        boolean outside = shows.map(read -> !read.window().serves(loop.now())).orElse(false);
        if (outside && place.isPresent() && !underWay) {
            read();
        }
    }

    List<Show> shows() {
        return shows.map(CalendarShows::shows).orElse(List.of());
    }

    /** Until when it can be said what is in it; the worker has days to write out what comes after. */
    Instant knownUntil() {
        return calendar.isEmpty()
                ? Instant.MAX
                : shows.map(read -> read.window().to()).orElse(Instant.MIN);
    }

    private List<String> problems() {
        List<String> problems = new ArrayList<>();
        failure.ifPresent(reason ->
                problems.add("calendar" + place.map(from -> " " + from.shown()).orElse("") + ": " + reason));
        shows.ifPresent(read -> read.problems().forEach(problem -> problems.add("calendar: " + problem)));
        return problems;
    }

    /** What a snapshot is made of; values alone. */
    record View(
            boolean readable,
            Duration staleAfter,
            Optional<Instant> readAt,
            long readNanos,
            long failures,
            int events,
            List<String> problems) {}

    Optional<View> view() {
        return calendar.map(configured -> new View(
                failure.isEmpty(),
                configured.staleAfter(),
                copy.map(CalendarCopy::readAt),
                readNanos,
                failures,
                shows.map(CalendarShows::events).orElse(0),
                problems()));
    }

    /** Any thread. */
    static CalendarState state(View view, Clock clock) {
        return new CalendarState(
                view.readable(),
                isStale(view, clock),
                view.readAt(),
                view.readAt().map(at -> clock.since(view.readNanos())),
                view.failures(),
                view.events(),
                view.problems());
    }

    private static boolean isStale(View view, Clock clock) {
        return view.readAt().isPresent() && clock.since(view.readNanos()).compareTo(view.staleAfter()) > 0;
    }
}
