package org.relaysupervisor.supervise;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * When to try again: exponential backoff with jitter, and a restart intensity over a sliding window. Pure: time, chance and
 * what happened before come in, the decision and the new history come out.
 *
 * <p>The delays after a child that had been up: {@code firstDelay}, then 0.5 s, 1 s, 2 s and so on up to {@code maximumDelay}.
 * A child that never came up gets no first delay: it starts at 0.5 s. Each delay is spread by 20 % either way, never beyond
 * {@code maximumDelay}.
 *
 * @param firstDelay before the first restart of a child that had been up; zero restarts at once
 * @param maximumDelay the cap of the backoff, positive
 * @param resetAfter an UP that lasted this long resets the backoff, and pardons a child that was FAILED
 * @param intensity more than this many restarts within {@code window} is {@link ChildState#FAILED}; 1 or more
 * @param window the sliding window, positive
 * @param failedDelay between attempts while FAILED, positive: slow, but never given up
 */
public record RestartPolicy(
        Duration firstDelay,
        Duration maximumDelay,
        Duration resetAfter,
        int intensity,
        Duration window,
        Duration failedDelay) {

    private static final Duration STEP = Duration.ofMillis(500);
    private static final double JITTER = 0.2;
    /** Doublings after which any sensible maximum is long passed; keeps the shift from overflowing. */
    private static final int MOST_DOUBLINGS = 20;

    public RestartPolicy {
        if (firstDelay.isNegative() || resetAfter.isNegative()) {
            throw new IllegalArgumentException("firstDelay and resetAfter must not be negative");
        }
        if (!isPositive(maximumDelay) || !isPositive(window) || !isPositive(failedDelay)) {
            throw new IllegalArgumentException("maximumDelay, window and failedDelay must be positive");
        }
        if (intensity < 1) {
            throw new IllegalArgumentException("intensity must be 1 or more");
        }
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    /** Whether the child is restarted as usual, or counts as failed and is retried slowly. */
    public enum Verdict {
        RESTART,
        FAILED
    }

    /**
     * What the policy remembers of one child.
     *
     * @param failures attempts in a row without an UP that lasted
     * @param failed whether it is FAILED until an UP lasts
     * @param restarts {@code Clock.nanoTime} readings of the newest decisions, oldest first; at most {@code intensity} of them
     */
    public record History(int failures, boolean failed, List<Long> restarts) {
        public static final History NONE = new History(0, false, List.of());

        public History {
            restarts = List.copyOf(restarts);
        }
    }

    /**
     * @param delay until the next attempt
     * @param reason one line for people, naming the delay
     * @param history to be handed to the next decision
     */
    public record Decision(Verdict verdict, Duration delay, String reason, History history) {}

    /**
     * Decides on a child that died, or could not be started, at this moment.
     *
     * @param nowNanos a {@code Clock.nanoTime} reading
     * @param upFor how long it was UP; empty when it never was
     * @param random in [0, 1)
     */
    public Decision decide(History before, long nowNanos, Optional<Duration> upFor, double random) {
        History history = pardon(before, upFor);
        List<Long> recent = within(history.restarts(), nowNanos);
        boolean failed = history.failed() || recent.size() >= intensity;
        int step = Math.max(history.failures(), upFor.isPresent() ? 0 : 1);
        History after = new History(step + 1, failed, with(recent, nowNanos));
        if (failed) {
            Duration delay = spread(failedDelay, random);
            return new Decision(Verdict.FAILED, delay, failedReason(history, recent.size() + 1, delay), after);
        }
        Duration delay = min(spread(backoff(step), random), maximumDelay);
        return new Decision(Verdict.RESTART, delay, restartReason(step, upFor, delay), after);
    }

    /** What is remembered after a process that was UP for so long: everything is forgiven when that was long enough. */
    public History pardon(History history, Optional<Duration> upFor) {
        boolean lasted = upFor.isPresent() && upFor.get().compareTo(resetAfter) >= 0;
        if (!lasted) {
            return history;
        }
        // A child that comes up each time, and lasts, must still run into the intensity: its window is kept.
        return history.failed() ? History.NONE : new History(0, false, history.restarts());
    }

    private Duration backoff(int step) {
        if (step == 0) {
            return firstDelay;
        }
        Duration doubled = STEP.multipliedBy(1L << Math.min(step - 1, MOST_DOUBLINGS));
        return min(doubled.compareTo(firstDelay) > 0 ? doubled : firstDelay, maximumDelay);
    }

    private List<Long> within(List<Long> times, long nowNanos) {
        return times.stream().filter(time -> nowNanos - time < window.toNanos()).toList();
    }

    private List<Long> with(List<Long> recent, long nowNanos) {
        List<Long> all = new ArrayList<>(recent);
        all.add(nowNanos);
        return all.subList(Math.max(0, all.size() - intensity), all.size());
    }

    private String failedReason(History history, int recent, Duration delay) {
        String why = history.failed()
                ? "still failing: not up for " + describe(resetAfter) + " since it failed"
                : "failed: " + recent + " restarts within " + describe(window) + " are more than " + intensity;
        return why + "; next attempt in " + describe(delay);
    }

    private static String restartReason(int step, Optional<Duration> upFor, Duration delay) {
        String when = delay.isZero() ? "restarted at once" : "next attempt in " + describe(delay);
        String up = upFor.map(time -> "up for " + describe(time)).orElse("never came up");
        return step == 0 ? up + "; " + when : up + ", failure " + (step + 1) + " in a row; " + when;
    }

    private static Duration spread(Duration base, double random) {
        double factor = 1 + JITTER * (2 * random - 1);
        return Duration.ofMillis(Math.round(base.toMillis() * factor));
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    /** For people: {@code "0.5 s"}, {@code "30 s"}, {@code "5 min"}, {@code "26 h"}. */
    static String describe(Duration duration) {
        if (duration.compareTo(Duration.ofSeconds(10)) < 0 && duration.toMillis() % 1000 != 0) {
            return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
        }
        if (duration.compareTo(Duration.ofMinutes(2)) < 0) {
            return duration.toSeconds() + " s";
        }
        return duration.compareTo(Duration.ofHours(2)) < 0 ? duration.toMinutes() + " min" : duration.toHours() + " h";
    }
}
