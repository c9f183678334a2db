package org.relaysupervisor.metrics;

import java.util.Arrays;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.status.Snapshots;

/**
 * What the metrics cost: building them, the first scrape, and later ones. Run it with the daemon's JVM flags. The snapshot is ready
 * made, so its own cost is not in the figures.
 */
final class ScrapeBenchmark {
    private static final int SCRAPES = 2_000;

    private ScrapeBenchmark() {}

    public static void main(String[] args) {
        RelaySnapshot relay = Snapshots.onAir().build();

        long start = System.nanoTime();
        Metrics metrics = new Metrics(() -> relay);
        long built = System.nanoTime();
        String scrape = metrics.scrape();
        long first = System.nanoTime();

        long[] nanos = new long[SCRAPES];
        long characters = 0;
        for (int i = 0; i < SCRAPES; i++) {
            long from = System.nanoTime();
            characters += metrics.scrape().length();
            nanos[i] = System.nanoTime() - from;
        }
        Arrays.sort(nanos);
        System.out.printf("build %s, first scrape %s%n", milliseconds(built - start), milliseconds(first - built));
        System.out.printf(
                "of %d scrapes: median %s, 99th percentile %s, longest %s; %d characters each%n",
                SCRAPES,
                milliseconds(nanos[SCRAPES / 2]),
                milliseconds(nanos[SCRAPES * 99 / 100]),
                milliseconds(nanos[SCRAPES - 1]),
                characters / SCRAPES);
        scrape.lines()
                .filter(line -> line.startsWith("process_") || line.startsWith("jvm_memory_used"))
                .forEach(System.out::println);
    }

    private static String milliseconds(long nanos) {
        return "%.2f ms".formatted(nanos / 1e6);
    }
}
