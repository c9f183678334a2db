package org.relaysupervisor.proof;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import org.relaysupervisor.proof.DetectionTable.Detection;
import org.relaysupervisor.station.Station;

/** A station that is on the air, whose metrics are read all the time. */
final class HeardStation implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Programme before dead air, at least; and at most so much more, so that none begins at the same place within a block as another. */
    private static final Duration BEFORE = Duration.ofSeconds(2);

    private static final int SPREAD_MILLIS = 500;

    final Station station;
    private final Random random;
    private final MetricsWatch metrics;

    /** Does something to the source. */
    @FunctionalInterface
    interface Act {
        /** Returns when, as System.nanoTime() has it. */
        long act() throws IOException, InterruptedException;
    }

    /** Starts it. */
    HeardStation(Station station, Random random) throws IOException {
        this.station = station;
        this.random = random;
        this.metrics = new MetricsWatch(station.metricsPort);
        station.goOnAir();
    }

    /** Ends the programme and brings it back, both in the way given. */
    Detection measure(DeadAirCase which, Act end, Act resume) throws IOException, InterruptedException {
        awaitProgramme(which.mount());
        long ended = end.act();
        long told = metrics.await(which.series(), 1, which.due().plus(PATIENCE));
        long resumed = resume.act();
        long over = metrics.await(which.series(), 0, PATIENCE);
        Detection detection = new Detection(Duration.ofNanos(told - ended), Duration.ofNanos(over - resumed));
        System.err.printf(
                "  %s: told %.2f s after its hold time, over %.2f s after the programme's return%n",
                which.told(),
                detection.told().minus(which.due()).toMillis() / 1e3,
                detection.over().toMillis() / 1e3);
        return detection;
    }

    /** Nothing on this mount is dead air, and all that is measured is known, for a while. */
    private void awaitProgramme(String mount) throws IOException, InterruptedException {
        String label = "mount=\"" + mount + "\"";
        metrics.await(
                "programme on " + mount,
                PATIENCE,
                page -> page.getOrDefault("relay_meter_state{" + label + ",state=\"measuring\"}", 0.0) == 1
                        && page.entrySet().stream()
                                .filter(entry -> entry.getKey().matches("relay_dead_air(_seconds)?\\{.*" + label + "}"))
                                .allMatch(entry -> entry.getValue() == 0));
        Thread.sleep(BEFORE.toMillis() + random.nextInt(SPREAD_MILLIS));
    }

    @Override
    public void close() {
        station.close();
    }
}
