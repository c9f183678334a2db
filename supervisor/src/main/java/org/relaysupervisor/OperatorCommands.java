package org.relaysupervisor;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.relaysupervisor.admin.Commands;
import org.relaysupervisor.drill.Drills;
import org.relaysupervisor.loop.Loop;
import org.relaysupervisor.shows.Shows;
import org.relaysupervisor.supervise.Supervisor;

/** What an operator may do. Called on the admin's threads; the work is done on the loop, and waited for within a deadline. */
final class OperatorCommands implements Commands {
    static final Duration DEADLINE = Duration.ofSeconds(30);

    private static final Logger log = System.getLogger(OperatorCommands.class.getName());

    private final Loop loop;
    private final Supervisor supervisor;
    private final Shows shows;
    private final Drills drills;
    private final UnaryOperator<String> restart;
    private final Supplier<Outcome> reload;
    private final Consumer<Consumer<Outcome>> canary;

    /**
     * @param restart restarts a child by its name, and says how; called on the loop
     * @param reload called on the loop
     * @param canary the same; answers later
     */
    OperatorCommands(
            Loop loop,
            Supervisor supervisor,
            Shows shows,
            Drills drills,
            UnaryOperator<String> restart,
            Supplier<Outcome> reload,
            Consumer<Consumer<Outcome>> canary) {
        this.loop = loop;
        this.supervisor = supervisor;
        this.shows = shows;
        this.drills = drills;
        this.restart = restart;
        this.reload = reload;
        this.canary = canary;
    }

    @Override
    public Outcome restart(String child) {
        return await(answer -> answer.complete(done(restart.apply(child))));
    }

    @Override
    public Outcome start(String child) {
        return await(answer -> {
            supervisor.start(child);
            answer.complete(done(child + " is being started"));
        });
    }

    @Override
    public Outcome stop(String child) {
        return await(answer ->
                supervisor.stop(child, () -> answer.complete(done(child + " is stopped, until you start it"))));
    }

    @Override
    public Outcome reload() {
        return await(answer -> answer.complete(reload.get()));
    }

    @Override
    public Outcome canary() {
        return await(answer -> canary.accept(answer::complete));
    }

    @Override
    public Outcome startShow(String name, Optional<String> profile, Set<String> expected, Optional<Duration> duration) {
        return await(answer -> answer.complete(done(shows.start(name, profile, expected, duration))));
    }

    @Override
    public Outcome endShow() {
        return await(answer -> answer.complete(done(shows.end())));
    }

    @Override
    public List<Drills.Choice> drills() {
        return drills.choices();
    }

    @Override
    public Outcome startDrill(String name, Duration longest, int mostListeners, boolean force) {
        return await(
                answer -> pass(drills.start(name, longest, mostListeners, force).thenApply(this::restartFor), answer));
    }

    /** On the loop, when a drill has begun. */
    private String restartFor(String drill) {
        drills.restarts(drill).ifPresent(child -> log.log(Level.INFO, "drill: {0}", restart.apply(child)));
        return drill;
    }

    @Override
    public Outcome renewDrill(String id) {
        return await(answer -> {
            drills.renew(id);
            answer.complete(done("renewed"));
        });
    }

    @Override
    public Outcome endDrill(String id) {
        return await(answer -> pass(drills.end(id), answer));
    }

    // The future that is returned has nothing that the other one hasn't.
    @SuppressWarnings("FutureReturnValueIgnored")
    private static void pass(CompletableFuture<String> from, CompletableFuture<Outcome> to) {
        from.whenComplete((message, failure) -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            to.complete(cause == null ? done(message) : refused(cause.getMessage()));
        });
    }

    private static Outcome done(String message) {
        return new Outcome(true, message);
    }

    private static Outcome refused(String message) {
        return new Outcome(false, message);
    }

    private interface Command {
        void run(CompletableFuture<Outcome> answer);
    }

    private Outcome await(Command command) {
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        try {
            loop.post(() -> {
                try {
                    command.run(answer);
                } catch (IllegalArgumentException | IllegalStateException e) {
                    answer.complete(refused(e.getMessage()));
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                    throw e;
                }
            });
            return answer.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return refused("not done within " + DEADLINE.toSeconds() + " s; see relayctl status");
        } catch (ExecutionException e) {
            return refused("failed: " + e.getCause().getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return refused("interrupted");
        }
    }
}
