package org.relaysupervisor.drill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.process.CgroupTree;
import org.relaysupervisor.process.ImitatedCgroups;
import org.relaysupervisor.process.Processes.Signal;
import org.relaysupervisor.supervise.ChildState;

class StationFaultsTest {
    @TempDir
    private Path directory;

    private final List<String> calls = new ArrayList<>();
    private final FakeChildren children = new FakeChildren();

    @Test
    void aStationThatPlaysItselfBeginsWithTheStreamAndEndsWithTheWorst() {
        assertThat(faults(false, "icecast", "liquidsoap", "recorder").keySet())
                .startsWith("stop-stream", "kill-icecast")
                .contains("kill-liquidsoap", "stop-recorder", "silence", "dead-channel")
                .doesNotContain("primary-gone")
                .contains("fail-replacement")
                .endsWith("disk-full", "kill-daemon", "stall-daemon", "oom-daemon");
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
                        "stall-daemon",
                        "oom-daemon");
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

    @Test
    void theKernelKillsTheDaemonOnlyWhereItEnforcesLimitsAndTheNextOneHasNone() throws IOException {
        assertThat(faults(true).get("oom-daemon").impossible().orElseThrow()).contains("cgroup v2", "relayctl doctor");
        Fault oom = faults(true, Optional.of(new ImitatedCgroups(directory, "/unit").open()))
                .get("oom-daemon");
        oom.begin();
        oom.repair();

        assertThat(oom.impossible()).isEmpty();
        assertThat(calls).containsExactly("daemon starved", "daemon fed");
    }

    @Test
    void aReplacementFailsOnlyWhereOneCanBeMade() throws IOException {
        Fault fails = faults(false, "icecast", "liquidsoap").get("fail-replacement");
        assertThat(fails.impossible()).contains("no room");
        assertThat(fails.restarts()).contains("liquidsoap");
        fails.begin();
        fails.repair();

        assertThat(children.calls)
                .containsExactly("stall successors of liquidsoap true", "stall successors of liquidsoap false");
        children.state = ChildState.BACKOFF;
        assertThat(fails.impossible().orElseThrow()).contains("must be up");
    }

    private Map<String, Fault> faults(boolean edge, String... names) {
        return faults(edge, Optional.empty(), names);
    }

    private Map<String, Fault> faults(boolean edge, Optional<CgroupTree> cgroups, String... names) {
        return new StationFaults(children, () -> List.of(names), "liquidsoap", cgroups, new Station(edge)).byName();
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
        public Optional<String> noReplacement() {
            return Optional.of("no room");
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

        @Override
        public void starveDaemon() {
            calls.add("daemon starved");
        }

        @Override
        public void feedDaemon() {
            calls.add("daemon fed");
        }
    }
}
