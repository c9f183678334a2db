package org.relaysupervisor.doctor;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.status.Finding;

/** Looks at everything before a show, all at once, so that what hangs keeps nothing else waiting. Any thread. */
public final class Doctor {
    private static final Logger log = System.getLogger(Doctor.class.getName());
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final Supplier<List<Check>> checks;
    private final ExecutorService workers;
    private final Clock clock;
    private final Duration deadline;

    /** @param workers takes at least {@value Premises#CHECKS} tasks at once, or refuses; what hangs keeps its thread */
    public Doctor(Premises premises, ExecutorService workers, Clock clock) {
        this(premises::checks, workers, clock, DEADLINE);
    }

    /** @param deadline of each check */
    Doctor(Supplier<List<Check>> checks, ExecutorService workers, Clock clock, Duration deadline) {
        this.checks = checks;
        this.workers = workers;
        this.clock = clock;
        this.deadline = deadline;
    }

    private record Running(Check check, Future<List<Finding>> findings) {}

    /** Blocks for as long as the slowest check takes, 20 s at the most. */
    public List<Finding> examine() throws InterruptedException {
        long begun = clock.nanoTime();
        List<Finding> findings = new ArrayList<>();
        List<Running> running = new ArrayList<>();
        try {
            for (Check check : checks.get()) {
                try {
                    running.add(new Running(
                            check, workers.submit(() -> check.examination().run())));
                } catch (RejectedExecutionException e) {
                    findings.add(Finding.failed(
                            check.name(),
                            "not looked at",
                            "an earlier relayctl doctor has not ended: try again later"));
                }
            }
            for (Running each : running) {
                findings.addAll(await(each, deadline.minus(clock.since(begun))));
            }
        } finally {
            running.forEach(each -> each.findings().cancel(true));
        }
        return findings;
    }

    private List<Finding> await(Running running, Duration left) throws InterruptedException {
        String name = running.check().name();
        try {
            return running.findings().get(Math.max(0, left.toNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return List.of(Finding.failed(
                    name,
                    "no answer within " + deadline.toSeconds() + " s",
                    "see relayctl logs; a network that swallows packets, or a disk that is stuck, looks like this"));
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof RuntimeException) {
                log.log(Level.ERROR, "the check " + name + " failed", cause);
            }
            String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
            return List.of(Finding.failed(name, message.lines().findFirst().orElse(""), "see relayctl logs"));
        }
    }
}
