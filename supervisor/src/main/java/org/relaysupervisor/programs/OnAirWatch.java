package org.relaysupervisor.programs;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.relaysupervisor.loop.Clock;

/**
 * Knows what Liquidsoap plays: asks it every 2 s over its socket, and at once when its log tells of a switch. What it printed is
 * only a hint; what it answers counts. A Liquidsoap that is away, hangs or talks nonsense is asked less and less often. One thread,
 * which never waits for longer than some seconds.
 */
public final class OnAirWatch implements AutoCloseable {
    private static final Logger LOG = System.getLogger(OnAirWatch.class.getName());

    /** An answer older than this is no longer told. */
    static final Duration VALID = Duration.ofSeconds(3);

    private static final Duration PERIOD = Duration.ofSeconds(2);
    private static final int LONGEST_PAUSE = 4;
    /** Liquidsoap prints just before it switches. Also the least time between two questions, however much it prints. */
    private static final Duration SETTLING = Duration.ofMillis(100);
    /** What begins the lines of the operator that chooses, as radio.liq names it. */
    private static final String SWITCHING = "[choice:";

    private final ControlSocket socket;
    private final Clock clock;
    private final Duration period;
    private final Thread thread;
    private final Semaphore bell = new Semaphore(0);
    private final CountDownLatch closed = new CountDownLatch(1);
    /** Written by the thread alone. */
    private volatile Optional<Seen> seen = Optional.empty();

    private record Seen(OnAir onAir, long nanoTime) {}

    /**
     * Starts asking.
     *
     * @param socket where Liquidsoap's socket is, or will be, see {@link LiquidsoapProgram#socket}
     * @param threads makes the one thread
     */
    public OnAirWatch(Path socket, Clock clock, ThreadFactory threads) {
        this(socket, clock, threads, PERIOD);
    }

    OnAirWatch(Path socket, Clock clock, ThreadFactory threads, Duration period) {
        this.socket = new ControlSocket(socket);
        this.clock = clock;
        this.period = period;
        this.thread = threads.newThread(this::run);
        thread.start();
    }

    /** What plays; empty when Liquidsoap hasn't said for 3 s. Any thread. */
    public Optional<OnAir> onAir() {
        return seen.filter(last -> clock.since(last.nanoTime()).compareTo(VALID) <= 0)
                .map(Seen::onAir);
    }

    /** Takes a line that Liquidsoap printed. Any thread; never blocks. */
    public void heard(String line) {
        if (line.contains(SWITCHING) && bell.availablePermits() == 0) {
            bell.release();
        }
    }

    /** Ends the asking, at once; the thread may end a little later. */
    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }

    private void run() {
        int failures = 0;
        try {
            while (closed.getCount() > 0) {
                failures = ask() ? 0 : failures + 1;
                if (bell.tryAcquire(pause(period, failures).toNanos(), TimeUnit.NANOSECONDS)) {
                    if (closed.await(SETTLING.toMillis(), TimeUnit.MILLISECONDS)) {
                        return;
                    }
                    bell.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            // Closed.
        } finally {
            socket.close();
        }
    }

    /** How long to wait for the next question: half a period after a failure, up to two after several. */
    static Duration pause(Duration period, int failures) {
        return failures == 0 ? period : period.dividedBy(2).multipliedBy(Math.min(LONGEST_PAUSE, failures));
    }

    private boolean ask() {
        try {
            OnAirAnswer answer = OnAirAnswer.parse(socket.ask("relay.on_air"));
            Optional<OnAir> before = onAir();
            Instant since = before.filter(last -> last.source().equals(answer.source()))
                    .map(OnAir::since)
                    .orElseGet(clock::now);
            seen = Optional.of(new Seen(new OnAir(answer.source(), since, answer.inputs()), clock.nanoTime()));
            return true;
        } catch (IOException e) {
            // Its probes tell the operator.
            LOG.log(Level.DEBUG, () -> "what plays is not known: " + e.getMessage());
            return false;
        }
    }
}
