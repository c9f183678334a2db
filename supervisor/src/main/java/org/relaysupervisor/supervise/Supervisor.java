package org.relaysupervisor.supervise;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.relaysupervisor.loop.Loop;
import org.relaysupervisor.process.Exit;
import org.relaysupervisor.process.Processes;
import org.relaysupervisor.process.Processes.Signal;

/**
 * Owns all children: starts them in the order of their dependencies, probes them, restarts them by their policy, stops them in
 * reverse order. Everything here is called on the loop, except {@link #snapshot()}. Callbacks run on the loop.
 *
 * <p>A restart is counted under its cause when the new attempt is made, whether or not the attempt succeeds: after a failed
 * attempt the next one counts as {@link Cause#SPAWN}.
 *
 * <p>Commands that name an unknown child throw {@link IllegalArgumentException}; commands that would start something while
 * {@link #stopAll} is under way throw {@link IllegalStateException}. The messages are for the operator.
 */
public final class Supervisor {
    private static final Logger log = System.getLogger(Supervisor.class.getName());

    private final Loop loop;
    private final Processes processes;
    private final ProbeRunner probes;
    private final DoubleSupplier random;
    private final Function<String, Optional<String>> lastLine;
    private final Listener listener;

    private final Map<String, Child> children = new LinkedHashMap<>();
    private final Set<String> leaving = new HashSet<>();
    private final Queue<Runnable> afterwards = new ArrayDeque<>();
    private final List<Runnable> whenAllGone = new ArrayList<>();
    private boolean stopping;
    /** What goes on while all else is stopped. */
    private Predicate<Child> spared = child -> false;
    /** From other threads; at most one exit and one answer per process, so it needs no bound of its own. */
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();

    private volatile List<ChildSnapshot> published = List.of();

    /**
     * @param random in [0, 1), for the jitter
     * @param lastLine the newest line a child wrote, by its name, to explain its exit
     */
    public Supervisor(
            Loop loop,
            Processes processes,
            ProbeRunner probes,
            DoubleSupplier random,
            Function<String, Optional<String>> lastLine,
            Listener listener) {
        this.loop = loop;
        this.processes = processes;
        this.probes = probes;
        this.random = random;
        this.lastLine = lastLine;
        this.listener = listener;
    }

    /** Told on the loop, in the midst of a transition: it must not call the supervisor, but may post to the loop. */
    public interface Listener {
        /** A process was started; the name is the process's own, see {@link ChildSpec#processName}. */
        default void spawned(String name, long pid) {}

        /** A process that an earlier daemon started was taken over. */
        default void adopted(String name, long pid) {}

        /** A process that was started or taken over has ended. */
        default void exited(String name, long pid, Exit exit) {}

        /** Anything but the note changed. The note of {@code after} says why. */
        default void changed(ChildSnapshot before, ChildSnapshot after) {}
    }

    // Commands

    /** Adds a child, stopped. What it starts after must have been added before. */
    public void add(ChildSpec spec) {
        handle(() -> {
            if (children.containsKey(spec.name())) {
                throw new IllegalArgumentException("there is a child " + spec.name() + " already");
            }
            checkDependencies(spec);
            children.put(spec.name(), new Child(spec, this, loop, processes, probes));
            publish();
        });
    }

    /**
     * Gives a child a new specification from its next start on; its living process keeps the old one, and its pid.
     *
     * @param restartNow whether a child that is wanted restarts for it at once, as by {@link #restart}
     */
    public void replace(ChildSpec spec, boolean restartNow) {
        handle(() -> {
            Child child = named(spec.name());
            checkDependencies(spec);
            child.use(spec);
            if (restartNow && child.isWanted() && !stopping) {
                child.restart();
            }
        });
    }

    /** Stops a child and forgets it. Refused while another child starts after it. */
    public void remove(String name, Runnable whenGone) {
        handle(() -> {
            Child child = named(name);
            for (Child other : children.values()) {
                String otherName = other.spec().name();
                if (other.spec().after().contains(name) && !leaving.contains(otherName)) {
                    throw new IllegalArgumentException(name + " can't be removed: " + otherName + " starts after it");
                }
            }
            leaving.add(name);
            child.stop(() -> {
                children.remove(name);
                leaving.remove(name);
                publish();
                whenGone.run();
            });
        });
    }

    /** Wants a child to run, and tries it now rather than at the end of its backoff. */
    public void start(String name) {
        handle(() -> startable(name).start());
    }

    /** No longer wants a child to run. Idempotent; the callback runs when no process of it is left. */
    public void stop(String name, Runnable whenStopped) {
        handle(() -> named(name).stop(whenStopped));
    }

    /** Ends the child's process, if any, and starts it again at once; a stopped child is started. */
    public void restart(String name) {
        handle(() -> startable(name).restart());
    }

    /**
     * Restarts a child before it fails by itself: asked to end as by {@link #restart}, and counted under the cause. Does nothing
     * unless it is UP.
     *
     * @param why for people
     */
    public void restartAhead(String name, Cause cause, String why) {
        handle(() -> {
            if (!stopping && !leaving.contains(name)) {
                named(name).restartAhead(cause, why);
            }
        });
    }

    /**
     * Starts another process beside that of a child, which takes its place once it is fit: as the end and the new start of a restart for
     * this cause, but with the old one ending afterwards. Until then, and if it fails, everything stays as it was. A stop ends both.
     *
     * @param spec of the child from then on; its process has another name than the one that lives
     * @param why for people
     * @throws IllegalStateException when the child isn't UP, or has a process beside its own already
     */
    public void succeed(ChildSpec spec, Cause cause, String why, Handover handover) {
        handle(() -> {
            checkDependencies(spec);
            startable(spec.name()).succeed(spec, new Life.Verdict(cause, why), handover);
        });
    }

    /** Ends a successor that is being tried, if there is one; what it was waited for last is added to the reason. */
    public void giveUp(String name, String why) {
        handle(() -> named(name).giveUp(why));
    }

    /**
     * Kills a child's process, which is then restarted by its policy as if it had died, and counted under the cause. Does nothing
     * when none lives, or it is ending already. A successor that is being tried is given up.
     *
     * @param process its name, which is the child's unless that has two
     * @param why for people
     */
    public void condemn(String process, Cause cause, String why) {
        handle(() -> children.values().stream()
                .filter(child -> child.runs(process))
                .findFirst()
                .ifPresentOrElse(child -> child.condemn(process, cause, why), () -> named(process)));
    }

    /**
     * Sends a child's process a signal that nothing else here is told of. Its end counts under {@link Cause#DRILL} from now on, unless it
     * is asked to end or the kernel kills it for memory. Does nothing when none lives.
     *
     * @param why for people
     */
    public void drill(String name, Signal signal, String why) {
        handle(() -> named(name).life().ifPresent(living -> {
            living.drill = Optional.of(why);
            living.process.signal(signal);
        }));
    }

    /** Lets a process go on that a {@link #drill} has stopped; its end is its own again. */
    public void endDrill(String name) {
        handle(() -> named(name)
                .life()
                .filter(living -> living.drill.isPresent())
                .ifPresent(living -> {
                    living.drill = Optional.empty();
                    living.process.signal(Signal.CONT);
                }));
    }

    /** From now on, or no more, each successor of the child stands still from its start on, and nothing else here is told of it. */
    public void drillSuccessors(String name, boolean on) {
        handle(() -> named(name).drillSuccessors(on));
    }

    public void startAll() {
        handle(() -> {
            refuseWhileStopping();
            children.values().stream()
                    .filter(child -> !leaving.contains(child.spec().name()))
                    .forEach(Child::start);
        });
    }

    /**
     * Stops every child, those first that others do not start after, each with its own stop timeout; so it takes at most the sum
     * of these along the longest chain. A second call kills all that still live at once.
     */
    public void stopAll(Runnable whenAllGone) {
        stop(child -> false, whenAllGone);
    }

    /**
     * Stops every child, as {@link #stopAll} does, but those whose processes another daemon may take over: they go on. To be called at
     * the end only, for a spared child that ends by itself is started again.
     */
    public void handOver(Runnable whenOthersGone) {
        stop(child -> child.isLive() && child.spec().launch().lasting().isPresent(), whenOthersGone);
    }

    private void stop(Predicate<Child> goesOn, Runnable whenGone) {
        handle(() -> {
            whenAllGone.add(whenGone);
            if (stopping) {
                ending().filter(Child::isLive).forEach(Child::killNow);
            } else {
                stopping = true;
                spared = Set.copyOf(children.values().stream().filter(goesOn).toList())::contains;
                ending().forEach(Child::unwant);
            }
        });
    }

    private Stream<Child> ending() {
        return children.values().stream().filter(spared.negate());
    }

    /** One entry per child, in the order added; from any thread, also while the loop is stuck. */
    public List<ChildSnapshot> snapshot() {
        return published;
    }

    private Child named(String name) {
        Child child = children.get(name);
        if (child == null) {
            throw new IllegalArgumentException(
                    "there is no child " + name + "; there are: " + String.join(", ", children.keySet()));
        }
        return child;
    }

    private Child startable(String name) {
        refuseWhileStopping();
        Child child = named(name);
        if (leaving.contains(name)) {
            throw new IllegalStateException(name + " is being removed");
        }
        return child;
    }

    private void refuseWhileStopping() {
        if (stopping) {
            throw new IllegalStateException("everything is being stopped");
        }
    }

    // Order

    private void checkDependencies(ChildSpec spec) {
        for (String name : spec.after()) {
            if (!children.containsKey(name) || leaving.contains(name)) {
                throw new IllegalArgumentException(spec.name() + " starts after " + name + ", which is no child");
            }
            if (name.equals(spec.name()) || needs(children.get(name), spec.name())) {
                throw new IllegalArgumentException(spec.name() + " and " + name + " start after each other");
            }
        }
    }

    /** Whether a child starts after the named one, directly or through others. Ends, because there are no circles. */
    private boolean needs(Child child, String name) {
        return child.spec().after().stream()
                .anyMatch(on -> on.equals(name) || (children.containsKey(on) && needs(children.get(on), name)));
    }

    List<String> notUp(List<String> names) {
        return names.stream()
                .filter(name -> children.get(name).state() != ChildState.UP)
                .toList();
    }

    private void askNextToEnd() {
        for (Child child : ending().toList()) {
            String name = child.spec().name();
            boolean needed = ending().anyMatch(other -> other.isLive() && needs(other, name));
            if (child.life().isPresent() && child.state() != ChildState.STOPPING && !needed) {
                child.askToEnd();
            }
        }
        if (ending().noneMatch(Child::isLive)) {
            stopping = false;
            spared = child -> false;
            afterwards(whenAllGone);
            whenAllGone.clear();
        }
    }

    // Events

    /** Brings an event of another thread to the loop. When the loop's queue is full the next event or timer finds it. */
    void later(Runnable event) {
        inbox.add(event);
        try {
            loop.post(() -> handle(() -> {}));
        } catch (RejectedExecutionException e) {
            log.log(Level.WARNING, "an event of a child is handled late: {0}", e.getMessage());
        }
    }

    /**
     * Handles one thing that happened, after all that came in before it: so a timer never overrules an exit or an answer that
     * is already here, however long the loop was held up.
     */
    void handle(Runnable event) {
        try {
            for (Runnable earlier = inbox.poll(); earlier != null; earlier = inbox.poll()) {
                guard(earlier);
            }
            event.run();
        } finally {
            settle();
        }
    }

    /** What follows from the new states. */
    private void settle() {
        children.values().forEach(Child::startIfReady);
        if (stopping) {
            askNextToEnd();
        }
        for (Runnable callback = afterwards.poll(); callback != null; callback = afterwards.poll()) {
            guard(callback);
        }
    }

    /** Runs callbacks once the event is dealt with, so that they may give commands. */
    void afterwards(List<Runnable> callbacks) {
        afterwards.addAll(callbacks);
    }

    double random() {
        return random.getAsDouble();
    }

    Optional<String> lastLine(String name) {
        try {
            return lastLine.apply(name);
        } catch (RuntimeException e) {
            log.log(Level.ERROR, "the last line of " + name + " could not be had", e);
            return Optional.empty();
        }
    }

    void begun(Life life) {
        String name = life.name();
        long pid = life.process.pid();
        guard(life.isAdopted() ? () -> listener.adopted(name, pid) : () -> listener.spawned(name, pid));
    }

    void exited(String name, long pid, Exit exit) {
        guard(() -> listener.exited(name, pid, exit));
    }

    void published(ChildSnapshot before, ChildSnapshot after) {
        publish();
        if (!after.equals(before.withNote(after.note()))) {
            guard(() -> listener.changed(before, after));
        }
    }

    private void publish() {
        published = children.values().stream().map(Child::snapshot).toList();
    }

    /** A callback that fails must not leave a child half-way between two states, nor keep the next event from being handled. */
    private static void guard(Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException e) {
            log.log(Level.ERROR, "a callback or event of the supervisor failed", e);
        }
    }
}
