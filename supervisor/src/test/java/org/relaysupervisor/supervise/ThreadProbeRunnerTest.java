package org.relaysupervisor.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.relaysupervisor.supervise.ProbeRunner.Answer;
import org.relaysupervisor.supervise.ProbeRunner.Question;

@Timeout(20)
class ThreadProbeRunnerTest {
    private final ThreadProbeRunner runner = new ThreadProbeRunner(2, task -> {
        Thread thread = new Thread(task, "relay-probe");
        thread.setDaemon(true);
        return thread;
    });
    private final BlockingQueue<Answer> answers = new ArrayBlockingQueue<>(10);
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicBoolean released = new AtomicBoolean();

    @AfterEach
    void close() {
        released.set(true);
        release.countDown();
        runner.close();
    }

    @Test
    void aProbeThatReturnsIsAYesFromAThreadOfTheFactory() throws Exception {
        BlockingQueue<String> seen = new ArrayBlockingQueue<>(1);
        runner.ask(pid -> seen.add(Thread.currentThread().getName() + " " + pid), 42, answers::add);

        assertThat(nextAnswer()).isEqualTo(Answer.YES);
        assertThat(seen.poll()).isEqualTo("relay-probe 42");
    }

    @Test
    void aProbeThatThrowsIsANoWithItsReason() throws Exception {
        runner.ask(
                pid -> {
                    throw new IllegalStateException("mount /live is missing");
                },
                42,
                answers::add);
        assertThat(nextAnswer()).isEqualTo(Answer.no("mount /live is missing"));

        runner.ask(
                pid -> {
                    throw new StackOverflowError();
                },
                42,
                answers::add);
        assertThat(nextAnswer()).isEqualTo(Answer.no("StackOverflowError"));
    }

    @Test
    void aCancelInterruptsTheProbeAndTheNextOneRunsUndisturbed() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        Question question = runner.ask(
                pid -> {
                    running.countDown();
                    release.await();
                },
                42,
                answers::add);
        assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
        question.cancel();
        assertThat(nextAnswer().yes()).isFalse();

        for (int i = 0; i < 100; i++) {
            // A thread that has just answered may not be back yet.
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .ignoreException(RejectedExecutionException.class)
                    .until(() -> {
                        runner.ask(pid -> Thread.sleep(0), 43, answers::add);
                        return true;
                    });
            assertThat(nextAnswer()).isEqualTo(Answer.YES);
            question.cancel();
        }
    }

    @Test
    void aStuckProbeHoldsOneThreadAndFailsOnlyItsOwnProcess() throws Exception {
        askStuck(42).cancel();

        runner.ask(pid -> {}, 42, answers::add);
        assertThat(nextAnswer().reason()).startsWith("the previous probe has not returned");
        runner.ask(pid -> {}, 43, answers::add);
        assertThat(nextAnswer()).isEqualTo(Answer.YES);
    }

    @Test
    void itIsRefusedWhenEveryThreadIsStuckAndWorksAgainAfterwards() throws Exception {
        askStuck(42);
        askStuck(43);
        assertThatThrownBy(() -> runner.ask(pid -> {}, 44, answers::add))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage("all 2 probe threads are busy");

        released.set(true);
        nextAnswer();
        nextAnswer();

        // The threads are free a moment after their answers.
        await().until(() -> {
            try {
                runner.ask(pid -> {}, 44, answers::add);
                return true;
            } catch (RejectedExecutionException e) {
                return false;
            }
        });
        assertThat(nextAnswer()).isEqualTo(Answer.YES);
    }

    @Test
    void nothingIsAskedAfterTheClose() {
        runner.close();

        assertThatThrownBy(() -> runner.ask(pid -> {}, 42, answers::add)).hasMessage("the probes are closed");
    }

    /** A probe that ignores its interrupt. */
    private Question askStuck(long pid) throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        Question question = runner.ask(
                ignored -> {
                    running.countDown();
                    while (!released.get()) {
                        LockSupport.parkNanos(1_000_000);
                    }
                },
                pid,
                answers::add);
        assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
        return question;
    }

    private Answer nextAnswer() throws InterruptedException {
        Answer answer = answers.poll(10, TimeUnit.SECONDS);
        assertThat(answer).as("an answer").isNotNull();
        return answer;
    }
}
