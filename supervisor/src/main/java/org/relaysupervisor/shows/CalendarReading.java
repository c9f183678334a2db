package org.relaysupervisor.shows;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.relaysupervisor.loop.Loop;

/** One attempt to read the calendar: all that takes time happens on the worker, and its outcome comes to the loop. */
final class CalendarReading {
    private static final Logger LOG = System.getLogger(CalendarReading.class.getName());

    /** A calendar in UTF-8, and the lines before it. */
    private static final int LARGEST_COPY = CalendarFetch.LARGEST + 2048;

    private final Loop loop;
    private final Executor worker;
    private final CalendarFetch fetch;
    private final KeptFile kept;

    CalendarReading(Loop loop, Executor worker, KeptFile kept) {
        this.loop = loop;
        this.worker = worker;
        this.fetch = new CalendarFetch(worker);
        this.kept = kept;
    }

    /** @param last what was read before, of the same place */
    record Task(CalendarPlace place, ZoneId zone, Profiles profiles, Optional<CalendarCopy> last) {
        Task withLast(CalendarCopy copy) {
            return new Task(place, zone, profiles, Optional.of(copy));
        }
    }

    /**
     * @param copy the newest that could be used: this reading's, or else the one before
     * @param shows what is in it, for the week around this moment
     * @param failure why this reading has failed; empty when it has not
     * @param interim only what was known before, while the reading itself goes on or was given up
     */
    record Outcome(
            Optional<CalendarCopy> copy, Optional<CalendarShows> shows, Optional<String> failure, boolean interim) {}

    /**
     * Begins to read, from the loop.
     *
     * @param outcome gets what comes of it, on the loop
     * @param over completed when nobody waits for it any more: ends the connection
     * @param free called on the worker when the part that can't be ended is over
     * @throws RejectedExecutionException when the worker takes nothing more
     */
    void start(Task task, Consumer<Outcome> outcome, CompletableFuture<?> over, Runnable free) {
        worker.execute(() -> {
            try {
                Task known = task.last().isPresent() ? task : fromDisk(task, outcome);
                CalendarFetch.Download download = fetch.fetch(known.place(), known.last(), loop.now());
                Future<?> unused =
                        over.whenComplete((done, failure) -> download.exchange().cancel(true));
                Future<?> unusedToo = download.copy()
                        .whenCompleteAsync((read, failure) -> finish(known, read, failure, outcome), worker);
            } catch (RuntimeException e) {
                // Not with its message, which may quote the address.
                report(task, "it can't be read (" + e.getClass().getSimpleName() + ")", false, outcome);
            } finally {
                free.run();
            }
        });
    }

    /** Writes out the last calendar for the week around now, since nothing newer is to be had. */
    void again(Task task, String failure, Consumer<Outcome> outcome) {
        worker.execute(() -> report(task, failure, true, outcome));
    }

    private Task fromDisk(Task task, Consumer<Outcome> outcome) {
        try {
            Optional<byte[]> bytes = kept.read(LARGEST_COPY);
            if (bytes.isPresent()) {
                CalendarCopy copy = CalendarCopy.of(bytes.get());
                if (copy.fingerprint().equals(task.place().fingerprint())) {
                    Task known = task.withLast(copy);
                    report(known, "it has not been read yet", true, outcome);
                    return known;
                }
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "{0}: the copy of the calendar is of no use: {1}", kept.path(), e.getMessage());
        }
        return task;
    }

    private void finish(Task task, CalendarCopy read, Throwable failure, Consumer<Outcome> outcome) {
        if (failure != null) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            report(
                    task,
                    cause instanceof UnreadableCalendarException ? cause.getMessage() : "it was given up",
                    false,
                    outcome);
            return;
        }
        try {
            CalendarShows shows = shows(task, read);
            post(outcome, new Outcome(Optional.of(read), Optional.of(keep(read, shows)), Optional.empty(), false));
        } catch (UnreadableCalendarException e) {
            report(task, e.getMessage(), false, outcome);
        }
    }

    private CalendarShows keep(CalendarCopy copy, CalendarShows shows) {
        try {
            kept.write(copy.bytes());
            return shows;
        } catch (IOException e) {
            List<String> problems = new ArrayList<>(shows.problems());
            problems.add("no copy for the next start can be kept in " + kept.path() + ": " + e.getMessage());
            return new CalendarShows(shows.shows(), shows.window(), shows.events(), problems);
        }
    }

    private void report(Task task, String failure, boolean interim, Consumer<Outcome> outcome) {
        Optional<CalendarShows> shows = Optional.empty();
        if (task.last().isPresent()) {
            try {
                shows = Optional.of(shows(task, task.last().get()));
            } catch (UnreadableCalendarException e) {
                LOG.log(Level.WARNING, "the last calendar can''t be used any more: {0}", e.getMessage());
            }
        }
        post(
                outcome,
                new Outcome(shows.isPresent() ? task.last() : Optional.empty(), shows, Optional.of(failure), interim));
    }

    private CalendarShows shows(Task task, CalendarCopy copy) throws UnreadableCalendarException {
        CalendarText.Content content = CalendarText.read(copy.text(), task.zone());
        return CalendarShows.of(content, task.profiles(), Window.around(loop.now()), loop);
    }

    /** What the loop has no room for is lost: it notices that nothing came in time. */
    private void post(Consumer<Outcome> outcome, Outcome result) {
        loop.offer(() -> outcome.accept(result));
    }

    static Duration ageOf(CalendarCopy copy, Instant now) {
        Duration age = Duration.between(copy.readAt(), now);
        return age.isNegative() ? Duration.ZERO : age;
    }
}
