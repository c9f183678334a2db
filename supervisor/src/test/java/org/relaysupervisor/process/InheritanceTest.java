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
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.process.Processes.Child;
import org.relaysupervisor.process.Processes.Signal;

/** What an earlier daemon left, and the next one takes over or ends. The earlier one is one that only its reaper is left of. */
@Timeout(60)
class InheritanceTest {
    private static final Fingerprint GIVEN = Fingerprint.of("this");
    private static final long GRACE_MILLIS = 100;

    @TempDir
    Path directory;

    private final ProcFs procFs = new ProcFs(Path.of("/proc"));
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private final List<Child> children = new ArrayList<>();
    private LinuxProcesses earlier;
    private LinuxProcesses next;

    @BeforeEach
    void open() throws IOException {
        earlier = daemon();
    }

    @AfterEach
    void close() throws IOException {
        children.forEach(child -> child.signal(Signal.KILL));
        earlier.close();
        if (next != null) {
            next.close();
        }
    }

    private LinuxProcesses daemon() throws IOException {
        return new LinuxProcesses(
                directory, (child, stream, line) -> lines.add(line), procFs, new ChildRecords(directory, procFs));
    }

    /** Runs until it is told to end, and reads nothing. */
    private long leave(String script) throws IOException {
        ProcessSpec spec = new ProcessSpec(
                        "station", List.of("/bin/sh", "-c", script), Map.of("PATH", "/usr/bin:/bin"), directory)
                .lasting(GIVEN);
        Child child = earlier.spawn(spec, ended -> {});
        children.add(child);
        await().until(() -> lines.contains("ready"));
        earlier.close();
        lines.clear();
        return child.pid();
    }

    private Optional<Child> adopt(Fingerprint wanted) throws IOException {
        next = daemon();
        next.inherit(Map.of("station", wanted), GRACE_MILLIS);
        return next.adopt("station", wanted, exit::complete);
    }

    private boolean isGone(long pid) {
        return procFs.stat(pid).filter(stat -> stat.state() != 'Z').isEmpty();
    }

    @Test
    void aProcessThatWasGivenTheSameIsTakenOverWithItsOutput() throws Exception {
        long pid = leave("echo ready; read line <again; echo \"$line\"; exec sleep 60".replace("<again", "<" + fifo()));
        Child child = adopt(GIVEN).orElseThrow();
        assertThat(child.pid()).isEqualTo(pid);
        assertThat(child.adoptedAfter()).isPresent();
        Files.writeString(directory.resolve("again"), "heard\n");
        await().until(() -> lines.contains("heard"));
        child.signal(Signal.TERM);
        assertThat(exit.get(30, TimeUnit.SECONDS)).isEqualTo(new Exit.Unknown());
        child.signal(Signal.KILL);
        assertThat(directory.resolve("station.process")).doesNotExist();
    }

    private Path fifo() {
        Path fifo = directory.resolve("again");
        LibC.mkfifo(LibC.string(fifo.toString()), 0600);
        return fifo;
    }

    @Test
    void itIsKeptWithinTheLimitsOfTheNextDaemon() throws Exception {
        long pid = leave("echo ready; exec sleep 60");
        ImitatedCgroups machine = new ImitatedCgroups(directory.resolve("machine"), "/unit");
        ImitatedCgroups.write(machine.child("station").resolve("cgroup.procs"), pid + "\n");
        ImitatedCgroups.write(machine.child("station").resolve("memory.max"), "1");
        next = new LinuxProcesses(
                directory,
                (child, stream, line) -> lines.add(line),
                procFs,
                new ChildRecords(directory, procFs),
                Optional.of(machine.open()),
                name -> OptionalLong.empty());
        next.inherit(Map.of("station", GIVEN), GRACE_MILLIS);
        assertThat(next.adopt("station", GIVEN, exit::complete)).isPresent();
        assertThat(ImitatedCgroups.read(machine.child("station").resolve("memory.max")))
                .isEqualTo("100000000");
    }

    @Test
    void itIsTakenOverOnce() throws Exception {
        leave("echo ready; exec sleep 60");
        assertThat(adopt(GIVEN)).isPresent();
        assertThat(next.adopt("station", GIVEN, ended -> {})).isEmpty();
    }

    @Test
    void aKillEndsAllThatItStarted() throws Exception {
        long pid = leave("(trap '' TERM; exec sleep 60) & echo $! >grandchild; echo ready; wait");
        long grandchild =
                Long.parseLong(Files.readString(directory.resolve("grandchild")).strip());
        Child child = adopt(GIVEN).orElseThrow();
        child.signal(Signal.KILL);
        assertThat(exit.get(30, TimeUnit.SECONDS)).isEqualTo(new Exit.Killed("SIGKILL", false));
        assertThat(isGone(pid)).isTrue();
        assertThat(isGone(grandchild)).isTrue();
    }

    @Test
    void aProcessThatWasGivenSomethingElseIsEnded() throws Exception {
        long pid = leave("echo ready; exec sleep 60");
        assertThat(adopt(Fingerprint.of("that"))).isEmpty();
        assertThat(isGone(pid)).isTrue();
    }

    @Test
    void aRecordWhosePidIsSomebodyElsesByNowIsAdoptedByNobody() throws Exception {
        long pid = leave("echo ready; exec sleep 60");
        Path record = directory.resolve("station.process");
        String truth = Files.readString(record);
        Files.writeString(record, truth.replaceFirst("start=\\d+", "start=1"));
        assertThat(adopt(GIVEN)).isEmpty();
        assertThat(isGone(pid)).isFalse();
    }

    @Test
    void oneThatEndsBeforeItIsAdoptedIsNot() throws Exception {
        leave("echo ready; exec sleep 60");
        next = daemon();
        next.inherit(Map.of("station", GIVEN), GRACE_MILLIS);
        children.get(0).signal(Signal.KILL);
        await().until(() -> isGone(children.get(0).pid()));
        assertThat(next.adopt("station", GIVEN, exit::complete)).isEmpty();
    }

    @Test
    void whatNobodyWantedIsEndedAtTheLatestWithTheDaemon() throws Exception {
        long pid = leave("echo ready; exec sleep 60");
        next = daemon();
        next.inherit(Map.of("station", GIVEN), GRACE_MILLIS);
        assertThat(isGone(pid)).isFalse();
        next.close();
        assertThat(isGone(pid)).isTrue();
    }

    @Test
    void oneThatNoDaemonTakesOverIsEnded() throws Exception {
        ProcessSpec spec = new ProcessSpec(
                "station", List.of("/bin/sh", "-c", "exec sleep 60"), Map.of("PATH", "/usr/bin:/bin"), directory);
        Child child = earlier.spawn(spec, ended -> {});
        children.add(child);
        assertThat(adopt(GIVEN)).isEmpty();
        assertThat(isGone(child.pid())).isTrue();
    }
}
