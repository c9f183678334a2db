package org.relaysupervisor.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.drill.ChildFault.Kind;
import org.relaysupervisor.process.Cgroup;
import org.relaysupervisor.process.CgroupTree;
import org.relaysupervisor.process.ImitatedCgroups;
import org.relaysupervisor.process.TestDisk;
import org.relaysupervisor.supervise.ChildState;

class FaultsTest {
    private static final long MIB = 1L << 20;

    @TempDir
    Path directory;

    private final FakeChildren children = new FakeChildren();
    private final List<String> calls = new ArrayList<>();

    private ChildFault fault(Kind kind) {
        return new ChildFault(children, "recorder", kind);
    }

    @Test
    void killIsOneSignal() throws IOException {
        ChildFault kill = fault(Kind.KILL);
        kill.begin();
        children.pid = 101;
        kill.keep();
        kill.repair();
        assertThat(children.calls).containsExactly("KILL recorder 100", "release recorder", "start recorder");
    }

    @Test
    void stallStopsEveryProcessThatComesOnceAndLetsTheLastGoOn() throws IOException {
        ChildFault stall = fault(Kind.STALL);
        stall.begin();
        stall.keep();
        children.state = ChildState.BACKOFF;
        stall.keep();
        children.state = ChildState.UP;
        children.pid = 101;
        stall.keep();
        stall.keep();
        stall.repair();
        assertThat(children.calls)
                .containsExactly("STOP recorder 100", "STOP recorder 101", "release recorder", "start recorder");
    }

    @Test
    void aChildThatAnOperatorStoppedMeanwhileStaysStopped() throws IOException {
        ChildFault stall = fault(Kind.STALL);
        stall.begin();
        children.wanted = false;
        stall.repair();
        assertThat(children.calls).doesNotContain("start recorder");
    }

    @Test
    void whatTheDrillStoppedIsStartedAgain() throws IOException {
        ChildFault stop = fault(Kind.STOP);
        stop.begin();
        stop.repair();
        assertThat(children.calls).containsExactly("stop recorder", "release recorder", "start recorder");
    }

    @Test
    void nothingIsBrokenTwice() {
        children.state = ChildState.FAILED;
        assertThat(fault(Kind.KILL).impossible().orElseThrow()).contains("recorder is failed");
        ProgrammeFault silence = new ProgrammeFault("silence", on -> calls.add("" + on), children, "liquidsoap");
        assertThat(silence.impossible()).isPresent();
    }

    @Test
    void silenceIsSwitchedOnAgainInALiquidsoapThatWasRestarted() throws IOException {
        ProgrammeFault silence = new ProgrammeFault("silence", on -> calls.add("" + on), children, "liquidsoap");
        silence.begin();
        children.state = ChildState.STARTING;
        silence.keep();
        children.state = ChildState.UP;
        silence.keep();
        silence.repair();
        assertThat(calls).containsExactly("true", "true", "false");
    }

    @Test
    void memoryIsRefusedWhereTheKernelEnforcesNothing() {
        MemoryFault oom = new MemoryFault(children, "recorder", Optional.empty(), () -> {});
        assertThat(oom.impossible().orElseThrow()).contains("no cgroup v2");
    }

    @Test
    void memoryIsTakenByTheLimitOfTheChildsOwnGroup() throws IOException {
        ImitatedCgroups kernel = new ImitatedCgroups(directory, "/system.slice/relay-supervisor.service");
        CgroupTree tree = tree(kernel);
        Path group = kernel.own().resolve("children/recorder");
        ImitatedCgroups.write(group.resolve("memory.current"), "50000000\n");
        ImitatedCgroups.write(group.resolve("memory.max"), "100000000\n");
        MemoryFault oom = new MemoryFault(children, "recorder", Optional.of(tree), () -> calls.add("usual limits"));
        assertThat(oom.impossible()).isEmpty();
        oom.begin();
        assertThat(ImitatedCgroups.read(group.resolve("memory.max"))).isEqualTo("25000000");
        oom.repair();
        assertThat(calls).containsExactly("usual limits");
    }

    private static CgroupTree tree(ImitatedCgroups kernel) throws IOException {
        kernel.group(kernel.own().resolve("children"), "memory pids cpu", "");
        return CgroupTree.open(kernel.proc(), ImitatedCgroups.PID, child -> new Cgroup.Limits(1, 1, 1));
    }

    @Test
    void aDirectoryIsClosedToItsOwnerAndOpenedAgain() throws IOException {
        Path store = Files.createDirectories(directory.resolve("store/live"));
        UploadFault refused = new UploadFault(() -> Optional.of(store.getParent()), right -> calls.add("" + right));
        assertThat(refused.impossible()).isEmpty();
        if (isRoot()) {
            assertThatIOException().isThrownBy(refused::begin).withMessageContaining("root");
        } else {
            refused.begin();
            assertThatIOException().isThrownBy(() -> Files.writeString(store.resolve("a.mp3"), "a"));
        }
        assertThat(Files.getPosixFilePermissions(store.getParent())).doesNotContain(PosixFilePermission.OWNER_EXECUTE);

        // The next life of the daemon knows nothing but the name of the drill.
        new UploadFault(() -> Optional.of(store.getParent()), right -> calls.add("" + right)).repair();
        Files.writeString(store.resolve("a.mp3"), "a");
        assertThat(calls).containsExactly("true");
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    @Test
    void aBucketIsAskedWithWrongKeys() throws IOException {
        UploadFault refused = new UploadFault(Optional::empty, right -> calls.add("" + right));
        assertThat(refused.impossible()).isEmpty();
        refused.begin();
        refused.repair();
        assertThat(calls).containsExactly("false", "true");
    }

    @Test
    void aStoreThatIsNotThereRefusesNothing() {
        UploadFault refused = new UploadFault(() -> Optional.of(directory.resolve("none")), right -> {});
        assertThat(refused.impossible().orElseThrow()).contains("nothing to be refused");
    }

    @Test
    void aDiskIsFilledAgainAndAgainAndEmptied() throws IOException {
        try (TestDisk disk = TestDisk.with("size=12m", directory)) {
            Path other = Files.write(disk.path().resolve("reserve"), new byte[(int) (3 * MIB)]);
            DiskFault full = new DiskFault(disk.path());
            full.begin();
            assertThat(free(disk)).isLessThan(MIB);
            Files.delete(other);
            full.keep();
            assertThat(free(disk)).isLessThan(MIB);
            new DiskFault(disk.path()).repair();
            assertThat(free(disk)).isGreaterThan(11 * MIB);
        }
    }

    private static long free(TestDisk disk) {
        return disk.path().toFile().getUsableSpace();
    }

    @Test
    void memoryIsFilledByForceOnly() throws IOException {
        try (TestDisk disk = TestDisk.with("size=12m", directory)) {
            assertThat(new DiskFault(disk.path()).risk().orElseThrow()).contains("in memory");
        }
    }

    @Test
    void theDiskOfTheWholeMachineIsFilledByForceOnly() {
        assertThat(new DiskFault(Path.of("/usr")).risk().orElseThrow()).contains("file system of its own");
    }

    @Test
    void aDaemonThatNobodyStartsAgainIsNotKilled() {
        DaemonFault kill = new DaemonFault(DaemonFault.Kind.KILL, false, () -> calls.add("kill"));
        assertThat(kill.impossible()).isPresent();
        DaemonFault supervised = new DaemonFault(DaemonFault.Kind.KILL, true, () -> calls.add("kill"));
        assertThat(supervised.impossible()).isEmpty();
        supervised.begin();
        assertThat(calls).containsExactly("kill");
    }

    @Test
    void thePortIsClosedAndOpened() throws IOException {
        PortFault gone = new PortFault(open -> calls.add("" + open));
        gone.begin();
        gone.keep();
        gone.repair();
        assertThat(calls).containsExactly("false", "true");
    }
}
