package org.relaysupervisor.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.admin.DrillWatch.Alert;
import org.relaysupervisor.admin.DrillWatch.Look;
import org.relaysupervisor.admin.DrillWatch.Sent;
import org.relaysupervisor.loop.ManualLoop;

/** A drill from who asked for it, with time, daemon and monitoring in the test's hands. */
class DrillRunTest {
    private static final String DOWN = "StreamDown{mount=\"/live\"}";

    private final ManualLoop time = new ManualLoop();
    private final List<String> calls = new ArrayList<>();
    private final TreeMap<Long, Runnable> script = new TreeMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<Alert> alerts = new ArrayList<>();
    private long mails = 40;
    private boolean blind;
    private boolean stopped;
    private boolean away;
    private Optional<String> refusal = Optional.empty();
    private Optional<Set<String>> expected = Optional.empty();
    private long elapsed;

    private final class Daemon implements DrillRun.Control {
        @Override
        public List<DrillRun.Choice> choices() {
            return List.of();
        }

        @Override
        public String start(String name) throws DrillRun.Refusal {
            calls.add("start " + name);
            refuse();
            return "id";
        }

        @Override
        public void renew(String id) throws DrillRun.Refusal, ControlClient.Unreachable {
            answer();
        }

        @Override
        public void end(String id) throws DrillRun.Refusal, ControlClient.Unreachable {
            calls.add("end " + id);
            answer();
        }

        private void answer() throws DrillRun.Refusal, ControlClient.Unreachable {
            if (away) {
                throw new ControlClient.Unreachable("nobody answers");
            }
            refuse();
        }

        private void refuse() throws DrillRun.Refusal {
            if (refusal.isPresent()) {
                throw new DrillRun.Refusal(refusal.get());
            }
        }
    }

    private final DrillWatch watch = new DrillWatch() {
        @Override
        public Look look() throws IOException {
            if (blind) {
                throw new IOException("nothing to watch at http://127.0.0.1:9090");
            }
            return new Look(alerts, Optional.of(Map.of("email", new Sent(mails, 0))));
        }

        @Override
        public String describe() {
            return "the test";
        }
    };

    private void after(long seconds, Runnable happening) {
        script.put(seconds, happening);
    }

    private void pause(Duration length) {
        time.advance(length);
        elapsed += length.toSeconds();
        while (!script.isEmpty() && script.firstKey() <= elapsed) {
            script.pollFirstEntry().getValue().run();
        }
    }

    private boolean run(String name) throws Exception {
        DrillRun.Plan plan = new DrillRun.Plan(Duration.ofSeconds(60), Duration.ofSeconds(60), expected, false);
        PrintStream to = new PrintStream(out, true, StandardCharsets.UTF_8);
        return new DrillRun(new Daemon(), watch, time, this::pause, () -> stopped, plan, to).run(name);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private void fires(boolean told) {
        alerts.clear();
        alerts.add(new Alert(DOWN, true, told, false, told ? Set.of("mail") : Set.of()));
    }

    @Test
    void whatFiresIsResolvedAndNotifiedIsOnTheScorecard() throws Exception {
        expected = Optional.of(Set.of("StreamDown"));
        after(5, () -> alerts.add(new Alert(DOWN, false, false, false, Set.of())));
        after(20, () -> fires(false));
        after(22, () -> {
            fires(true);
            mails++;
        });
        after(75, () -> {
            alerts.clear();
            mails++;
        });
        assertThat(run("stop-stream")).isTrue();
        assertThat(calls).containsExactly("start stop-stream", "end id");
        assertThat(out())
                .contains("   0:05  " + DOWN + " is pending\n")
                .contains("   0:20  " + DOWN + " fires\n")
                .contains("   0:22  Alertmanager has " + DOWN + ", for mail\n")
                .contains("after 20s  after 22s        15s after the repair")
                .contains("notifications: email 2\n")
                .endsWith("result: good\n");
    }

    @Test
    void whatWasExpectedAndWhatWasNotAreFaults() throws Exception {
        expected = Optional.of(Set.of("RecordingStalled"));
        after(20, () -> fires(true));
        after(65, alerts::clear);
        assertThat(run("stop-stream")).isFalse();
        assertThat(out())
                .contains("RecordingStalled did not fire")
                .contains("StreamDown fired, and was not expected")
                .contains("result: NOT GOOD");
    }

    @Test
    void anAlertThatStaysIsAFault() throws Exception {
        after(20, () -> fires(true));
        assertThat(run("stop-stream")).isFalse();
        assertThat(out()).contains(DOWN + " is not resolved");
    }

    @Test
    void anAlertThatFiresTwiceIsAFault() throws Exception {
        after(20, () -> fires(true));
        after(30, alerts::clear);
        after(40, () -> fires(true));
        after(65, alerts::clear);
        assertThat(run("stop-stream")).isFalse();
        assertThat(out()).contains("fires again").contains(DOWN + " fired 2 times");
    }

    @Test
    void nothingIsBegunWhereAlertsFireAlreadyOrNobodyCanWatch() {
        fires(true);
        assertThatThrownBy(() -> run("stop-stream"))
                .hasMessageContaining("fire already")
                .hasMessageContaining(DOWN);
        blind = true;
        assertThatThrownBy(() -> run("stop-stream")).hasMessageContaining("nothing to watch");
        assertThat(calls).isEmpty();
    }

    @Test
    void aMonitoringThatGoesAwayMeanwhileEndsNothing() throws Exception {
        after(5, () -> blind = true);
        after(30, () -> blind = false);
        assertThat(run("stop-stream")).isTrue();
        assertThat(calls).containsExactly("start stop-stream", "end id");
    }

    @Test
    void anInterruptRepairsAtOnce() throws Exception {
        after(7, () -> stopped = true);
        assertThat(run("stop-stream")).isFalse();
        assertThat(elapsed).isEqualTo(7);
        assertThat(calls).containsExactly("start stop-stream", "end id");
        assertThat(out()).contains("drill stop-stream is repaired").contains("interrupted");
    }

    @Test
    void aDrillThatTheDaemonEndsIsEnded() throws Exception {
        after(7, () -> refusal = Optional.of("the drill was ended because the show Jazz is on"));
        assertThat(run("stop-stream")).isFalse();
        assertThat(out()).contains("ended early: the drill was ended because the show Jazz is on");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kill-daemon", "stall-daemon", "oom-daemon"})
    void aDaemonThatIsGoneByTheDrillIsWatchedOn(String drill) throws Exception {
        after(2, () -> away = true);
        after(10, () -> {
            away = false;
            refusal = Optional.of("that drill is over");
        });
        after(20, () -> fires(true));
        after(50, alerts::clear);
        assertThat(run(drill)).isTrue();
        assertThat(elapsed).isGreaterThan(59);
        assertThat(out()).contains("nobody answers").contains("before the repair");
    }

    @Test
    void aDaemonThatDiesInAnotherDrillIsAFault() throws Exception {
        after(2, () -> away = true);
        assertThat(run("silence")).isFalse();
        assertThat(out()).contains("the daemon went away");
    }

    @Test
    void aRefusalIsPassedOn() {
        refusal = Optional.of("3 people listen");
        assertThatThrownBy(() -> run("silence")).hasMessage("3 people listen");
    }
}
