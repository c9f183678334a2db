package org.relaysupervisor.store;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.relaysupervisor.loop.Clock;

/** The bytes per second that all transfers together may take: one token bucket. Any thread. */
public final class Bandwidth {
    /** The largest piece that is sent at once, in bytes. */
    static final int LARGEST_BLOCK = 64 * 1024;

    private static final int SMALLEST_BLOCK = 1024;
    private static final int BLOCKS_PER_SECOND = 4;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Clock clock;
    private final Pause pause;
    private final AtomicReference<Bucket> bucket;

    /**
     * @param bytesPerSecond 0 for no limit
     * @param paidUntil the clock's reading at which all that was taken will have had its time
     */
    private record Bucket(long bytesPerSecond, long paidUntil) {
        Bucket take(int bytes, long now) {
            long from = paidUntil - now > 0 ? paidUntil : now;
            return new Bucket(bytesPerSecond, from + bytes * SECOND / bytesPerSecond);
        }
    }

    public Bandwidth(OptionalLong bytesPerSecond, Clock clock, Pause pause) {
        this.clock = clock;
        this.pause = pause;
        this.bucket = new AtomicReference<>(new Bucket(bytesPerSecond.orElse(0), clock.nanoTime()));
    }

    /** Changes the limit, for transfers under way too: they know of it within seconds. */
    public void limit(OptionalLong bytesPerSecond) {
        bucket.set(new Bucket(bytesPerSecond.orElse(0), clock.nanoTime()));
    }

    /** Bytes per second; empty for no limit. */
    OptionalLong limit() {
        long limit = bucket.get().bytesPerSecond();
        return limit == 0 ? OptionalLong.empty() : OptionalLong.of(limit);
    }

    /** How many bytes to take at once: so few that the wait for them is short. */
    int block() {
        long limit = bucket.get().bytesPerSecond();
        return limit == 0
                ? LARGEST_BLOCK
                : (int) Math.max(SMALLEST_BLOCK, Math.min(LARGEST_BLOCK, limit / BLOCKS_PER_SECOND));
    }

    /** Waits until so many more bytes may go; the first ones after a time of rest may go at once. */
    void take(int bytes) throws InterruptedException {
        while (true) {
            Bucket before = bucket.get();
            if (before.bytesPerSecond() == 0) {
                return;
            }
            long now = clock.nanoTime();
            if (bucket.compareAndSet(before, before.take(bytes, now))) {
                long wait = before.paidUntil() - now;
                if (wait > 0) {
                    pause.pause(Duration.ofNanos(wait));
                }
                return;
            }
        }
    }
}
