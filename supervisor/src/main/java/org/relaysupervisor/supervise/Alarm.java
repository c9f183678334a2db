package org.relaysupervisor.supervise;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.relaysupervisor.loop.Loop;

/** One timer, armed for one thing at a time. */
final class Alarm {
    private final Loop loop;
    private final Consumer<Runnable> handler;
    private Optional<Loop.Timer> timer = Optional.empty();
    /** Counts armings and disarmings: what rings under an older number is stale. */
    private long number;

    /** @param handler runs what rings; it may first handle something that disarms it */
    Alarm(Loop loop, Consumer<Runnable> handler) {
        this.loop = loop;
        this.handler = handler;
    }

    /** Takes the place of what it was armed for. */
    void arm(Duration delay, Runnable action) {
        disarm();
        long armed = number;
        timer = Optional.of(loop.after(
                delay,
                () -> handler.accept(() -> {
                    if (armed == number) {
                        disarm();
                        action.run();
                    }
                })));
    }

    void disarm() {
        number++;
        timer.ifPresent(Loop.Timer::cancel);
        timer = Optional.empty();
    }
}
