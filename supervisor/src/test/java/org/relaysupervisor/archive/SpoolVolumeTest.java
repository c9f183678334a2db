package org.relaysupervisor.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.process.TestDisk;

class SpoolVolumeTest {
    private static final long MIB = 1L << 20;

    @TempDir
    Path directory;

    @Test
    void theReserveIsTakenFromTheDiskAndGivenBack() throws Exception {
        try (TestDisk disk = TestDisk.with("size=12m", directory)) {
            SpoolVolume volume = new SpoolVolume(disk.path().resolve("spool"));
            assertThat(volume.usable()).isEqualTo(12 * MIB);
            assertThat(volume.reserved()).isZero();
            assertThat(volume.reserve(4 * MIB)).isTrue();
            assertThat(volume.reserve(8 * MIB)).isTrue();
            assertThat(volume.reserved()).isEqualTo(8 * MIB);
            assertThat(volume.usable()).isEqualTo(4 * MIB);
            assertThat(volume.reserve(16 * MIB)).isFalse();
            assertThat(volume.reserved()).isEqualTo(8 * MIB);
            assertThat(volume.usable()).isEqualTo(4 * MIB);
            volume.release();
            assertThat(volume.usable()).isEqualTo(12 * MIB);
        }
    }

    @Test
    void tryingLeavesNothingBehind() throws Exception {
        try (TestDisk disk = TestDisk.with("size=12m", directory)) {
            SpoolVolume volume = new SpoolVolume(disk.path());
            assertThat(volume.takes(10 * MIB)).isTrue();
            assertThat(volume.takes(13 * MIB)).isFalse();
            assertThat(disk.path()).isEmptyDirectory();
            assertThat(volume.usable()).isEqualTo(12 * MIB);
        }
    }

    @Test
    void aSpoolThatCannotBeThereIsNotAFullDisk() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatIOException().isThrownBy(() -> new SpoolVolume(file.resolve("spool")).usable());
    }
}
