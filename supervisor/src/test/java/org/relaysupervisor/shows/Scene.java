package org.relaysupervisor.shows;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.relaysupervisor.config.ConfigReader;
import org.relaysupervisor.config.InvalidConfigException;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.loop.ManualLoop;

/** Shows with a clock of the test's own. The worker's tasks wait until the test runs them, all on its own thread. */
final class Scene {
    final ManualLoop loop = new ManualLoop();
    final List<String> heard = new ArrayList<>();
    final Path state;
    Shows shows;

    private final LinkedBlockingQueue<Runnable> worker = new LinkedBlockingQueue<>();
    private volatile Thread advancing;
    private boolean begunByLoop;

    Scene(Path state, String start) throws IOException {
        this.state = state;
        loop.jumpWallClock(Duration.between(loop.now(), Instant.parse(start)));
        shows = open();
    }

    /** As after a restart of the daemon. */
    void restart() throws IOException {
        shows.close();
        worker.clear();
        heard.clear();
        shows = open();
    }

    private Shows open() throws IOException {
        return Shows.open(
                state,
                loop,
                this::submit,
                show -> heard.add(show.map(Show::name).orElse("-")));
    }

    Scene use(String yaml) throws InvalidConfigException {
        shows.use(config(yaml), Optional.empty());
        settle();
        return this;
    }

    Scene use(String yaml, String address) throws InvalidConfigException {
        shows.use(config(yaml), Optional.of(new Secret(address)));
        return this;
    }

    static RelayConfig config(String yaml) throws InvalidConfigException {
        return ConfigReader.parse(yaml, "relay.yaml", Path.of("/")).config();
    }

    /** Runs all that needs nothing but the disk. */
    void settle() {
        for (Runnable task = worker.poll(); task != null; task = worker.poll()) {
            task.run();
        }
        loop.runPosted();
    }

    /** Runs what comes, from the network too, until this is so. */
    void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            try {
                Runnable task = worker.poll(20, TimeUnit.MILLISECONDS);
                if (task != null) {
                    task.run();
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            loop.runPosted();
        }
    }

    /** With a worker that is never far behind. */
    void advance(Duration by) {
        Duration step = Duration.ofSeconds(20);
        Duration left = by;
        for (; left.compareTo(step) > 0; left = left.minus(step)) {
            loop.advance(step);
            settle();
        }
        loop.advance(left);
        settle();
    }

    /** Until the calendar is about to be read again. */
    void advanceToNextReading() {
        begunByLoop = false;
        while (!begunByLoop) {
            advancing = Thread.currentThread();
            loop.advance(Duration.ofSeconds(1));
            advancing = null;
        }
    }

    /** From any thread: the client of the network has tasks of its own for the worker. */
    private void submit(Runnable task) {
        if (Thread.currentThread().equals(advancing)) {
            begunByLoop = true;
        }
        worker.add(task);
    }

    void advanceTo(String instant) {
        advance(Duration.between(loop.now(), Instant.parse(instant)));
    }

    /** The name of the show that is on, or a dash. */
    String on() {
        return shows.snapshot().current().map(Show::name).orElse("-");
    }

    ShowsSnapshot.CalendarState calendar() {
        return shows.snapshot().calendar().orElseThrow();
    }

    Path file(String name, String content) throws IOException {
        return Files.writeString(state.resolve(name), content);
    }
}
