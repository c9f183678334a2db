package org.relaysupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.process.Processes.Signal;

/** The processes stand in for those of an earlier daemon: the records under test know them only by what is in a file. */
@Timeout(60)
class ChildRecordsTest {
    @TempDir
    Path directory;

    @TempDir
    Path otherDirectory;

    private final ProcFs procFs = new ProcFs(Path.of("/proc"));
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private final List<Processes.Child> children = new ArrayList<>();
    private ChildRecords records;
    private LinuxProcesses earlier;

    @BeforeEach
    void open() throws IOException {
        records = new ChildRecords(directory, procFs);
        earlier = new LinuxProcesses(
                otherDirectory,
                (child, stream, line) -> lines.add(line),
                procFs,
                new ChildRecords(otherDirectory, procFs));
    }

    @AfterEach
    void close() throws IOException {
        children.forEach(child -> child.signal(Signal.KILL));
        earlier.close();
    }

    private long spawn(String script) throws IOException {
        Processes.Child child = earlier.spawn(
                new ProcessSpec("ghost", List.of("/bin/sh", "-c", script), Map.of("PATH", "/usr/bin:/bin"), directory),
                exit::complete);
        children.add(child);
        return child.pid();
    }

    private void record(long pid, long startTime, String bootId) throws IOException {
        Files.writeString(
                directory.resolve("ghost.process"), "pid=" + pid + " start=" + startTime + " boot=" + bootId + "\n");
    }

    private void recordTruly(long pid) throws IOException {
        record(pid, procFs.startTime(pid).orElseThrow(), procFs.bootId());
    }

    private void assertNoRecordLeft() {
        assertThat(directory).isDirectoryNotContaining("glob:**.process*");
    }

    @Test
    void aGhostIsAskedToEnd() throws Exception {
        long pid = spawn("trap 'echo asked; exit 5' TERM; echo ready; while :; do sleep 0.05; done");
        await().until(() -> lines.contains("ready"));
        recordTruly(pid);

        assertThat(records.killGhosts(20_000)).isEqualTo(1);
        assertThat(exit.get(30, TimeUnit.SECONDS)).isEqualTo(new Exit.Code(5));
        assertThat(lines).contains("asked");
        assertNoRecordLeft();
    }

    @Test
    void aGhostThatDoesNotListenIsKilledWithAllThatItStarted() throws Exception {
        long pid = spawn("trap '' TERM; (trap '' TERM; sleep 60) & echo $!; while :; do sleep 0.05; done");
        await().until(() -> lines.size() == 1);
        long grandchild = Long.parseLong(lines.get(0));
        recordTruly(pid);

        assertThat(records.killGhosts(100)).isEqualTo(1);
        assertThat(exit.get(30, TimeUnit.SECONDS)).isEqualTo(new Exit.Killed("SIGKILL", false));
        assertThat(procFs.stat(grandchild))
                .matches(stat -> stat.isEmpty() || stat.get().state() == 'Z');
        assertNoRecordLeft();
    }

    @Test
    void aStoppedGhostIsKilledToo() throws Exception {
        // A shell that is stopped while it starts a program of its own is not stopped, but waits for that.
        long pid = spawn("echo ready; exec sleep 60");
        await().until(() -> lines.size() == 1);
        children.get(0).signal(Signal.STOP);
        await().until(() -> procFs.stat(pid).orElseThrow().state() == 'T');
        recordTruly(pid);

        assertThat(records.killGhosts(100)).isEqualTo(1);
        assertThat(exit.get(30, TimeUnit.SECONDS)).isEqualTo(new Exit.Killed("SIGKILL", false));
    }

    @Test
    void aPidThatIsSomebodyElsesByNowIsLeftAlone() throws Exception {
        long pid = spawn("sleep 60");
        record(pid, procFs.startTime(pid).orElseThrow() - 1, procFs.bootId());

        assertThat(records.killGhosts(100)).isZero();
        assertThat(exit).isNotDone();
        assertNoRecordLeft();
    }

    @Test
    void aRecordFromBeforeARebootIsVoid() throws Exception {
        long pid = spawn("sleep 60");
        record(pid, procFs.startTime(pid).orElseThrow(), "00000000-0000-4000-8000-000000000000");

        assertThat(records.killGhosts(100)).isZero();
        assertThat(exit).isNotDone();
        assertNoRecordLeft();
    }

    @Test
    void damagedRecordsAreRemoved() throws IOException {
        Files.writeString(directory.resolve("empty.process"), "");
        Files.writeString(directory.resolve("torn.process"), "pid=12 sta");
        Files.writeString(directory.resolve("huge.process"), "pid=99999999999999 start=1 boot=x\n");
        Files.write(directory.resolve("binary.process"), new byte[] {(byte) 0xff, 0, 1});
        Files.writeString(directory.resolve("icecast.out"), "not a record");

        assertThat(records.killGhosts(100)).isZero();
        assertNoRecordLeft();
        assertThat(directory.resolve("icecast.out")).exists();
    }

    @Test
    void aRecordThatCannotBeWrittenDoesNotStopTheShow() throws IOException {
        ChildRecords nowhere = new ChildRecords(directory.resolve("missing"), procFs);
        nowhere.write("icecast", ProcessHandle.current().pid(), Optional.empty());
        nowhere.remove("icecast");
        assertThat(nowhere.killGhosts(100)).isZero();
    }
}
