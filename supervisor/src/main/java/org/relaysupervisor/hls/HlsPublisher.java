package org.relaysupervisor.hls;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.hls.HlsSnapshot.Drop;
import org.relaysupervisor.hls.HlsSnapshot.State;
import org.relaysupervisor.loop.Loop;
import org.relaysupervisor.store.ObjectStore;
import org.relaysupervisor.store.StoreException;
import org.relaysupervisor.store.StoreException.Reason;

/**
 * Brings live segments out, one at a time and in order. Of those that wait the oldest are dropped, never the newest: what is live is worth
 * something now or not at all. Belongs to the loop, but for {@link #snapshot}; the store's calls are made on another thread.
 */
public final class HlsPublisher {
    /** How often {@link #observe} is to be called. */
    public static final Duration OBSERVE_EVERY = Duration.ofSeconds(1);

    private static final Logger log = System.getLogger(HlsPublisher.class.getName());

    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(15);
    private static final Duration PERMANENT_DELAY = Duration.ofSeconds(30);
    private static final int MOST_DOUBLINGS = 4;

    private final Loop loop;
    private final Executor worker;
    private final Writer writer;
    private final HlsTally tally = new HlsTally();
    private final Deque<HlsSegment> waiting = new ArrayDeque<>();

    /** From the worker, for the loop; at most one, since there is one attempt at a time. */
    private final AtomicReference<Attempt> ended = new AtomicReference<>();

    /** Empty while it is off. */
    private Optional<Target> target = Optional.empty();

    private State state = State.OFF;
    private boolean busy;
    private int failures;
    private long notBefore;
    private Optional<Reason> complainedOf = Optional.empty();

    private volatile HlsSnapshot snapshot;

    /** Where to. */
    private record Target(RelayConfig.PublicHls config, String store, PublicPlaylist playlist) {}

    /** How an attempt ended: one of these. */
    private record Outcome(
            Optional<PublicPlaylist.Result> result,
            Optional<StoreException> failure,
            Optional<IOException> unreadable) {}

    private record Attempt(Target to, HlsSegment segment, Outcome outcome) {}

    /** @param worker one thread; may refuse */
    public HlsPublisher(Loop loop, Executor worker, Writer writer) {
        this.loop = loop;
        this.worker = worker;
        this.writer = writer;
        this.snapshot = tally.snapshot(State.OFF, "", 0);
        this.notBefore = loop.nanoTime();
    }

    /** From now on so, and into this store. Segments that wait go there. On the loop. */
    public void use(RelayConfig.PublicHls config, ObjectStore store) {
        PublicPlaylist playlist = new PublicPlaylist(store, writer, config.playlistLength(), config.segment(), loop);
        target = Optional.of(new Target(config, store.description(), playlist));
        state = State.WAITING;
        failures = 0;
        notBefore = loop.nanoTime();
        complainedOf = Optional.empty();
        trim(Drop.QUEUE_FULL);
        publishView();
    }

    /** From now on nothing is published. On the loop. */
    public void off() {
        target = Optional.empty();
        state = State.OFF;
        waiting.clear();
        publishView();
    }

    /** Takes a closed segment, the newest so far. On the loop. */
    public void offer(HlsSegment segment) {
        if (target.isEmpty()) {
            return;
        }
        waiting.add(segment);
        trim(state == State.STANDBY ? Drop.ELSEWHERE : Drop.QUEUE_FULL);
        pump();
        publishView();
    }

    /** To be called each {@link #OBSERVE_EVERY}: tries again what is to be tried again. On the loop. */
    public void observe() {
        collect();
        pump();
        publishView();
    }

    /** Any thread. */
    public HlsSnapshot snapshot() {
        return snapshot;
    }

    private void trim(Drop why) {
        int most = target.map(to -> to.config().playlistLength()).orElse(0);
        while (waiting.size() > most) {
            waiting.removeFirst();
            tally.dropped(why);
        }
    }

    private void pump() {
        if (busy || target.isEmpty() || waiting.isEmpty() || loop.nanoTime() - notBefore < 0) {
            return;
        }
        Target to = target.get();
        HlsSegment next = waiting.removeFirst();
        busy = true;
        try {
            worker.execute(() -> attempt(to, next));
        } catch (RejectedExecutionException ending) {
            busy = false;
            waiting.addFirst(next);
        }
    }

    /** On the worker. */
    private void attempt(Target to, HlsSegment segment) {
        Outcome outcome;
        try {
            outcome = new Outcome(Optional.of(to.playlist().add(segment)), Optional.empty(), Optional.empty());
        } catch (StoreException e) {
            outcome = failure(e);
        } catch (IOException e) {
            outcome = new Outcome(Optional.empty(), Optional.empty(), Optional.of(e));
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            outcome = failure(new StoreException(Reason.NETWORK, "interrupted", ending));
        } catch (RuntimeException e) {
            outcome = failure(new StoreException(Reason.SERVER, "unexpected: " + e, e));
        }
        ended.set(new Attempt(to, segment, outcome));
        // When the loop has no room for it, the next tick collects it.
        loop.offer(this::collect);
    }

    private void collect() {
        Attempt attempt = ended.getAndSet(null);
        if (attempt != null) {
            finished(attempt.to(), attempt.segment(), attempt.outcome());
        }
    }

    private static Outcome failure(StoreException cause) {
        return new Outcome(Optional.empty(), Optional.of(cause), Optional.empty());
    }

    private void finished(Target to, HlsSegment segment, Outcome outcome) {
        busy = false;
        if (!target.equals(Optional.of(to))) {
            // The configuration has changed meanwhile: it goes where it goes now, if anywhere.
            if (target.isPresent() && outcome.unreadable().isEmpty()) {
                putBack(segment, Drop.QUEUE_FULL);
            }
        } else {
            outcome.result().ifPresent(result -> answered(segment, result));
            outcome.failure().ifPresent(failure -> failed(segment, failure));
            outcome.unreadable().ifPresent(this::unreadable);
        }
        pump();
        publishView();
    }

    private void answered(HlsSegment segment, PublicPlaylist.Result result) {
        failures = 0;
        complainedOf = Optional.empty();
        tally.answered(result.newestEnd());
        switch (result.verdict()) {
            case PUBLISHED -> {
                state = State.LIVE;
                tally.published(loop.since(segment.closedNanos()));
            }
            case THEIRS -> {
                state = State.STANDBY;
                putBack(segment, Drop.ELSEWHERE);
                // One look per segment or so costs next to nothing, and sees the end of the other soon enough.
                pause(target.orElseThrow().config().segment().dividedBy(2));
            }
            case OVERLAP -> tally.dropped(Drop.ELSEWHERE);
        }
    }

    private void failed(HlsSegment segment, StoreException failure) {
        Reason reason = failure.reason();
        tally.failed(failure);
        state = State.FAILING;
        putBack(segment, Drop.QUEUE_FULL);
        Duration delay = FIRST_DELAY.multipliedBy(1L << Math.min(failures, MOST_DOUBLINGS));
        failures++;
        pause(needsSomebody(reason) ? PERMANENT_DELAY : delay.compareTo(LONGEST_DELAY) < 0 ? delay : LONGEST_DELAY);
        if (!complainedOf.equals(Optional.of(reason))) {
            complainedOf = Optional.of(reason);
            log.log(
                    needsSomebody(reason) ? Level.ERROR : Level.WARNING,
                    "HLS can''t be published ({0}): {1}; it is tried again, with the newest segments",
                    reason.label(),
                    failure.getMessage());
        }
    }

    /** A conflict doesn't: the next look tells who writes there. */
    private static boolean needsSomebody(Reason reason) {
        return reason.isPermanent() && reason != Reason.CONFLICT;
    }

    private void unreadable(IOException failure) {
        tally.dropped(Drop.FILE);
        log.log(Level.WARNING, "a segment for HLS is lost: {0}", failure.toString());
    }

    private void putBack(HlsSegment segment, Drop why) {
        waiting.addFirst(segment);
        trim(why);
    }

    private void pause(Duration delay) {
        notBefore = loop.nanoTime() + delay.toNanos();
    }

    private void publishView() {
        snapshot = tally.snapshot(state, target.map(Target::store).orElse(""), waiting.size() + (busy ? 1 : 0));
    }
}
