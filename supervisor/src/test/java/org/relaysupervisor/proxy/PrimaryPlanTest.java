package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.proxy.PrimaryPlan.State;

class PrimaryPlanTest {
    private static final PrimaryLimits LIMITS = PrimaryLimits.DEFAULTS;

    private long now = Long.MAX_VALUE - 1_000_000_000L; // a clock may well overflow
    private final PrimaryPlan plan = new PrimaryPlan(LIMITS, () -> 1, now);

    @Test
    void connectsAtOnce() {
        assertThat(plan.isDue(now)).isTrue();
        assertThat(plan.overdue()).isEmpty();
    }

    @Test
    void waitsTwiceAsLongAfterEachFailureUpToABound() {
        List<Duration> waits = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            plan.begin(now);
            plan.failed(PrimaryFault.CONNECT, now);
            waits.add(Duration.ofNanos(plan.dueNanos() - now));
            now = plan.dueNanos();
        }

        assertThat(waits)
                .extracting(Duration::toMillis)
                .containsExactly(250L, 500L, 1000L, 2000L, 4000L, 5000L, 5000L, 5000L);
        assertThat(plan.faults()).containsEntry(PrimaryFault.CONNECT, 8L).containsEntry(PrimaryFault.STALLED, 0L);
    }

    @Test
    void aStreamThatLastedIsFollowedByTheShortestWait() {
        failTimes(5);
        stream();
        pass(LIMITS.settled());
        plan.failed(PrimaryFault.CLOSED, now);

        assertThat(plan.dueNanos() - now).isEqualTo(LIMITS.firstRetry().toNanos());
    }

    @Test
    void aStreamThatEndsSoonIsAFailureInTheRow() {
        failTimes(5);
        stream();
        pass(LIMITS.settled().minusNanos(1));
        plan.failed(PrimaryFault.CLOSED, now);

        assertThat(plan.dueNanos() - now).isEqualTo(LIMITS.longestRetry().toNanos());
    }

    @Test
    void eachStateHasAnEndOfItsOwn() {
        plan.begin(now);
        assertThat(plan.isDue(now + LIMITS.connect().toNanos() - 1)).isFalse();
        assertThat(plan.isDue(now + LIMITS.connect().toNanos())).isTrue();
        assertThat(plan.overdue()).contains(PrimaryFault.CONNECT);

        plan.connected(now);
        assertThat(plan.overdue()).contains(PrimaryFault.NO_ANSWER);

        plan.accepted(now);
        pass(Duration.ofSeconds(4));
        plan.heard(now);
        assertThat(plan.dueNanos() - now).isEqualTo(LIMITS.stall().toNanos());
        assertThat(plan.overdue()).contains(PrimaryFault.STALLED);
    }

    @Test
    void anotherPrimaryIsTriedAtOnce() {
        failTimes(6);
        plan.restart(now);

        assertThat(plan.isDue(now)).isTrue();
    }

    @Test
    void whateverHappensThereIsOneAttemptAtATimeAndItsEndIsNear() {
        long seed = new Random().nextLong();
        for (int round = 0; round < 200; round++) {
            script(seed + round);
        }
    }

    private void script(long seed) {
        Random random = new Random(seed);
        long at = random.nextLong();
        PrimaryPlan each = new PrimaryPlan(LIMITS, random::nextDouble, at);
        long failures = 0;
        for (int event = 0; event < 300; event++) {
            at += random.nextInt(4) == 0 ? random.nextLong(20_000_000_000L) : random.nextLong(300_000_000L);
            State before = each.state();
            if (before == State.WAITING) {
                if (each.isDue(at)) {
                    each.begin(at);
                }
            } else if (each.isDue(at) || random.nextInt(8) == 0) {
                PrimaryFault fault = each.isDue(at) ? each.overdue().orElseThrow() : PrimaryFault.CLOSED;
                each.failed(fault, at);
                failures++;
                long wait = each.dueNanos() - at;
                assertThat(wait)
                        .as("seed %dL", seed)
                        .isBetween(
                                LIMITS.firstRetry().toNanos() / 2,
                                LIMITS.longestRetry().toNanos());
            } else if (before == State.CONNECTING) {
                each.connected(at);
            } else if (before == State.ASKING) {
                each.accepted(at);
            } else {
                each.heard(at);
            }
            assertThat(each.dueNanos() - at)
                    .as("seed %dL", seed)
                    .isLessThanOrEqualTo(Duration.ofSeconds(5).toNanos());
            assertThat(each.faults().values().stream()
                            .mapToLong(Long::longValue)
                            .sum())
                    .as("seed %dL", seed)
                    .isEqualTo(failures);
        }
    }

    private void failTimes(int times) {
        for (int i = 0; i < times; i++) {
            plan.begin(now);
            plan.failed(PrimaryFault.CONNECT, now);
        }
    }

    private void stream() {
        plan.begin(now);
        plan.connected(now);
        plan.accepted(now);
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }
}
