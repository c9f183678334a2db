package org.relaysupervisor.drill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.process.Processes.Signal;

class StationFaultsTest {
    private final List<String> calls = new ArrayList<>();

    @Test
    void aStationThatPlaysItselfBeginsWithTheStreamAndEndsWithTheWorst() {
        assertThat(faults(false, "icecast", "liquidsoap", "recorder").keySet())
                .startsWith("stop-stream", "kill-icecast")
                .contains("kill-liquidsoap", "stop-recorder", "silence", "dead-channel")
                .doesNotContain("primary-gone")
                .endsWith("disk-full", "kill-daemon", "stall-daemon");
    }

    @Test
    void anEdgeHasNoDrillThatNeedsWhatItDoesNotRun() {
        assertThat(faults(true, "decoder").keySet())
                .containsExactly(
                        "primary-gone",
                        "kill-decoder",
                        "stall-decoder",
                        "oom-decoder",
                        "stop-decoder",
                        "probe-target-gone",
                        "upload-refused",
                        "disk-full",
                        "kill-daemon",
                        "stall-daemon");
    }

    @Test
    void thePrimaryIsCutOffAgainEachSecondAndLetThroughAtTheEnd() throws IOException {
        Fault gone = faults(true).get("primary-gone");
        gone.begin();
        gone.keep();
        gone.repair();

        assertThat(gone.impossible()).isEmpty();
        assertThat(calls).containsExactly("primary false", "primary false", "primary true");
    }

    @Test
    void theDaemonItselfIsKilledOrStalledOnlyWhereSomebodyStartsItAgain() throws IOException {
        Fault kill = faults(true).get("kill-daemon");
        Fault stall = faults(true).get("stall-daemon");
        kill.begin();
        stall.begin();

        assertThat(kill.impossible()).isEmpty();
        assertThat(stall.impossible())
                .contains("no service manager watches over this daemon, so it would hang for ever");
        assertThat(calls).containsExactly("daemon KILL", "daemon STOP");
    }

    private Map<String, Fault> faults(boolean edge, String... children) {
        return new StationFaults(
                        new FakeChildren(), () -> List.of(children), "liquidsoap", Optional.empty(), new Station(edge))
                .byName();
    }

    private final class Station implements StationFaults.Station {
        private final boolean edge;

        Station(boolean edge) {
            this.edge = edge;
        }

        @Override
        public void silence(boolean on) {
            calls.add("silence " + on);
        }

        @Override
        public void deadChannel(boolean on) {
            calls.add("dead channel " + on);
        }

        @Override
        public Optional<Path> storeDirectory() {
            return Optional.empty();
        }

        @Override
        public void storeKeys(boolean right) {
            calls.add("keys " + right);
        }

        @Override
        public Path spool() {
            return Path.of("spool");
        }

        @Override
        public void listenerPort(boolean open) {
            calls.add("port " + open);
        }

        @Override
        public boolean isEdge() {
            return edge;
        }

        @Override
        public void primary(boolean reachable) {
            calls.add("primary " + reachable);
        }

        @Override
        public void usualLimits() {
            calls.add("limits");
        }

        @Override
        public boolean isStartedAgain() {
            return true;
        }

        @Override
        public boolean isWatched() {
            return false;
        }

        @Override
        public void signalDaemon(Signal signal) {
            calls.add("daemon " + signal);
        }
    }
}
