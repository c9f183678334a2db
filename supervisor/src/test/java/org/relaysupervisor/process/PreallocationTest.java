package org.relaysupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreallocationTest {
    private static final long MIB = 1L << 20;

    @TempDir
    Path directory;

    @Test
    void theDiskHasBlocksForTheWholeFile() throws Exception {
        Path file = directory.resolve("file");
        assertThat(Preallocation.extend(file, 5 * MIB)).isTrue();
        assertThat(file).hasSize(5 * MIB);
        assertThat(allocated(file)).isGreaterThanOrEqualTo(5 * MIB);
        assertThat(Preallocation.extend(file, 9 * MIB)).isTrue();
        assertThat(allocated(file)).isGreaterThanOrEqualTo(9 * MIB);
    }

    @Test
    void holesAreFilledAndWhatIsWrittenStays() throws Exception {
        Path file = directory.resolve("file");
        Files.writeString(file, "recorded");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(5 * MIB);
        }
        assertThat(allocated(file)).isLessThan(MIB);
        assertThat(Preallocation.extend(file, MIB * 5)).isTrue();
        assertThat(allocated(file)).isGreaterThanOrEqualTo(5 * MIB);
        assertThat(Files.readAllBytes(file)).startsWith("recorded".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aFullDiskLeavesTheFileAsItWas() throws Exception {
        try (TestDisk disk = TestDisk.with("size=12m", directory)) {
            Path file = disk.path().resolve("file");
            assertThat(Preallocation.extend(file, 13 * MIB)).isFalse();
            assertThat(file).doesNotExist();
            assertThat(Preallocation.extend(file, 5 * MIB)).isTrue();
            assertThat(Preallocation.extend(file, 13 * MIB)).isFalse();
            assertThat(file).hasSize(5 * MIB);
            assertThat(disk.path().toFile().getUsableSpace()).isEqualTo(7 * MIB);
        }
    }

    @Test
    void whatIsNotForWantOfRoomIsAnError() {
        assertThatIOException()
                .isThrownBy(() -> Preallocation.extend(directory.resolve("missing/file"), MIB))
                .withMessageContaining("ENOENT");
    }

    private static long allocated(Path file) throws IOException {
        Process stat = new ProcessBuilder("stat", "-c", "%b %B", file.toString()).start();
        String[] words = new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .strip()
                .split(" ");
        return Long.parseLong(words[0]) * Long.parseLong(words[1]);
    }
}
