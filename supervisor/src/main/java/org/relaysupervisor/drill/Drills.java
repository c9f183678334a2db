package org.relaysupervisor.drill;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.relaysupervisor.loop.Loop;

/**
 * Breaks the station on purpose, one fault at a time, and mends it whatever becomes of the one who asked: when asked to, when nobody renews
 * the drill's lease, when its time is up, when a show begins, and at the next start when the daemon itself ended meanwhile.
 *
 * <p>Belongs to the loop, except for {@link #snapshot} and {@link #choices}. What faults do is done on the worker, one thing at a time.
 */
public final class Drills {
    /** For how long a drill goes on without a word from the one who asked for it. */
    public static final Duration LEASE = Duration.ofSeconds(10);

    private static final Logger log = System.getLogger(Drills.class.getName());
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final String BY_FORCE = "; --force does it all the same";

    private final Loop loop;
    private final Executor worker;
    private final Faults faults;
    private final Precautions precautions;
    private final Trace trace;
    private final RandomGenerator random;

    private Optional<Drill> current = Optional.empty();
    private Optional<Step> step = Optional.empty();
    private volatile Optional<DrillSnapshot.Active> active = Optional.empty();

    /** @param refused why it can't be had here and now; empty when it can */
    public record Choice(String name, String what, Optional<String> refused) {}

    /**
     * What the worker does for the current drill.
     *
     * @param outcome what went wrong, or empty
     */
    private record Step(CompletableFuture<Optional<String>> outcome, Consumer<Optional<String>> next) {}

    /**
     * @param worker one thread, used by nobody else
     * @param random for ids
     */
    public Drills(
            Loop loop, Executor worker, Faults faults, Precautions precautions, Trace trace, RandomGenerator random) {
        this.loop = loop;
        this.worker = worker;
        this.faults = faults;
        this.precautions = precautions;
        this.trace = trace;
        this.random = random;
    }

    /** What can be asked for. Any thread; may touch the disk. */
    public List<Choice> choices() {
        Optional<String> busy = active.map(other -> busy(other.name()));
        return faults.byName().entrySet().stream()
                .map(entry -> choice(entry.getKey(), entry.getValue(), busy))
                .toList();
    }

    private static Choice choice(String name, Fault fault, Optional<String> busy) {
        Optional<String> risk = fault.risk().map(reason -> reason + BY_FORCE);
        return new Choice(name, fault.what(), busy.or(fault::impossible).or(() -> risk));
    }

    private static String busy(String other) {
        return "the drill " + other + " is on; one is had at a time";
    }

    /** Any thread. */
    public DrillSnapshot snapshot() {
        return new DrillSnapshot(List.copyOf(faults.byName().keySet()), active);
    }

    /** Mends what an earlier life of the daemon left broken, and watches over drills from now on. */
    public void start() {
        trace.read().ifPresent(this::takeUp);
        loop.every(TICK, this::tick);
    }

    private void takeUp(String name) {
        Fault fault = faults.byName().get(name);
        if (fault == null) {
            trace.clear();
            return;
        }
        log.log(Level.WARNING, "the daemon ended during the drill {0}; what it left is repaired", name);
        Drill left = new Drill(newId(), name, fault, true, Duration.ZERO, loop);
        left.over = Optional.of("the daemon ended meanwhile");
        current = Optional.of(left);
        repair(left);
    }

    /** Repairs what is broken, as far as there is time for it: the daemon is being stopped. */
    public void stop() {
        current.ifPresent(drill -> over(drill, "because the daemon is stopped"));
    }

    /**
     * Begins a drill.
     *
     * @param longest after which it is repaired in any case
     * @param mostListeners with more, it is refused
     * @param force although people listen, a show is on or near, or more than the station may be harmed
     * @return the id to renew and end it by, once the fault is there; or an {@link IllegalStateException} that says why it is not, and
     *     nothing is left broken
     * @throws IllegalArgumentException when there is no such drill
     * @throws IllegalStateException when it is refused; the message says why
     */
    public CompletableFuture<String> start(String name, Duration longest, int mostListeners, boolean force) {
        Fault fault = faults.byName().get(name);
        if (fault == null) {
            throw new IllegalArgumentException("there is no drill " + name + "; there are "
                    + String.join(", ", faults.byName().keySet()));
        }
        Optional<String> busy = current.map(other -> busy(other.name));
        Optional<String> objection = force
                ? Optional.empty()
                : fault.risk()
                        .or(() -> precautions.objection(longest, mostListeners))
                        .map(reason -> reason + BY_FORCE);
        busy.or(fault::impossible).or(() -> objection).ifPresent(Drills::refuse);
        note(name);
        Drill drill = new Drill(newId(), name, fault, force, longest, loop);
        current = Optional.of(drill);
        publish();
        log.log(Level.WARNING, "drill {0} begins: {1}", name, fault.what());
        work(fault::begin, failure -> begun(drill, failure));
        return drill.begun;
    }

    private static void refuse(String reason) {
        throw new IllegalStateException(reason);
    }

    /** Before anything is broken: what isn't noted might stay broken. */
    private void note(String name) {
        try {
            trace.write(name);
        } catch (IOException e) {
            throw new IllegalStateException("it can't be noted that a drill is on, so none is begun: " + e, e);
        }
    }

    private String newId() {
        byte[] id = new byte[8];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    private void begun(Drill drill, Optional<String> failure) {
        if (failure.isPresent()) {
            drill.failure = failure;
            over(drill, "because it could not be begun: " + failure.get());
            return;
        }
        drill.on = true;
        drill.renewed(loop);
        drill.begun.complete(drill.id);
        repairIfOver(drill);
    }

    /**
     * The child that is to be restarted, as by an operator, once a drill has begun; empty for most.
     *
     * @throws IllegalStateException when that drill is over
     */
    public Optional<String> restarts(String id) {
        return named(id).fault.restarts();
    }

    /**
     * Somebody still watches.
     *
     * @throws IllegalStateException when that drill is over, or being repaired
     */
    public void renew(String id) {
        Drill drill = named(id);
        drill.over.ifPresent(why -> refuse("the drill " + drill.name + " was ended " + why));
        drill.renewed(loop);
    }

    /**
     * Ends a drill.
     *
     * @return a word for people, when all is mended
     * @throws IllegalStateException when that drill is over
     */
    public CompletableFuture<String> end(String id) {
        Drill drill = named(id);
        CompletableFuture<String> end = new CompletableFuture<>();
        drill.ends.add(end);
        over(drill, "as asked for");
        return end;
    }

    private Drill named(String id) {
        return current.filter(drill -> drill.id.equals(id))
                .orElseThrow(() -> new IllegalStateException("that drill is over"));
    }

    private void tick() {
        collect();
        current.ifPresent(this::look);
    }

    private void look(Drill drill) {
        if (drill.over.isEmpty()) {
            Optional<String> show = drill.forced ? Optional.empty() : precautions.show();
            drill.due(loop).or(() -> show.map(on -> "because " + on)).ifPresent(why -> over(drill, why));
        }
        if (step.isPresent()) {
            return;
        }
        if (drill.over.isPresent()) {
            repair(drill);
        } else {
            work(drill.fault::keep, failure -> kept(drill, failure));
        }
    }

    private void kept(Drill drill, Optional<String> failure) {
        drill.problem = failure;
        repairIfOver(drill);
    }

    private void over(Drill drill, String why) {
        if (drill.over.isPresent()) {
            return;
        }
        drill.over = Optional.of(why);
        log.log(Level.WARNING, "drill {0} ends {1}", drill.name, why);
        repairIfOver(drill);
    }

    private void repairIfOver(Drill drill) {
        publish();
        if (drill.over.isPresent() && step.isEmpty()) {
            repair(drill);
        }
    }

    private void repair(Drill drill) {
        work(drill.fault::repair, failure -> repaired(drill, failure));
    }

    private void repaired(Drill drill, Optional<String> failure) {
        if (failure.isPresent()) {
            if (!failure.equals(drill.problem)) {
                log.log(Level.ERROR, "drill {0} is not repaired yet: {1}", drill.name, failure.get());
            }
            drill.problem = failure;
            publish();
            return;
        }
        trace.clear();
        current = Optional.empty();
        publish();
        log.log(Level.WARNING, "drill {0} is repaired", drill.name);
        drill.failure.ifPresent(why -> drill.begun.completeExceptionally(new IllegalStateException(why)));
        String end = "the drill " + drill.name + " is repaired";
        drill.ends.forEach(waiting -> waiting.complete(end));
    }

    private void publish() {
        active = current.map(Drill::view);
    }

    private void work(Work work, Consumer<Optional<String>> next) {
        CompletableFuture<Optional<String>> outcome = new CompletableFuture<>();
        step = Optional.of(new Step(outcome, next));
        try {
            worker.execute(() -> {
                outcome.complete(outcome(work));
                announce();
            });
        } catch (RejectedExecutionException e) {
            // Tried again at the next tick, if it is a repair.
            outcome.complete(Optional.of("there is no thread for it"));
        }
    }

    private static Optional<String> outcome(Work work) {
        try {
            work.run();
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            return Optional.of(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    /** On the worker. When the loop has no room for it, the next tick finds the outcome. */
    private void announce() {
        loop.offer(this::collect);
    }

    private void collect() {
        Optional<Step> done = step.filter(each -> each.outcome().isDone());
        done.ifPresent(each -> {
            step = Optional.empty();
            each.next().accept(each.outcome().join());
        });
    }
}
