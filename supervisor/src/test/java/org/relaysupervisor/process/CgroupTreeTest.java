package org.relaysupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.relaysupervisor.process.ImitatedCgroups.read;
import static org.relaysupervisor.process.ImitatedCgroups.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupTreeTest {
    private static final String UNIT = "/system.slice/relay-supervisor.service";

    @TempDir
    Path directory;

    private CgroupTree open(ImitatedCgroups machine) throws IOException {
        return machine.open();
    }

    @Test
    void theDaemonMovesIntoItsLeafAndEnablesWhatIsDelegated() throws IOException {
        ImitatedCgroups machine = new ImitatedCgroups(directory, UNIT);

        CgroupTree tree = open(machine);

        assertThat(tree.root()).isEqualTo(machine.own());
        assertThat(read(machine.own().resolve("daemon/cgroup.procs"))).isEqualTo("4711");
        // Each is written by itself; the last one is what a plain file keeps.
        assertThat(read(machine.own().resolve("cgroup.subtree_control"))).isEqualTo("+cpu");
        assertThat(read(machine.own().resolve("children/cgroup.subtree_control")))
                .isEqualTo("+cpu");
    }

    @Test
    void aDaemonThatIsStartedInItsLeafNoticesIt() throws IOException {
        ImitatedCgroups machine = new ImitatedCgroups(directory, UNIT + "/daemon");
        Path unit = machine.own().getParent();
        machine.group(unit, "cpu memory pids", "");
        machine.group(unit.resolve("children"), "cpu memory pids", "");

        CgroupTree tree =
                CgroupTree.open(machine.proc(), ImitatedCgroups.PID, name -> new Cgroup.Limits(100_000_000, 64, 200));

        assertThat(tree.root()).isEqualTo(unit);
        assertThat(machine.own().resolve("daemon")).doesNotExist();
        assertThat(read(unit.resolve("cgroup.subtree_control"))).isEqualTo("+cpu");
    }

    @Test
    void withoutTheMemoryControllerItSaysWhatIsMissing() {
        ImitatedCgroups machine = new ImitatedCgroups(directory, UNIT);
        machine.group(machine.own(), "hugetlb", "4711");

        assertThatThrownBy(() -> open(machine))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("memory controller")
                .hasMessageContaining("hugetlb")
                .hasMessageContaining("Delegate=");
        assertThat(machine.own().resolve("daemon")).doesNotExist();
    }

    @Test
    void aGroupThatIsSharedWithOthersIsLeftAlone() {
        ImitatedCgroups machine = new ImitatedCgroups(directory, UNIT);
        machine.group(machine.own(), "memory", "4711\n17");

        assertThatThrownBy(() -> open(machine)).isInstanceOf(IOException.class).hasMessageContaining("pids [17]");
        assertThat(machine.own().resolve("daemon")).doesNotExist();
    }

    @Test
    void aMachineWithoutVersionTwoSaysSo() {
        ImitatedCgroups machine = new ImitatedCgroups(directory, UNIT);
        write(machine.proc().resolve("self/cgroup"), "4:memory:/user\n1:cpu:/\n");
        assertThatThrownBy(() -> open(machine)).hasMessageContaining("cgroup v1 only");

        write(machine.proc().resolve("self/cgroup"), "0::" + UNIT + "\n");
        write(machine.proc().resolve("self/mountinfo"), "20 1 0:5 / /proc rw - proc proc rw\n");
        assertThatThrownBy(() -> open(machine)).hasMessageContaining("not mounted");
    }

    @Test
    void aContainerThatSeesAPartOfTheTreeFindsItsGroup() throws IOException {
        ImitatedCgroups machine = new ImitatedCgroups(directory, "/inner");
        write(machine.proc().resolve("self/cgroup"), "0::/docker/4f/inner\n");
        write(
                machine.proc().resolve("self/mountinfo"),
                "30 1 0:26 /docker/4f " + directory.resolve("sys") + " rw - cgroup2 cgroup rw\n");

        assertThat(new CgroupPlace(machine.proc()).ownGroup()).isEqualTo(machine.own());
    }

    @Test
    void whatAnEarlierDaemonLeftIsKilledAtOneStrokeAndRemoved() throws IOException {
        ImitatedCgroups machine = new ImitatedCgroups(directory, UNIT);
        Files.createDirectories(machine.child("liquidsoap"));
        Files.createDirectories(machine.child("decoder-live"));

        open(machine).removeLeftovers(Set.of());

        assertThat(read(machine.own().resolve("children/cgroup.kill"))).isEqualTo("1");
        assertThat(machine.child("liquidsoap")).doesNotExist();
        assertThat(machine.child("decoder-live")).doesNotExist();
    }

    @Test
    void whatGoesOnIsSpared() throws IOException {
        ImitatedCgroups machine = new ImitatedCgroups(directory, UNIT);
        Files.createDirectories(machine.child("liquidsoap"));
        Files.createDirectories(machine.child("decoder-live"));

        open(machine).removeLeftovers(Set.of("liquidsoap"));

        assertThat(read(machine.child("decoder-live").resolve("cgroup.kill"))).isEqualTo("1");
        assertThat(machine.child("liquidsoap")).isEmptyDirectory();
        assertThat(machine.own().resolve("children/cgroup.kill")).doesNotExist();
    }

    @Test
    void aChildsGroupIsLimitedBeforeItIsUsed() throws IOException {
        ImitatedCgroups machine = new ImitatedCgroups(directory, UNIT);

        Cgroup group = open(machine).prepare("liquidsoap");

        assertThat(group.directory()).isEqualTo(machine.child("liquidsoap"));
        assertThat(read(machine.child("liquidsoap").resolve("memory.max"))).isEqualTo("100000000");
        assertThat(read(machine.child("liquidsoap").resolve("memory.high"))).isEqualTo("95000000");
        assertThat(read(machine.child("liquidsoap").resolve("memory.swap.max"))).isEqualTo("0");
        assertThat(read(machine.child("liquidsoap").resolve("memory.oom.group")))
                .isEqualTo("1");
        assertThat(read(machine.child("liquidsoap").resolve("pids.max"))).isEqualTo("64");
        assertThat(read(machine.child("liquidsoap").resolve("cpu.weight"))).isEqualTo("200");
    }

    @Test
    void theDaemonsLeafCanBeStarvedAndFedAgain() throws IOException {
        Cgroup leaf = open(new ImitatedCgroups(directory, UNIT)).daemon();
        assertThatIOException().isThrownBy(leaf::starve).withMessageContaining("uses no memory");
        write(leaf.directory().resolve("memory.current"), "150000000\n");
        write(leaf.directory().resolve("memory.swap.max"), "max\n");

        leaf.starve();
        assertThat(read(leaf.directory().resolve("memory.max"))).isEqualTo("75000000");
        assertThat(read(leaf.directory().resolve("memory.swap.max"))).isEqualTo("0");

        leaf.unlimit();
        assertThat(read(leaf.directory().resolve("memory.max"))).isEqualTo("max");
        assertThat(read(leaf.directory().resolve("memory.swap.max"))).isEqualTo("max");
    }

    @Test
    void newLimitsReachTheGroupsThatAreThereAndThoseToCome() throws IOException {
        ImitatedCgroups machine = new ImitatedCgroups(directory, UNIT);
        CgroupTree tree = open(machine);
        tree.prepare("icecast");

        assertThat(tree.use(name -> new Cgroup.Limits(200_000_000, 64, 200))).isEmpty();
        tree.prepare("liquidsoap");

        assertThat(read(machine.child("icecast").resolve("memory.max"))).isEqualTo("200000000");
        assertThat(read(machine.child("liquidsoap").resolve("memory.max"))).isEqualTo("200000000");
    }

    @Test
    void theUnitsLimitIsTheLeastOfThoseAboveTheChildren() throws IOException {
        ImitatedCgroups machine = new ImitatedCgroups(directory, UNIT);
        CgroupTree tree = open(machine);
        write(machine.own().resolve("memory.max"), "max\n");
        assertThat(tree.memoryLimit()).isEmpty();
        write(machine.own().getParent().resolve("memory.max"), "1000\n");
        assertThat(tree.memoryLimit()).hasValue(1000);
        write(machine.own().resolve("memory.max"), "900\n");
        assertThat(tree.memoryLimit()).hasValue(900);
    }
}
