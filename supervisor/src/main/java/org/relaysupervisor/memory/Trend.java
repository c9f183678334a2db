package org.relaysupervisor.memory;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalDouble;

/** Where a quantity is going: a straight line through its newest samples by least squares. Bounded; for one thread. */
final class Trend {
    private final Duration window;
    private final Deque<Sample> samples = new ArrayDeque<>();

    private record Sample(long nanos, long value) {}

    /**
     * @param slope units a second
     * @param fit R squared: 1 when all samples are on the line, 0 when it explains nothing
     */
    record Line(double slope, double fit) {
        /** @return the seconds until a value that is there now becomes that one; empty when it doesn't, or not within a day */
        OptionalDouble secondsTo(long there, long now) {
            double seconds = Math.max(0, there - now) / slope;
            return slope > 0 && seconds < Duration.ofDays(1).toSeconds()
                    ? OptionalDouble.of(seconds)
                    : OptionalDouble.empty();
        }
    }

    /** @param window older samples than this are forgotten */
    Trend(Duration window) {
        this.window = window;
    }

    void add(long nanos, long value) {
        samples.addLast(new Sample(nanos, value));
        while (nanos - samples.getFirst().nanos > window.toNanos()) {
            samples.removeFirst();
        }
    }

    /**
     * @param newest only samples of this last time are looked at
     * @param least empty when they span less than this
     */
    Optional<Line> line(Duration newest, Duration least) {
        if (samples.isEmpty()) {
            return Optional.empty();
        }
        long last = samples.getLast().nanos;
        Sums sums = new Sums();
        long span = 0;
        for (Sample sample : samples) {
            long age = last - sample.nanos;
            if (age <= newest.toNanos()) {
                span = Math.max(span, age);
                sums.add(-age / 1e9, sample.value);
            }
        }
        return span < least.toNanos() ? Optional.empty() : sums.line();
    }

    /** Sums about the first value, so that the digits of large values that hardly differ aren't lost. */
    private static final class Sums {
        private long base;
        private int n;
        private double x;
        private double y;
        private double xx;
        private double xy;
        private double yy;

        void add(double at, long value) {
            base = n == 0 ? value : base;
            double above = (double) (value - base);
            n++;
            x += at;
            y += above;
            xx += at * at;
            xy += at * above;
            yy += above * above;
        }

        Optional<Line> line() {
            double spreadX = n * xx - x * x;
            double spreadY = n * yy - y * y;
            double together = n * xy - x * y;
            if (n < 2 || spreadX <= 0) {
                return Optional.empty();
            }
            double fit = spreadY <= 0 ? 0 : together * together / (spreadX * spreadY);
            return Optional.of(new Line(together / spreadX, fit));
        }
    }
}
