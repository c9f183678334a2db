package org.relaysupervisor.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.admin.DrillWatch.Look;
import org.relaysupervisor.loop.ManualLoop;

/** All drills, with time and daemon in the test's hands. */
class AllDrillsTest {
    private static final Duration HOLD = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ManualLoop time = new ManualLoop();
    private final List<String> calls = new ArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    /** Why each can't be had, as it is just now. */
    private final Map<String, Supplier<Optional<String>>> refused = new LinkedHashMap<>();

    /** Which the list doesn't tell. */
    private Optional<String> objection = Optional.empty();

    private boolean stopped;
    private boolean dies;
    private boolean away;

    private final class Daemon implements DrillRun.Control {
        @Override
        public List<DrillRun.Choice> choices() throws ControlClient.Unreachable {
            answer();
            return refused.entrySet().stream()
                    .map(each ->
                            new DrillRun.Choice(each.getKey(), each.getValue().get()))
                    .toList();
        }

        @Override
        public String start(String name) throws DrillRun.Refusal, ControlClient.Unreachable {
            answer();
            Optional<String> no = objection.or(() -> refused.get(name).get());
            if (no.isPresent()) {
                throw new DrillRun.Refusal(no.get());
            }
            calls.add("start " + name);
            away = dies;
            return name;
        }

        @Override
        public void renew(String id) throws ControlClient.Unreachable {
            answer();
        }

        @Override
        public void end(String id) throws ControlClient.Unreachable {
            calls.add("end " + id);
            answer();
        }

        private void answer() throws ControlClient.Unreachable {
            if (away) {
                throw new ControlClient.Unreachable("nobody answers");
            }
        }
    }

    @BeforeEach
    void threeDrills() {
        for (String name : List.of("stop-stream", "kill-icecast", "silence")) {
            refused.put(name, Optional::empty);
        }
    }

    private boolean run() throws Exception {
        PrintStream to = new PrintStream(out, true, StandardCharsets.UTF_8);
        DrillWatch watch = new DrillWatch() {
            @Override
            public Look look() {
                return new Look(List.of(), Optional.empty());
            }

            @Override
            public String describe() {
                return "the test";
            }
        };
        DrillRun.Plan plan = new DrillRun.Plan(HOLD, PATIENCE, Optional.empty(), false);
        DrillRun one = new DrillRun(new Daemon(), watch, time, time::advance, () -> stopped, plan, to);
        return new AllDrills(new Daemon(), one, time, time::advance, () -> stopped, PATIENCE, to).run();
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void eachIsHadRepairedAndScoredInTheListsOrder() throws Exception {
        assertThat(run()).isTrue();
        assertThat(calls)
                .containsExactly(
                        "start stop-stream",
                        "end stop-stream",
                        "start kill-icecast",
                        "end kill-icecast",
                        "start silence",
                        "end silence");
        assertThat(out())
                .contains("SCORECARD stop-stream\n", "SCORECARD kill-icecast\n", "SCORECARD silence\n")
                .endsWith("ALL DRILLS\n  stop-stream: good\n  kill-icecast: good\n  silence: good\n");
    }

    @Test
    void whatThisMachineHasNotIsNamedAndNotWaitedFor() throws Exception {
        refused.put("kill-icecast", () -> Optional.of("the kernel does not enforce limits"));
        long begun = time.nanoTime();
        assertThat(run()).isTrue();
        assertThat(time.since(begun)).isLessThan(PATIENCE);
        assertThat(calls).doesNotContain("start kill-icecast").contains("start silence");
        assertThat(out()).contains("  kill-icecast: not had: the kernel does not enforce limits\n");
    }

    @Test
    void whatTheOneBeforeHasBrokenIsWaitedFor() throws Exception {
        time.after(Duration.ofSeconds(30), () -> refused.put("kill-icecast", Optional::empty));
        refused.put(
                "kill-icecast",
                () -> calls.contains("end stop-stream") ? Optional.of("icecast is starting") : Optional.empty());
        assertThat(run()).isTrue();
        assertThat(out()).contains("  kill-icecast: good\n");
    }

    @Test
    void whatDoesNotRecoverIsAFaultAndTheOthersAreHad() throws Exception {
        refused.put(
                "kill-icecast",
                () -> calls.contains("end stop-stream") ? Optional.of("icecast is failed") : Optional.empty());
        assertThat(run()).isFalse();
        assertThat(calls).contains("start silence");
        assertThat(out()).contains("  kill-icecast: not had: icecast is failed\n", "  silence: good\n");
    }

    @Test
    void aShowRefusesThemAll() throws Exception {
        objection = Optional.of("the show Jazz is on");
        assertThat(run()).isFalse();
        assertThat(calls).isEmpty();
        assertThat(out()).contains("  silence: not had: the show Jazz is on\n");
    }

    @Test
    void anInterruptRepairsTheOneAndBeginsNoOther() throws Exception {
        time.after(Duration.ofSeconds(7), () -> stopped = true);
        assertThat(run()).isFalse();
        assertThat(calls)
                .containsExactly("start stop-stream", "end stop-stream", "start kill-icecast", "end kill-icecast");
        assertThat(out()).contains("  kill-icecast: NOT GOOD\n", "  silence: not had: it was interrupted\n");
    }

    @Test
    void aDaemonThatDiesIsSaidOfEach() throws Exception {
        dies = true;
        assertThat(run()).isFalse();
        assertThat(calls).containsExactly("start stop-stream", "end stop-stream");
        assertThat(out()).contains("  stop-stream: NOT GOOD\n", "  silence: not had: nobody answers\n");
    }
}
