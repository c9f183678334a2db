package org.relaysupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.relaysupervisor.process.Processes.Child;
import org.relaysupervisor.process.Processes.Signal;

@Isolated("what a child inherits is what this JVM has open")
@Timeout(60)
class LinuxProcessesTest {
    @TempDir
    Path directory;

    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private final List<Child> children = new ArrayList<>();
    private final ProcFs procFs = new ProcFs(Path.of("/proc"));
    private LinuxProcesses processes;

    @BeforeEach
    void open() throws IOException {
        processes = new LinuxProcesses(
                directory,
                (child, stream, line) -> lines.add(stream + " " + line),
                procFs,
                new ChildRecords(directory, procFs));
    }

    @AfterEach
    void close() throws IOException {
        children.forEach(child -> child.signal(Signal.KILL));
        processes.close();
    }

    private Child spawn(CompletableFuture<Exit> exit, String... argv) throws IOException {
        Child child = processes.spawn(spec(Map.of("PATH", "/usr/bin:/bin"), argv), exit::complete);
        children.add(child);
        return child;
    }

    private ProcessSpec spec(Map<String, String> environment, String... argv) {
        return new ProcessSpec("test", List.of(argv), environment, directory);
    }

    private Exit run(String script) throws Exception {
        CompletableFuture<Exit> exit = new CompletableFuture<>();
        spawn(exit, "/bin/sh", "-c", script);
        return get(exit);
    }

    private static Exit get(CompletableFuture<Exit> exit)
            throws InterruptedException, ExecutionException, TimeoutException {
        return exit.get(30, TimeUnit.SECONDS);
    }

    private void awaitLine(String line) {
        await().until(() -> lines.contains(line));
    }

    @Test
    void exitCode137AndDeathBySignal9AreToldApart() throws Exception {
        assertThat(run("exit 137")).isEqualTo(new Exit.Code(137));
        assertThat(run("kill -9 $$")).isEqualTo(new Exit.Killed("SIGKILL", false));
        assertThat(run("ulimit -c 0; kill -SEGV $$")).isEqualTo(new Exit.Killed("SIGSEGV", false));
        assertThat(run("exit 0")).isEqualTo(new Exit.Code(0));
    }

    @Test
    void lastWordsArriveBeforeTheExitEvenWithoutALineBreak() throws Exception {
        run("echo first; echo problem >&2; printf unfinished");

        assertThat(lines).contains("OUT first", "ERR problem", "OUT unfinished").hasSize(3);
    }

    @Test
    void aSuccessorWritesToTheSameStreams() throws Exception {
        run("echo one");
        run("echo two");

        assertThat(lines).containsExactly("OUT one", "OUT two");
    }

    @Test
    void theEnvironmentIsExactlyWhatWasGiven() throws Exception {
        CompletableFuture<Exit> exit = new CompletableFuture<>();
        Map<String, String> environment = Map.of("ONE", "1", "UMLAUT", "ä ö", "EMPTY", "");
        children.add(processes.spawn(spec(environment, "/usr/bin/env"), exit::complete));

        assertThat(get(exit)).isEqualTo(new Exit.Code(0));
        assertThat(lines).containsExactlyInAnyOrder("OUT ONE=1", "OUT UMLAUT=ä ö", "OUT EMPTY=");
    }

    @Test
    void onlyTheThreeStandardDescriptorsAreInherited() throws Exception {
        CompletableFuture<Exit> exit = new CompletableFuture<>();
        Path open = Files.createFile(directory.resolve("open"));
        try (ServerSocket listening = new ServerSocket(0);
                var file = Files.newByteChannel(open)) {
            assertThat(listening.isBound() && file.isOpen()).isTrue();
            Child child = spawn(exit, "/bin/sleep", "60");
            // The dynamic loader has a library open for a moment; an inherited descriptor would stay.
            await().untilAsserted(() -> assertThat(openDescriptors(child)).containsExactlyInAnyOrder("0", "1", "2"));
            assertThat(Files.readSymbolicLink(Path.of("/proc/" + child.pid() + "/fd/0")))
                    .isEqualTo(Path.of("/dev/null"));
        }
    }

    private static List<String> openDescriptors(Child child) throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/" + child.pid() + "/fd"))) {
            return descriptors.map(path -> path.getFileName().toString()).toList();
        }
    }

    @Test
    void aChildLeadsASessionOfItsOwnWithDefaultSignalsInItsDirectory() throws Exception {
        Child child = spawn(new CompletableFuture<>(), "/bin/sleep", "60");

        ProcFs.Stat stat = procFs.stat(child.pid()).orElseThrow();
        assertThat(stat.session()).isEqualTo(child.pid());
        assertThat(stat.group()).isEqualTo(child.pid());
        assertThat(Files.readSymbolicLink(Path.of("/proc/" + child.pid() + "/cwd")))
                .isEqualTo(directory.toRealPath());
        assertThat(signals(child, "SigBlk:")).isZero();
        // 32 and 33 are glibc's own, which it sets up anew in each program.
        assertThat(signals(child, "SigIgn:") & ~0x1_8000_0000L).isZero();
    }

    private static long signals(Child child, String key) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + child.pid() + "/status")).stream()
                .filter(line -> line.startsWith(key))
                .mapToLong(line ->
                        Long.parseUnsignedLong(line.substring(key.length()).strip(), 16))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void termThatIsIgnoredIsNotTheEndButKillIs() throws Exception {
        CompletableFuture<Exit> exit = new CompletableFuture<>();
        Child child =
                spawn(exit, "/bin/sh", "-c", "trap 'echo ignored' TERM; echo ready; while :; do sleep 0.05; done");
        awaitLine("OUT ready");
        child.signal(Signal.TERM);
        awaitLine("OUT ignored");

        assertThat(exit).isNotDone();
        child.signal(Signal.KILL);
        assertThat(get(exit)).isEqualTo(new Exit.Killed("SIGKILL", false));
    }

    @Test
    void aSignalReachesTheWholeGroup() throws Exception {
        CompletableFuture<Exit> exit = new CompletableFuture<>();
        String inner = "trap 'echo inner; exit' TERM; echo ready; while :; do sleep 0.05; done";
        // The first wait is ended by the signal, the second by the end of the inner shell.
        Child child = spawn(exit, "/bin/sh", "-c", "trap : TERM; sh -c \"" + inner + "\" & wait; wait; exit 7");
        awaitLine("OUT ready");
        child.signal(Signal.TERM);

        assertThat(get(exit)).isEqualTo(new Exit.Code(7));
        assertThat(lines).contains("OUT inner");
    }

    @Test
    void orphansInTheGroupAreGoneWhenTheExitIsReported() throws Exception {
        assertThat(run("sleep 60 & echo $!; exit 3")).isEqualTo(new Exit.Code(3));

        long orphan = Long.parseLong(lines.get(0).substring(4));
        // Once killed it is a zombie until init reaps it.
        assertThat(procFs.stat(orphan))
                .matches(stat -> stat.isEmpty() || stat.get().state() == 'Z');
    }

    @Test
    void aStoppedChildCanBeKilled() throws Exception {
        CompletableFuture<Exit> exit = new CompletableFuture<>();
        Child child = spawn(exit, "/bin/sleep", "60");
        child.signal(Signal.STOP);
        await().until(() -> procFs.stat(child.pid()).orElseThrow().state() == 'T');
        child.signal(Signal.KILL);

        assertThat(get(exit)).isEqualTo(new Exit.Killed("SIGKILL", false));
    }

    @Test
    void aSignalAfterTheEndGoesNowhere() throws Exception {
        CompletableFuture<Exit> exit = new CompletableFuture<>();
        Child child = spawn(exit, "/bin/true");
        get(exit);

        child.signal(Signal.KILL);
        assertThat(procFs.stat(child.pid())).isEmpty();
    }

    @Test
    void eachExitIsReportedOnceHoweverManyProcessesThereAre() throws Exception {
        int count = 100;
        List<Integer> codes = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < count; i++) {
            int code = i;
            ProcessSpec spec =
                    new ProcessSpec("test" + i % 4, List.of("/bin/sh", "-c", "exit " + code), Map.of(), directory);
            children.add(processes.spawn(spec, exit -> codes.add(((Exit.Code) exit).code())));
        }
        await().until(() -> codes.size() >= count);

        assertThat(codes).hasSize(count).doesNotHaveDuplicates();
    }

    @Test
    void aFloodIsReadWhileItLastsAndNeverBlocksTheChild() throws Exception {
        assertThat(run("yes 0123456789 | head -n 200000")).isEqualTo(new Exit.Code(0));

        assertThat(lines).hasSize(200_000);
    }

    @Test
    void aLineWithoutEndIsCutAndCounted() throws Exception {
        run("head -c 1000000 /dev/zero | tr '\\0' x; echo; echo after");

        assertThat(lines).hasSize(2).contains("OUT after");
        assertThat(lines.get(0)).hasSize("OUT ".length() + 4096 + LineSplitter.CUT_MARK.length());
        assertThat(processes.cutLines()).isEqualTo(1);
    }

    @Test
    void whatCannotBeStartedSaysWhy() throws IOException {
        Path plain = Files.writeString(directory.resolve("plain"), "not a program");
        Path script = Files.writeString(directory.resolve("script"), "#!/no/such/interpreter\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();

        assertThatThrownBy(() -> spawn(new CompletableFuture<>(), "/no/such/program"))
                .hasMessageStartingWith("/no/such/program does not exist");
        assertThatThrownBy(() -> spawn(new CompletableFuture<>(), plain.toString()))
                .hasMessageContaining(plain + " is not executable by ");
        assertThatThrownBy(() -> spawn(new CompletableFuture<>(), script.toString()))
                .hasMessage("test could not be started: " + script
                        + ": ENOENT (No such file or directory): its interpreter or its dynamic linker is missing");
        assertThatThrownBy(() -> spawn(new CompletableFuture<>(), "/bin/echo", "a\0b"))
                .hasMessageContaining("NUL");
        assertThatThrownBy(() -> processes.spawn(
                        new ProcessSpec("test", List.of("/bin/true"), Map.of(), Path.of("/no/dir")), exit -> {}))
                .hasMessage("test: its working directory /no/dir is not a directory");
    }

    @Test
    void aProcessIsRecordedForAsLongAsItLives() throws Exception {
        CompletableFuture<Exit> exit = new CompletableFuture<>();
        AtomicInteger recordsAtExit = new AtomicInteger(-1);
        Path file = directory.resolve("test.process");
        Child child = processes.spawn(spec(Map.of(), "/bin/sleep", "60"), end -> {
            recordsAtExit.set(Files.exists(file) ? 1 : 0);
            exit.complete(end);
        });

        assertThat(Files.readString(file))
                .isEqualTo("pid=" + child.pid() + " start="
                        + procFs.startTime(child.pid()).orElseThrow() + " boot=" + procFs.bootId() + "\n");
        child.signal(Signal.KILL);
        get(exit);
        assertThat(recordsAtExit).hasValue(0);
    }
}
