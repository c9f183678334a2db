package org.relaysupervisor.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.supervise.RestartPolicy.Decision;
import org.relaysupervisor.supervise.RestartPolicy.History;
import org.relaysupervisor.supervise.RestartPolicy.Verdict;

class RestartPolicyTest {
    private static final double NO_JITTER = 0.5;
    private static final Optional<Duration> NEVER_UP = Optional.empty();
    private static final Optional<Duration> BRIEFLY = Optional.of(Duration.ofSeconds(1));
    private static final Optional<Duration> LASTING = Optional.of(Duration.ofSeconds(10));

    private final RestartPolicy policy = new RestartPolicy(
            Duration.ZERO,
            Duration.ofSeconds(4),
            Duration.ofSeconds(10),
            100,
            Duration.ofMinutes(1),
            Duration.ofMinutes(2));

    @Test
    void restartsAtOnceAfterAnUpThatLasted() {
        Decision decision = policy.decide(new History(7, false, List.of()), 0, LASTING, NO_JITTER);

        assertThat(decision.verdict()).isEqualTo(Verdict.RESTART);
        assertThat(decision.delay()).isZero();
        assertThat(decision.reason()).isEqualTo("up for 10 s; restarted at once");
    }

    @Test
    void doublesTheDelayUpToTheMaximumWhileNoUpLasts() {
        assertThat(delays(policy, 6, BRIEFLY)).containsExactly(0L, 500L, 1000L, 2000L, 4000L, 4000L);
    }

    @Test
    void backsOffFromTheFirstFailureOfAChildThatNeverCameUp() {
        assertThat(delays(policy, 4, NEVER_UP)).containsExactly(500L, 1000L, 2000L, 4000L);
    }

    @Test
    void neverGoesBelowTheFirstDelay() {
        RestartPolicy slow = new RestartPolicy(
                Duration.ofSeconds(3),
                Duration.ofSeconds(4),
                Duration.ofSeconds(10),
                100,
                Duration.ofMinutes(1),
                Duration.ofMinutes(2));

        assertThat(delays(slow, 6, BRIEFLY)).containsExactly(3000L, 3000L, 3000L, 3000L, 4000L, 4000L);
    }

    @Test
    void survivesAnyNumberOfFailures() {
        Decision decision = policy.decide(new History(Integer.MAX_VALUE - 1, false, List.of()), 0, NEVER_UP, NO_JITTER);

        assertThat(decision.delay()).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void spreadsTheDelayByTwentyPercentButNeverBeyondTheMaximum() {
        History second = new History(2, false, List.of());
        History fifth = new History(5, false, List.of());

        assertThat(policy.decide(second, 0, NEVER_UP, 0).delay()).isEqualTo(Duration.ofMillis(800));
        assertThat(policy.decide(second, 0, NEVER_UP, 0.999_999).delay()).isEqualTo(Duration.ofMillis(1200));
        assertThat(policy.decide(fifth, 0, NEVER_UP, 0.999_999).delay()).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void failsOverTheIntensityAndSaysWhy() {
        RestartPolicy strict = withIntensity(2);
        Decision first = strict.decide(History.NONE, at(0), LASTING, NO_JITTER);
        Decision second = strict.decide(first.history(), at(20), LASTING, NO_JITTER);
        Decision third = strict.decide(second.history(), at(40), LASTING, NO_JITTER);

        assertThat(second.verdict()).isEqualTo(Verdict.RESTART);
        assertThat(third.verdict()).isEqualTo(Verdict.FAILED);
        assertThat(third.delay()).isEqualTo(Duration.ofMinutes(2));
        assertThat(third.reason()).isEqualTo("failed: 3 restarts within 60 s are more than 2; next attempt in 2 min");
    }

    @Test
    void forgetsRestartsThatLeftTheWindow() {
        RestartPolicy strict = withIntensity(2);
        History history = History.NONE;
        for (int i = 0; i < 20; i++) {
            Decision decision = strict.decide(history, at(30L * i), LASTING, NO_JITTER);
            assertThat(decision.verdict()).as("restart %d", i).isEqualTo(Verdict.RESTART);
            history = decision.history();
        }
    }

    @Test
    void staysFailedUntilAnUpLastedAlthoughTheWindowIsEmptyAgain() {
        RestartPolicy strict = withIntensity(1);
        History failed = strict.decide(new History(1, false, List.of(at(0))), at(1), BRIEFLY, NO_JITTER)
                .history();

        Decision later = strict.decide(failed, at(1000), BRIEFLY, NO_JITTER);
        Decision pardoned = strict.decide(later.history(), at(1001), LASTING, NO_JITTER);

        assertThat(later.verdict()).isEqualTo(Verdict.FAILED);
        assertThat(later.reason()).startsWith("still failing");
        assertThat(pardoned.verdict()).isEqualTo(Verdict.RESTART);
        assertThat(pardoned.delay()).isZero();
    }

    @Test
    void worksAcrossTheWrapOfTheMonotonicClock() {
        RestartPolicy strict = withIntensity(1);
        long justBefore = Long.MAX_VALUE - 5;
        History history =
                strict.decide(History.NONE, justBefore, LASTING, NO_JITTER).history();

        assertThat(strict.decide(history, justBefore + 10, LASTING, NO_JITTER).verdict())
                .isEqualTo(Verdict.FAILED);
    }

    @Test
    void neverGivesUpAndRemembersBoundedly() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            RestartPolicy any = withIntensity(1 + random.nextInt(5));
            History history = History.NONE;
            long now = random.nextLong();
            for (int i = 0; i < 100; i++) {
                now += Duration.ofMillis(random.nextInt(60_000)).toNanos();
                Optional<Duration> upFor = random.nextBoolean()
                        ? Optional.empty()
                        : Optional.of(Duration.ofMillis(random.nextInt(20_000)));
                Decision decision = any.decide(history, now, upFor, random.nextDouble());
                history = decision.history();
                assertThat(decision.delay()).as("seed %d", seed).isBetween(Duration.ZERO, Duration.ofSeconds(144));
                assertThat(history.restarts().size()).as("seed %d", seed).isLessThanOrEqualTo(any.intensity());
                assertThat(history.failed()).as("seed %d", seed).isEqualTo(decision.verdict() == Verdict.FAILED);
            }
        }
    }

    @Test
    void refusesTimesThatMakeNoSense() {
        assertThatThrownBy(() -> withIntensity(0)).hasMessage("intensity must be 1 or more");
        assertThatThrownBy(() -> new RestartPolicy(
                        Duration.ZERO, Duration.ZERO, Duration.ZERO, 1, Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .hasMessage("maximumDelay, window and failedDelay must be positive");
    }

    private static RestartPolicy withIntensity(int intensity) {
        return new RestartPolicy(
                Duration.ZERO,
                Duration.ofSeconds(4),
                Duration.ofSeconds(10),
                intensity,
                Duration.ofMinutes(1),
                Duration.ofMinutes(2));
    }

    private static List<Long> delays(RestartPolicy policy, int count, Optional<Duration> upFor) {
        List<Long> delays = new ArrayList<>();
        History history = History.NONE;
        for (int i = 0; i < count; i++) {
            Decision decision = policy.decide(history, 0, upFor, NO_JITTER);
            delays.add(decision.delay().toMillis());
            history = decision.history();
        }
        return delays;
    }

    private static long at(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }
}
