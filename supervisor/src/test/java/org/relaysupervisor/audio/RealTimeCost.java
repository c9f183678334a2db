package org.relaysupervisor.audio;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Not a test: the CPU time of metering at the daemon's own pace, ten wake-ups a second with caches that others have used meanwhile.
 * Started by scripts/meter-benchmark.
 */
final class RealTimeCost {
    private static final int BLOCKS_PER_SECOND = 10;

    /** Until the compiler has seen what is hot; a loop is looked for only when there are some seconds to look in. */
    private static final int WARM_UP_SECONDS = 20;

    private RealTimeCost() {}

    /** @param arguments a file for {@link RawAudio}, and for how many seconds to measure; prints milliseconds per second */
    public static void main(String[] arguments) throws Exception {
        RawAudio audio = new RawAudio(Path.of(arguments[0]));
        int seconds = Integer.parseInt(arguments[1]);
        try (Metering metering = new Metering()) {
            hear(metering, audio, WARM_UP_SECONDS);
            System.out.printf("%.3f%n", hear(metering, audio, seconds) / 1e6 / seconds);
        }
    }

    /** @return nanoseconds of CPU */
    private static long hear(Metering metering, RawAudio audio, int seconds) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        long begun = System.nanoTime();
        for (int block = 1; block <= seconds * BLOCKS_PER_SECOND; block++) {
            waitUntil(begun + TimeUnit.SECONDS.toNanos(block) / BLOCKS_PER_SECOND);
            metering.hear(audio.next());
        }
        return threads.getCurrentThreadCpuTime() - before;
    }

    private static void waitUntil(long due) {
        for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
            LockSupport.parkNanos(wait);
        }
    }
}
