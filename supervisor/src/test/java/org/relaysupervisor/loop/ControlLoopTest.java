package org.relaysupervisor.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("timers of a few milliseconds have to run in order")
@Timeout(30)
class ControlLoopTest {
    private static final Duration SOON = Duration.ofMillis(5);

    private final ControlLoop loop = new ControlLoop();
    private final BlockingQueue<String> ran = new ArrayBlockingQueue<>(100);
    private final CountDownLatch release = new CountDownLatch(1);

    @BeforeEach
    void start() {
        loop.start();
    }

    @AfterEach
    void close() {
        release.countDown();
        loop.close();
    }

    @Test
    void runsPostedTasksInOrderOnItsOwnThread() throws Exception {
        for (int i = 0; i < 10; i++) {
            String name = "task " + i;
            loop.post(() -> ran.add(name + " on " + Thread.currentThread().getName()));
        }
        for (int i = 0; i < 10; i++) {
            assertThat(next()).isEqualTo("task " + i + " on relay-loop");
        }
    }

    @Test
    void runsTimersInTheOrderOfTheirTimeAndThoseOfOneTimeInTheOrderArmed() throws Exception {
        loop.post(() -> {
            loop.after(Duration.ofMillis(40), () -> ran.add("late"));
            loop.after(Duration.ofMillis(10), () -> ran.add("early"));
            loop.after(Duration.ofMillis(-1), () -> ran.add("overdue"));
        });

        assertThat(List.of(next(), next(), next())).containsExactly("overdue", "early", "late");
    }

    @Test
    void aTimerIsNeverEarly() throws Exception {
        long armedAt = loop.nanoTime();
        loop.after(
                Duration.ofMillis(30),
                () -> ran.add(String.valueOf(loop.since(armedAt).toMillis())));

        assertThat(Long.parseLong(next())).isGreaterThanOrEqualTo(30);
    }

    @Test
    void aTimerArmedFromAnotherThreadWakesAnIdleLoop() throws Exception {
        loop.after(SOON, () -> ran.add("timer"));

        assertThat(next()).isEqualTo("timer");
    }

    @Test
    void aCancelledTimerNeverRunsEvenWhenItIsDue() throws Exception {
        loop.post(() -> {
            Loop.Timer timer = loop.after(Duration.ZERO, () -> ran.add("cancelled"));
            loop.after(Duration.ZERO, () -> ran.add("kept"));
            timer.cancel();
            timer.cancel();
        });

        assertThat(next()).isEqualTo("kept");
        assertThat(ran).isEmpty();
    }

    @Test
    void aPeriodicTimerRunsUntilItIsCancelledAlsoByItself() throws Exception {
        AtomicInteger count = new AtomicInteger();
        List<Loop.Timer> self = new ArrayList<>();
        loop.post(() -> self.add(loop.every(SOON, () -> {
            ran.add("run " + count.incrementAndGet());
            if (count.get() == 3) {
                self.get(0).cancel();
                loop.after(SOON.multipliedBy(4), () -> ran.add("end"));
            }
        })));

        assertThat(List.of(next(), next(), next(), next())).containsExactly("run 1", "run 2", "run 3", "end");
    }

    @Test
    void aPeriodicTimerSurvivesItsOwnFailure() throws Exception {
        AtomicInteger count = new AtomicInteger();
        loop.every(SOON, () -> {
            ran.add("run " + count.incrementAndGet());
            throw new IllegalStateException("deliberate");
        });

        assertThat(List.of(next(), next())).containsExactly("run 1", "run 2");
    }

    @Test
    void aPeriodOfZeroIsRefused() {
        assertThatThrownBy(() -> loop.every(Duration.ZERO, () -> {})).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void timersThatAreAlwaysDueDoNotStarvePostedTasks() throws Exception {
        loop.post(this::rearmForEver);
        loop.post(() -> ran.add("posted"));

        assertThat(next()).isEqualTo("posted");
    }

    private void rearmForEver() {
        loop.after(Duration.ZERO, this::rearmForEver);
    }

    @Test
    void postedTasksThatNeverEndDoNotStarveTimers() throws Exception {
        loop.post(this::repostForEver);
        loop.after(SOON, () -> ran.add("timer"));

        assertThat(next()).isEqualTo("timer");
    }

    private void repostForEver() {
        try {
            loop.post(this::repostForEver);
        } catch (RejectedExecutionException e) {
            ran.add("closed");
        }
    }

    @Test
    void goesOnAfterAnyFailureAndCountsIt() throws Exception {
        loop.post(() -> {
            throw new IllegalStateException("deliberate");
        });
        loop.post(() -> {
            throw new StackOverflowError("deliberate");
        });
        loop.post(() -> Thread.currentThread().interrupt());
        loop.post(() -> ran.add("still here"));

        assertThat(next()).isEqualTo("still here");
        assertThat(loop.status().failures()).isEqualTo(2);
    }

    @Test
    void refusesWhenItsQueueIsFullAndCountsIt() throws Exception {
        blockTheLoop();
        int taken = 0;
        RejectedExecutionException refusal = null;
        while (refusal == null && taken < 1_000_000) {
            try {
                loop.post(() -> {});
                taken++;
            } catch (RejectedExecutionException e) {
                refusal = e;
            }
        }

        assertThat(refusal).hasMessage("the control loop is overloaded");
        assertThat(loop.status().rejected()).isEqualTo(1);
        assertThat(loop.status().queued()).isEqualTo(taken);
    }

    @Test
    void showsAStallWhileItLastsAndAfterwards() throws Exception {
        blockTheLoop();
        await().until(() -> loop.status().currentTask().compareTo(ControlLoop.STALL) > 0);
        release.countDown();
        await().until(() -> loop.status().stalls() == 1);

        assertThat(loop.status().longestTask()).isGreaterThan(ControlLoop.STALL);
        assertThat(loop.status().currentTask()).isZero();
    }

    @Test
    void closeWakesAnIdleLoopAndRefusesWhatComesAfter() {
        loop.close();

        assertThatThrownBy(() -> loop.post(() -> {})).hasMessage("the control loop is closed");
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("relay-loop")));
    }

    @Test
    void closeLetsTheRunningTaskEndUninterrupted() throws Exception {
        AtomicBoolean interrupted = new AtomicBoolean();
        CountDownLatch running = new CountDownLatch(1);
        loop.post(() -> {
            running.countDown();
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            interrupted.set(Thread.currentThread().isInterrupted());
            ran.add("ended");
        });
        assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
        loop.close();

        assertThat(ran).containsExactly("ended");
        assertThat(interrupted).isFalse();
    }

    @Test
    void theLoopMayCloseItself() throws Exception {
        loop.post(() -> {
            loop.close();
            ran.add("closed");
        });

        assertThat(next()).isEqualTo("closed");
    }

    private void blockTheLoop() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        loop.post(() -> {
            running.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private String next() throws InterruptedException {
        String next = ran.poll(10, TimeUnit.SECONDS);
        assertThat(next).as("something that ran").isNotNull();
        return next;
    }
}
