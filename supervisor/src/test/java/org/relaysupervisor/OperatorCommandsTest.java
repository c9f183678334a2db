package org.relaysupervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.admin.Commands.Outcome;
import org.relaysupervisor.drill.Drills;
import org.relaysupervisor.drill.Fault;
import org.relaysupervisor.drill.Precautions;
import org.relaysupervisor.drill.Trace;
import org.relaysupervisor.loop.ControlLoop;
import org.relaysupervisor.process.FakeProcesses;
import org.relaysupervisor.shows.Shows;
import org.relaysupervisor.supervise.Supervisor;
import org.relaysupervisor.supervise.ThreadProbeRunner;

/** Commands come on other threads and are carried out on the loop. */
class OperatorCommandsTest {
    private final ControlLoop loop = new ControlLoop();
    private final ThreadProbeRunner probes = new ThreadProbeRunner(1, Thread::new);
    private final Supervisor supervisor = new Supervisor(
            loop, new FakeProcesses(), probes, () -> 0.5, name -> Optional.empty(), new Supervisor.Listener() {});

    @TempDir
    private Path state;

    private final Map<String, Fault> faults = new HashMap<>();
    private final List<String> restarted = new CopyOnWriteArrayList<>();
    private Shows shows;
    private Drills drills;

    @BeforeEach
    void start() throws IOException {
        shows = Shows.open(state, loop, Runnable::run, show -> {});
        drills = new Drills(
                loop,
                Runnable::run,
                () -> faults,
                new Precautions(loop, shows::snapshot, () -> 0),
                new Trace(state.resolve("drill")),
                new Random(1));
        loop.start();
    }

    @AfterEach
    void stop() {
        loop.close();
        probes.close();
    }

    private OperatorCommands commands(Supplier<Outcome> reload) {
        return new OperatorCommands(
                loop,
                supervisor,
                shows,
                drills,
                child -> {
                    restarted.add(child);
                    supervisor.restart(child);
                    return child + " is being restarted";
                },
                reload,
                answer -> answer.accept(new Outcome(true, "it would be taken")));
    }

    @Test
    void anUnknownChildIsRefusedWithWhatThereIs() {
        Outcome outcome = commands(() -> new Outcome(true, "")).restart("icecats");
        assertThat(outcome.done()).isFalse();
        assertThat(outcome.message()).contains("icecats");
    }

    @Test
    void aReloadRunsOnTheLoopAndItsResultComesBack() {
        CompletableFuture<String> thread = new CompletableFuture<>();
        Outcome outcome = commands(() -> {
                    thread.complete(Thread.currentThread().getName());
                    return new Outcome(false, "relay.yaml:1:1: no");
                })
                .reload();
        assertThat(outcome).isEqualTo(new Outcome(false, "relay.yaml:1:1: no"));
        assertThat(thread.getNow("")).isEqualTo("relay-loop");
    }

    @Test
    void aFailureOnTheLoopIsToldAndTheLoopGoesOn() {
        Outcome outcome = commands(() -> {
                    throw new IllegalArgumentException("broken");
                })
                .reload();
        assertThat(outcome.done()).isFalse();
        assertThat(outcome.message()).contains("broken");
        assertThat(commands(() -> new Outcome(true, "fine")).reload().done()).isTrue();
    }

    @Test
    void aShowIsStartedAndEndedByTheOperatorsWord() {
        OperatorCommands commands = commands(() -> new Outcome(true, ""));

        assertThat(commands.endShow().message()).isEqualTo("no show is on");
        Outcome started = commands.startShow("Line-up", Optional.empty(), Set.of("tone"), Optional.empty());
        assertThat(started.done()).as(started.message()).isTrue();
        assertThat(shows.snapshot().current().orElseThrow().expected()).containsExactly("tone");
        Outcome wrong = commands.startShow("Line-up", Optional.of("muzak"), Set.of(), Optional.empty());
        assertThat(wrong.done()).isFalse();
        assertThat(wrong.message()).contains("muzak");
        assertThat(commands.endShow().done()).isTrue();
        assertThat(shows.snapshot().current()).isEmpty();
    }

    @Test
    void anInterruptedCallerIsLetGo() throws Exception {
        CompletableFuture<Void> hold = new CompletableFuture<>();
        loop.post(hold::join);
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Thread caller = new Thread(
                () -> outcome.complete(commands(() -> new Outcome(true, "")).reload()));
        caller.start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> List.of(Thread.State.WAITING, Thread.State.TIMED_WAITING)
                        .contains(caller.getState()));
        caller.interrupt();
        assertThat(outcome.get(10, TimeUnit.SECONDS).done()).isFalse();
        hold.complete(null);
    }

    @Test
    void aDrillOfARestartRestartsAsAnOperatorDoes() {
        faults.put("fail-replacement", new Fault() {
            @Override
            public String what() {
                return "nothing";
            }

            @Override
            public Optional<String> restarts() {
                return Optional.of("liquidsoap");
            }

            @Override
            public void begin() {}

            @Override
            public void repair() {}
        });
        OperatorCommands commands = commands(() -> new Outcome(true, ""));
        Outcome outcome = commands.startDrill("fail-replacement", Duration.ofMinutes(1), 0, false);
        assertThat(restarted).containsExactly("liquidsoap");
        assertThat(outcome.done()).isFalse();
        assertThat(outcome.message()).startsWith("there is no child liquidsoap");
    }

    @Test
    void anUnknownDrillIsRefused() {
        Outcome outcome = commands(() -> new Outcome(true, "")).startDrill("flood", Duration.ofMinutes(1), 0, false);
        assertThat(outcome.done()).isFalse();
        assertThat(outcome.message()).contains("no drill flood");
    }
}
