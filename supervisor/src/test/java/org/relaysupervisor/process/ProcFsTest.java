package org.relaysupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.process.ProcFs.Holder;

class ProcFsTest {
    private static final String TABLE_HEAD =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    @TempDir
    Path root;

    private ProcFs procFs;

    @BeforeEach
    void plantTree() throws IOException {
        procFs = new ProcFs(root);
        write("sys/kernel/random/boot_id", "0ff1ce00-0000-4000-8000-000000000001\n");
        write("net/tcp", TABLE_HEAD + row(0, "0100007F:1F40", "0A", 501) + row(1, "00000000:0016", "0A", 502));
        write(
                "net/tcp6",
                TABLE_HEAD
                        + row(0, "00000000000000000000000001000000:1F45", "0A", 503)
                        + row(1, "0000000000000000FFFF00000100007F:1F40", "01", 504));
    }

    private void write(String file, String content) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }

    private static String row(int number, String local, String state, int inode) {
        return "   " + number + ": " + local + " 00000000:0000 " + state
                + " 00000000:00000000 00:00000000 00000000  1000        0 " + inode
                + " 1 0000000000000000 100 0 0 10 0\n";
    }

    private void plantProcess(long pid, String command, String state, long... socketInodes) throws IOException {
        write(
                pid + "/stat",
                pid + " (" + command + ") " + state
                        + " 7 42 43 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 3 0 987654 1000000 300 18446744073709551615\n");
        write(pid + "/comm", command + "\n");
        Files.createDirectories(root.resolve(pid + "/fd"));
        for (int i = 0; i < socketInodes.length; i++) {
            Files.createSymbolicLink(root.resolve(pid + "/fd/" + i), Path.of("socket:[" + socketInodes[i] + "]"));
        }
    }

    @Test
    void aCommandMayHoldSpacesAndParentheses() throws IOException {
        plantProcess(123, "a) R (b) 9 9 9", "S");

        assertThat(procFs.stat(123)).contains(new ProcFs.Stat('S', 7, 42, 43, Duration.ofSeconds(3), 987_654));
        assertThat(procFs.startTime(123)).hasValue(987_654);
        assertThat(procFs.cpuTime(123)).contains(Duration.ofSeconds(3));
    }

    @Test
    void aProcessThatIsGoneOrBrokenIsEmpty() throws IOException {
        write("124/stat", "124 (x) S 1\n");
        write("125/stat", "");

        assertThat(procFs.stat(1)).isEmpty();
        assertThat(procFs.stat(124)).isEmpty();
        assertThat(procFs.stat(125)).isEmpty();
        assertThat(procFs.startTime(1)).isEmpty();
        assertThat(procFs.residentBytes(1)).isEmpty();
    }

    @Test
    void memoryIsGivenInBytesAndAZombieHasNone() throws IOException {
        write("123/status", "Name:\tx\nVmRSS:\t    1234 kB\n");
        write("124/status", "Name:\tx\nState:\tZ (zombie)\n");

        assertThat(procFs.residentBytes(123)).hasValue(1234 * 1024);
        assertThat(procFs.residentBytes(124)).isEmpty();
    }

    @Test
    void theOwnUserIsTheEffectiveOne() throws IOException {
        write("self/status", "Name:\tjava\nUid:\t1000\t998\t998\t998\n");
        assertThat(procFs.ownUid()).isEqualTo(998);
    }

    @Test
    void aListeningSocketBelongsToWhoHoldsItsDescriptor() throws IOException {
        plantProcess(123, "icecast2", "S", 11, 501);
        plantProcess(124, "liquidsoap", "S", 503, 504);

        assertThat(procFs.listens(123, 8000)).isTrue();
        assertThat(procFs.listens(123, 22)).isFalse();
        // It has a connection on 8000, but no socket that listens there.
        assertThat(procFs.listens(124, 8000)).isFalse();
        assertThat(procFs.listens(124, 8005)).isTrue();
        assertThat(procFs.listens(999, 8000)).isFalse();
    }

    @Test
    void whoHoldsAPortIsNamed() throws IOException {
        plantProcess(123, "nginx", "S", 501);

        assertThat(procFs.holder(8000)).contains(new Holder(123, "nginx"));
        assertThat(procFs.holder(22)).isEmpty();
        assertThat(procFs.holder(9)).isEmpty();
    }

    @Test
    void aKernelWithoutIpv6HasNoSecondTable() throws IOException {
        Files.delete(root.resolve("net/tcp6"));
        plantProcess(123, "icecast2", "S", 501);

        assertThat(procFs.listens(123, 8000)).isTrue();
    }

    @Test
    void theRealKernelIsUnderstoodToo() throws IOException {
        ProcFs real = new ProcFs(Path.of("/proc"));
        long self = ProcessHandle.current().pid();

        assertThat(real.bootId()).hasSize(36);
        assertThat(real.residentBytes(self).orElseThrow()).isGreaterThan(10_000_000);
        assertThat(real.pids()).contains(self);
        for (String address : new String[] {"127.0.0.1", "0.0.0.0"}) {
            try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getByName(address))) {
                assertThat(real.listens(self, socket.getLocalPort())).isTrue();
                assertThat(real.holder(socket.getLocalPort())).map(Holder::pid).contains(self);
            }
        }
    }
}
