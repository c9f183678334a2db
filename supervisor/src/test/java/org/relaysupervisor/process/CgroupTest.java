package org.relaysupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.relaysupervisor.process.ImitatedCgroups.read;
import static org.relaysupervisor.process.ImitatedCgroups.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.process.Processes.Signal;

@Timeout(60)
class CgroupTest {
    @TempDir
    Path directory;

    private Cgroup group() {
        return new Cgroup(directory);
    }

    @Test
    void pageCacheIsNotCountedAsUsedButSharedMemoryIs() {
        write(directory.resolve("memory.current"), "1000\n");
        assertThat(group().usedBytes()).hasValue(1000);

        write(directory.resolve("memory.stat"), "anon 500\nfile 400\nshmem 100\nslab_reclaimable 50\n");
        assertThat(group().usedBytes()).hasValue(650);
    }

    @Test
    void pressureIsARatio() {
        assertThat(group().pressure()).isEmpty();
        write(
                directory.resolve("memory.pressure"),
                "some avg10=12.50 avg60=3.00 avg300=0.90 total=123\nfull avg10=2.00 avg60=0.00 avg300=0.00 total=1\n");
        assertThat(group().pressure()).hasValue(0.125);
    }

    @Test
    void aGroupThatIsGoneGivesEmptyAnswers() {
        Cgroup gone = new Cgroup(directory.resolve("gone"));
        assertThat(gone.usedBytes()).isEmpty();
        assertThat(gone.pressure()).isEmpty();
        assertThat(gone.memoryEvents()).isEqualTo(Cgroup.MemoryEvents.NONE);
        assertThat(gone.isPopulated()).isFalse();
        assertThat(gone.remove()).isTrue();
        gone.kill();
    }

    @Test
    void aProcessIsInItsGroupBeforeItsProgramBegins() throws Exception {
        ImitatedCgroups machine = new ImitatedCgroups(directory, "/unit");
        try (LinuxProcesses processes = processes(machine)) {
            CompletableFuture<Exit> exit = new CompletableFuture<>();
            // The program itself looks: it must find its own pid there.
            Processes.Child child = processes.spawn(
                    script("test \"$(cat " + machine.child("test").resolve("cgroup.procs") + ")\" = $$ && exit 7"),
                    exit::complete);

            assertThat(exit.get(30, TimeUnit.SECONDS)).isEqualTo(new Exit.Code(7));
            assertThat(read(machine.child("test").resolve("cgroup.procs"))).isEqualTo(child.pid() + "\n");
        }
    }

    @Test
    void whatWeKillAtItsLimitIsOutOfMemoryAndWhatWeKillBelowItIsNot() throws Exception {
        Exit killed = new Exit.Killed("SIGKILL", false);
        assertThat(endOfOneKilledByUsAt(899)).isEqualTo(killed);
        assertThat(endOfOneKilledByUsAt(900)).isEqualTo(new Exit.OutOfMemory(killed, true));
    }

    private Exit endOfOneKilledByUsAt(long used) throws Exception {
        ImitatedCgroups machine = new ImitatedCgroups(directory.resolve("used-" + used), "/unit");
        try (LinuxProcesses processes = processes(machine)) {
            CompletableFuture<Exit> exit = new CompletableFuture<>();
            Processes.Child child = processes.spawn(script("exec sleep 60"), exit::complete);
            write(machine.child("test").resolve("memory.current"), used + "\n");
            write(machine.child("test").resolve("memory.high"), "900\n");
            child.signal(Signal.KILL);
            return exit.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void theEnvironmentIsExactlyWhatWasGivenInAGroupAsWell() throws Exception {
        ImitatedCgroups machine = new ImitatedCgroups(directory, "/unit");
        Path file = directory.resolve("environment");
        try (LinuxProcesses processes = processes(machine)) {
            CompletableFuture<Exit> exit = new CompletableFuture<>();
            ProcessSpec spec = new ProcessSpec(
                    "test", List.of("/bin/cp", "/proc/self/environ", file.toString()), Map.of("ONE", "1"), directory);
            processes.spawn(spec, exit::complete);

            assertThat(exit.get(30, TimeUnit.SECONDS)).isEqualTo(new Exit.Code(0));
            assertThat(Files.readString(file)).isEqualTo("ONE=1\0");
        }
    }

    @Test
    void aGroupThatCantBeEnteredDoesNotKeepTheStationOffTheAir() throws Exception {
        ImitatedCgroups machine = new ImitatedCgroups(directory, "/unit");
        try (LinuxProcesses processes = processes(machine)) {
            Files.createDirectories(machine.child("test").resolve("cgroup.procs"));
            CompletableFuture<Exit> exit = new CompletableFuture<>();
            processes.spawn(script("exit 3"), exit::complete);

            assertThat(exit.get(30, TimeUnit.SECONDS)).isEqualTo(new Exit.Code(3));
        }
    }

    @Test
    void aDeathForMemoryIsToldByTheChangeOfItsEvents() throws Exception {
        ImitatedCgroups machine = new ImitatedCgroups(directory, "/unit");
        Path events = machine.child("test").resolve("memory.events");
        Exit killed = new Exit.Killed("SIGKILL", false);
        try (LinuxProcesses processes = processes(machine)) {
            write(events, "high 3\noom 1\noom_kill 3\noom_group_kill 1\n");
            assertThat(run(processes, "kill -9 $$")).isEqualTo(killed);
            assertThat(run(processes, events(events, 2, 6, 2) + "kill -9 $$"))
                    .isEqualTo(new Exit.OutOfMemory(killed, true));
            assertThat(run(processes, events(events, 2, 7, 3) + "kill -9 $$"))
                    .isEqualTo(new Exit.OutOfMemory(killed, false));
            assertThat(run(processes, "exit 0")).isEqualTo(new Exit.Code(0));
        }
    }

    private static String events(Path file, int oom, int killed, int groups) {
        return "printf \"oom " + oom + "\\noom_kill " + killed + "\\noom_group_kill " + groups + "\\n\" > " + file
                + "; ";
    }

    @Test
    void aKillReachesThoseThatLeftTheProcessGroup() throws Exception {
        ImitatedCgroups machine = new ImitatedCgroups(directory, "/unit");
        try (LinuxProcesses processes = processes(machine)) {
            CompletableFuture<Exit> exit = new CompletableFuture<>();
            Processes.Child child = processes.spawn(script("exec sleep 60"), exit::complete);
            child.signal(Signal.KILL);
            exit.get(30, TimeUnit.SECONDS);

            assertThat(read(machine.child("test").resolve("cgroup.kill"))).isEqualTo("1");
        }
    }

    @Test
    void withoutAGroupTheKernelRefusesWhatIsFarAboveTheLimit() throws Exception {
        ProcFs procFs = new ProcFs(Path.of("/proc"));
        try (LinuxProcesses processes = new LinuxProcesses(
                directory,
                (child, stream, line) -> {},
                procFs,
                new ChildRecords(directory, procFs),
                Optional.empty(),
                name -> OptionalLong.of(64 << 20))) {
            assertThat(run(processes, "test $(ulimit -d) = 65536")).isEqualTo(new Exit.Code(0));
            assertThat(run(processes, "test -z \"$(tr '\\0' '\\n' < /proc/$$/environ | grep -v ^PATH=)\""))
                    .isEqualTo(new Exit.Code(0));
        }
    }

    private LinuxProcesses processes(ImitatedCgroups machine) throws IOException {
        ProcFs procFs = new ProcFs(Path.of("/proc"));
        return new LinuxProcesses(
                directory,
                (child, stream, line) -> {},
                procFs,
                new ChildRecords(directory, procFs),
                Optional.of(machine.open()),
                name -> OptionalLong.empty());
    }

    private ProcessSpec script(String script) {
        return new ProcessSpec("test", List.of("/bin/sh", "-c", script), Map.of("PATH", "/usr/bin:/bin"), directory);
    }

    private Exit run(LinuxProcesses processes, String script) throws Exception {
        CompletableFuture<Exit> exit = new CompletableFuture<>();
        processes.spawn(script(script), exit::complete);
        return exit.get(30, TimeUnit.SECONDS);
    }
}
