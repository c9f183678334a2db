package org.relaysupervisor.proof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.relaysupervisor.proof.SwarmReport.Kind;

/**
 * Hundreds or thousands of real listeners, each a TCP connection of its own, on one thread. A steady or slow listener whose
 * connection is closed stays away until {@link #fill}. All methods may be called from any thread.
 */
public final class ListenerSwarm implements AutoCloseable {
    private static final int BUFFER = 65_536;
    private static final long LONGEST_WAIT_MILLIS = 20;
    private static final long SLOW_READ_NANOS = 250_000_000;
    private static final long STALL_NANOS = 60_000_000_000L;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SwarmPlan plan;
    private final Selector selector;
    private final Thread thread;
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private volatile boolean closing;
    private volatile Duration pace;

    // Of the swarm's thread.
    private final List<Listener> listeners = new ArrayList<>();
    private final Set<Listener> joining = new LinkedHashSet<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparingLong(Timer::at));
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private final Random random;
    private long nextJoinAt = System.nanoTime();
    private long ownPauseNanos;

    private record Timer(long at, Runnable action) {}

    private ListenerSwarm(SwarmPlan plan) throws IOException {
        this.plan = plan;
        this.pace = plan.pace();
        this.selector = Selector.open();
        this.random = new Random(plan.seed());
        this.thread = new Thread(this::run, "listeners of " + plan.server().getPort());
        thread.setDaemon(true);
    }

    /** They begin to join at once; see {@link #fill}. */
    public static ListenerSwarm start(SwarmPlan plan) throws IOException {
        ListenerSwarm swarm = new ListenerSwarm(plan);
        swarm.add(Kind.STEADY, plan.steady(), plan.sampled());
        swarm.add(Kind.SLOW, plan.slow(), 0);
        swarm.add(Kind.CHURNING, plan.churning(), (plan.sampled() + 4) / 5);
        swarm.add(Kind.STALLING, plan.stalling(), 0);
        swarm.joining.addAll(swarm.listeners);
        swarm.thread.start();
        return swarm;
    }

    private void add(Kind kind, int count, int sampled) {
        for (int i = 0; i < count; i++) {
            Listener listener = new Listener(kind, listeners.size(), i % 3 == 0, i < sampled);
            listeners.add(listener);
            switch (kind) {
                case STEADY -> {}
                case SLOW -> after(random.nextLong(SLOW_READ_NANOS), () -> readSlowly(listener));
                case CHURNING -> churn(listener);
                case STALLING -> stall(listener);
            }
        }
    }

    /**
     * Lets everybody who was closed or refused connect again, as often as it takes, until all have audio.
     *
     * @throws IllegalStateException when some have none in time
     */
    public void fill(Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        while (ask(this::joinMissing) > 0) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(ask(this::joinMissing) + " of " + listeners.size() + " listeners of "
                        + plan.server() + plan.mount() + " have no audio after " + within);
            }
            Thread.sleep(100);
        }
    }

    /** Takes another {@link SwarmPlan#pace} from now on. */
    public void pace(Duration interval) {
        pace = interval;
    }

    /** Lets everybody who was closed or refused connect again, once, and doesn't wait for them. */
    public void rejoin() throws InterruptedException {
        ask(this::joinMissing);
    }

    /** How many have no audio; those that don't even try are sent to join. */
    private int joinMissing() {
        int missing = 0;
        for (Listener listener : listeners) {
            if (listener.comesAndGoes() || listener.hasAudio()) {
                continue;
            }
            missing++;
            if (!listener.isConnected()) {
                joining.add(listener);
            }
        }
        return missing;
    }

    /** What happened since the last report, or since the start. */
    public SwarmReport report() throws InterruptedException {
        return ask(() -> {
            long now = System.nanoTime();
            SwarmReport report = new SwarmReport(
                    listeners.stream().map(listener -> listener.outcome(now)).toList(),
                    Duration.ofNanos(ownPauseNanos));
            ownPauseNanos = 0;
            return report;
        });
    }

    /** What the sampled listeners heard since the start, one entry for each connection that had a reply. */
    public List<Hearing.Heard> heard() throws InterruptedException {
        return ask(() -> listeners.stream()
                .flatMap(listener -> listener.hearings().stream())
                .map(Hearing::heard)
                .toList());
    }

    private <T> T ask(Callable<T> question) throws InterruptedException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        commands.add(() -> {
            try {
                answer.complete(question.call());
            } catch (Exception e) {
                answer.completeExceptionally(e);
            }
        });
        selector.wakeup();
        try {
            return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the swarm's thread does not answer", e);
        }
    }

    private void run() {
        try (selector) {
            while (!closing) {
                turn();
            }
            listeners.forEach(Listener::leave);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("the swarm has ended", e);
        }
    }

    private void turn() throws IOException, InterruptedException {
        long began = System.nanoTime();
        long wait = LONGEST_WAIT_MILLIS;
        Duration rest = pace;
        if (rest.isZero()) {
            selector.select(wait);
        } else {
            wait = rest.toMillis();
            Thread.sleep(wait);
            selector.selectNow();
        }
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.isValid()) {
                serve(key);
            }
        }
        selector.selectedKeys().clear();
        runTimers();
        joinSome();
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
        }
        ownPauseNanos = Math.max(ownPauseNanos, System.nanoTime() - began - wait * 1_000_000);
    }

    private void serve(SelectionKey key) {
        Listener listener = (Listener) key.attachment();
        if (key.isConnectable()) {
            listener.finishConnect(key, plan.mount());
        } else {
            listener.read(buffer);
        }
    }

    private void runTimers() {
        long now = System.nanoTime();
        while (!timers.isEmpty() && timers.peek().at() - now <= 0) {
            timers.poll().action().run();
        }
    }

    private void after(long nanos, Runnable action) {
        timers.add(new Timer(System.nanoTime() + nanos, action));
    }

    private void joinSome() {
        long now = System.nanoTime();
        if (joining.isEmpty()) {
            nextJoinAt = now;
        }
        Iterator<Listener> next = joining.iterator();
        while (next.hasNext() && nextJoinAt - now <= 0) {
            join(next.next());
            next.remove();
            nextJoinAt += 1_000_000_000L / plan.joinsPerSecond();
        }
    }

    private void join(Listener listener) {
        if (!listener.isConnected()) {
            listener.connect(selector, plan.server());
        }
    }

    private void readSlowly(Listener listener) {
        listener.read(buffer, (int) (plan.slowRate() * SLOW_READ_NANOS / 1_000_000_000L));
        after(SLOW_READ_NANOS, () -> readSlowly(listener));
    }

    private void churn(Listener listener) {
        after(random.nextLong(1_000_000_000L, 10_000_000_000L), () -> {
            listener.leave();
            after(random.nextLong(2_000_000_000L), () -> {
                join(listener);
                churn(listener);
            });
        });
    }

    private void stall(Listener listener) {
        after(random.nextLong(1_000_000_000L, 10_000_000_000L), () -> {
            listener.stopReading(selector);
            after(STALL_NANOS, () -> {
                listener.leave(buffer);
                join(listener);
                stall(listener);
            });
        });
    }

    /** Everybody leaves. */
    @Override
    public void close() {
        closing = true;
        selector.wakeup();
        try {
            thread.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new UncheckedIOException(new IOException("the swarm did not end"));
        }
    }
}
