package org.relaysupervisor.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.process.Exit;
import org.relaysupervisor.process.FakeProcesses.FakeProcess;
import org.relaysupervisor.process.Processes.Signal;
import org.relaysupervisor.supervise.ProbeRunner.Answer;

/**
 * Random lives of three children under random commands, each from a seed. A failure names the seed and the last steps; run one
 * again with {@code -Drelay.seed=N}.
 */
class SupervisorPropertyTest {
    private static final int STEPS = 200;
    private static final List<String> NAMES = List.of("icecast", "liquidsoap", "recorder");
    /** Longer than any backoff, slow retry, start or stop timeout in {@link Scene}. */
    private static final Duration LONG = Duration.ofMinutes(4);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void everyLifeKeepsTheRules(int batch) {
        for (long seed = batch * 200L; seed < (batch + 1) * 200L; seed++) {
            live(seed);
        }
    }

    @Test
    void aGivenSeedKeepsTheRules() {
        live(Long.getLong("relay.seed", 1_000_000L));
    }

    private static void live(long seed) {
        Script script = new Script(seed);
        try {
            script.run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(
                    "seed " + seed + ", last steps: " + script.lastSteps() + "\nchildren: "
                            + script.scene.supervisor.snapshot(),
                    e);
        }
    }

    private static final class Script {
        private final Random random;
        private final Scene scene = new Scene();
        private final List<String> steps = new ArrayList<>();
        private final Map<String, ChildSnapshot> before = new HashMap<>();
        private boolean spawnsFail;
        private int stopsAsked;
        private int stopsDone;
        private final List<Consumer<Optional<String>>> handovers = new ArrayList<>();
        private int failed;
        private int begun;
        private int done;

        Script(long seed) {
            random = new Random(seed);
            scene.supervisor.add(Scene.spec("icecast"));
            scene.supervisor.add(Scene.spec("liquidsoap", "icecast"));
            scene.supervisor.add(Scene.spec("recorder", "icecast", "liquidsoap"));
        }

        List<String> lastSteps() {
            return steps.subList(Math.max(0, steps.size() - 25), steps.size());
        }

        void run() {
            scene.supervisor.startAll();
            for (int i = 0; i < STEPS; i++) {
                step();
                check();
            }
            if (random.nextBoolean()) {
                everythingCanComeUpAgain();
            }
            nothingIsLeftAfterStopAll();
        }

        private void step() {
            String name = NAMES.get(random.nextInt(NAMES.size()));
            scene.chance = random.nextDouble();
            switch (random.nextInt(24)) {
                case 0 ->
                    did("stop " + name, () -> {
                        stopsAsked++;
                        scene.supervisor.stop(name, () -> stopsDone++);
                    });
                case 1 -> did("start " + name, () -> scene.supervisor.start(name));
                case 2 -> did("restart " + name, () -> scene.supervisor.restart(name));
                case 3 ->
                    did(
                            "replace " + name,
                            () -> scene.supervisor.replace(Scene.spec(name, 2, after(name)), random.nextBoolean()));
                case 4 -> {
                    spawnsFail = random.nextInt(3) == 0;
                    did(
                            "spawns " + (spawnsFail ? "fail" : "work"),
                            spawnsFail ? () -> scene.processes.fail("no") : scene.processes::work);
                }
                case 5 -> {
                    boolean refuse = random.nextInt(3) == 0;
                    did("probes refused: " + refuse, () -> scene.probes.refuse(refuse));
                }
                case 6 -> {
                    boolean refuse = random.nextInt(3) == 0;
                    did("posts refused: " + refuse, () -> scene.loop.refusePosts(refuse));
                }
                case 7, 8 -> process(name, "exits", process -> process.exit(anyExit()));
                case 9 -> process(name, "ignores TERM", FakeProcess::ignoreTerm);
                case 10 -> process(name, "is stopped", process -> process.signal(Signal.STOP));
                case 11 -> process(name, "sleeps", FakeProcess::sleepUninterruptibly);
                case 12 -> staleExit();
                case 13, 14, 15 -> answerOne();
                case 16 -> {
                    Duration time = Duration.ofMillis(random.nextInt(30_000));
                    did("stall " + time, () -> scene.loop.stall(time));
                }
                case 17 -> did("posted", scene.loop::runPosted);
                case 18, 19 -> succeed(name);
                case 20, 21 -> answerHandover();
                default -> {
                    Duration time = Duration.ofMillis(random.nextInt(random.nextInt(4) == 0 ? 60_000 : 500));
                    did("advance " + time, () -> scene.loop.advance(time));
                }
            }
        }

        private void succeed(String name) {
            boolean second = scene.child(name).pid().isPresent()
                    && scene.processes.live(name + "-b").stream()
                            .anyMatch(live ->
                                    live.pid() == scene.child(name).pid().getAsLong());
            ChildSpec next = Succeeding.spec(name, second ? name : name + "-b", after(name));
            did("succeed " + name, () -> {
                try {
                    scene.supervisor.succeed(next, Cause.OPERATOR, "asked for", new Handed());
                    begun++;
                } catch (IllegalStateException notNow) {
                    // It is not up, or being replaced already.
                }
            });
        }

        private final class Handed implements Handover {
            @Override
            public void fit(long pid) {}

            @Override
            public void take(Consumer<Optional<String>> answer) {
                handovers.add(answer);
            }

            @Override
            public void done() {
                done++;
            }

            @Override
            public void failed(String why) {
                failed++;
            }
        }

        /** Late ones and repeated ones too. */
        private void answerHandover() {
            if (!handovers.isEmpty()) {
                int newest = handovers.size() - 1;
                Optional<String> refusal = random.nextInt(4) == 0 ? Optional.of("no") : Optional.empty();
                did(
                        "handover " + refusal,
                        () -> handovers
                                .get(Math.max(0, newest - random.nextInt(2)))
                                .accept(refusal));
            }
        }

        private List<FakeProcess> live(String name) {
            List<FakeProcess> live = new ArrayList<>(scene.processes.live(name));
            live.addAll(scene.processes.live(name + "-b"));
            return live;
        }

        private static String[] after(String name) {
            return NAMES.subList(0, NAMES.indexOf(name)).toArray(String[]::new);
        }

        private void did(String step, Runnable action) {
            steps.add(step);
            action.run();
        }

        private interface Deed {
            void to(FakeProcess process);
        }

        private void process(String name, String what, Deed deed) {
            live(name).forEach(process -> did(name + " " + what, () -> deed.to(process)));
        }

        private void staleExit() {
            List<FakeProcess> ended = scene.processes.all().stream()
                    .filter(process -> !scene.processes.live(process.name()).contains(process))
                    .toList();
            if (!ended.isEmpty()) {
                FakeProcess old = ended.get(random.nextInt(ended.size()));
                did("stale exit of " + old.name(), () -> old.exitAgain(anyExit()));
            }
        }

        /** Late answers too: questions that were cancelled are among those asked. */
        private void answerOne() {
            if (!scene.probes.all.isEmpty()) {
                int newest = scene.probes.all.size() - 1;
                FakeProbeRunner.Asked asked = scene.probes.all.get(Math.max(0, newest - random.nextInt(4)));
                boolean yes = random.nextInt(3) > 0;
                did("answer " + asked.pid + " " + yes, () -> asked.answer(yes ? Answer.YES : Answer.no("unwell")));
            }
        }

        private Exit anyExit() {
            return random.nextBoolean() ? new Exit.Code(random.nextInt(3)) : new Exit.Killed("SIGSEGV", true);
        }

        private void check() {
            int timers = 0;
            for (ChildSnapshot child : scene.supervisor.snapshot()) {
                List<FakeProcess> live = live(child.name());
                assertThat(live).as("processes of %s", child.name()).hasSizeLessThanOrEqualTo(2);
                boolean others = child.note().contains("(pid ");
                for (FakeProcess process : live) {
                    boolean own = child.pid().equals(OptionalLong.of(process.pid()));
                    assertThat(own || others)
                            .as("%s is known in %s", process.pid(), child)
                            .isTrue();
                }
                timers += (isTimed(child.state()) ? 1 : 0) + (others ? 1 : 0);
                checkItself(child);
                checkAgainst(before.put(child.name(), child), child);
            }
            assertThat(scene.loop.armedTimers())
                    .as("one timer per child that has something to come")
                    .isEqualTo(timers);
            assertThat(scene.probes.open().stream().map(asked -> asked.pid))
                    .as("at most one question per process")
                    .doesNotHaveDuplicates();
        }

        private static boolean isTimed(ChildState state) {
            return state != ChildState.STOPPED && state != ChildState.WAITING;
        }

        private static void checkItself(ChildSnapshot child) {
            boolean hasProcess = List.of(ChildState.STARTING, ChildState.UP, ChildState.STOPPING)
                    .contains(child.state());
            assertThat(child.pid().isPresent()).as("pid of %s", child).isEqualTo(hasProcess);
            assertThat(child.startedAt().isPresent()).as("start of %s", child).isEqualTo(hasProcess);
            assertThat(child.upSinceNanos().isPresent())
                    .as("up of %s", child)
                    .isEqualTo(child.state() == ChildState.UP);
            if (child.state() == ChildState.STOPPED) {
                assertThat(child.wanted()).as("wanted of %s", child).isFalse();
            }
            if (!child.wanted()) {
                assertThat(child.state()).isIn(ChildState.STOPPED, ChildState.STOPPING);
            }
        }

        private static void checkAgainst(ChildSnapshot earlier, ChildSnapshot child) {
            if (earlier != null) {
                assertThat(child.starts()).isGreaterThanOrEqualTo(earlier.starts());
                for (Cause cause : Cause.values()) {
                    assertThat(child.restarts().get(cause))
                            .as("%s", cause)
                            .isGreaterThanOrEqualTo(earlier.restarts().get(cause));
                }
            }
        }

        /** Whatever happened: a wanted child comes up once the world is well again, so FAILED is never the end. */
        private void everythingCanComeUpAgain() {
            healTheWorld();
            scene.staysWellFor(LONG);
            check();
            for (ChildSnapshot child : scene.supervisor.snapshot()) {
                if (!child.wanted()) {
                    assertThat(child.state()).isEqualTo(ChildState.STOPPED);
                }
            }
            assertThat(stopsDone).as("callbacks of stops").isEqualTo(stopsAsked);
            handovers.forEach(answer -> answer.accept(Optional.of("no")));
            scene.staysWellFor(LONG);
            assertThat(done + failed).as("ends of successions").isEqualTo(begun);
            NAMES.forEach(scene.supervisor::start);
            scene.staysWellFor(LONG);
            check();
            assertThat(scene.supervisor.snapshot())
                    .extracting(ChildSnapshot::state)
                    .containsOnly(ChildState.UP);
        }

        private void healTheWorld() {
            scene.loop.refusePosts(false);
            scene.probes.refuse(false);
            scene.processes.work();
            for (String name : NAMES) {
                live(name).forEach(process -> process.exit(new Exit.Killed("SIGKILL", false)));
            }
            scene.loop.runPosted();
        }

        private void nothingIsLeftAfterStopAll() {
            scene.loop.refusePosts(false);
            for (String name : NAMES) {
                process(name, "wakes", FakeProcess::wake);
                process(name, "ignores TERM", process -> {
                    if (random.nextBoolean()) {
                        process.ignoreTerm();
                    }
                });
                if (random.nextInt(4) == 0) {
                    process(name, "exits", process -> process.exit(anyExit()));
                }
            }
            int[] gone = {0};
            scene.supervisor.stopAll(() -> gone[0]++);
            if (random.nextInt(3) == 0) {
                scene.supervisor.stopAll(() -> gone[0]++);
                scene.loop.runPosted();
                assertThat(gone[0]).as("killed at once").isEqualTo(2);
            }
            scene.loop.advance(Scene.STOP_TIMEOUT.multipliedBy(NAMES.size()));
            check();
            assertThat(gone[0]).as("all gone").isPositive();
            assertThat(scene.loop.armedTimers()).isZero();
            for (String name : NAMES) {
                assertThat(live(name)).isEmpty();
            }
            int processes = scene.processes.all().size();
            scene.loop.advance(LONG);
            assertThat(scene.processes.all()).hasSize(processes);
            assertThat(scene.supervisor.snapshot())
                    .extracting(ChildSnapshot::state)
                    .containsOnly(ChildState.STOPPED);
        }
    }
}
