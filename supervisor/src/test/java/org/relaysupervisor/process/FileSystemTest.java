package org.relaysupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSystemTest {
    @TempDir
    Path directory;

    @Test
    void aDiskInMemoryIsToldFromOthersEvenThroughTheRootOfAnotherProcess() throws Exception {
        try (TestDisk disk = TestDisk.with("size=12m", directory)) {
            Path inside = Files.createDirectory(disk.path().resolve("spool"));
            assertThat(FileSystem.of(inside)).isEqualTo(FileSystem.of(disk.path()));
            assertThat(FileSystem.of(inside).inMemory()).isTrue();
            assertThat(FileSystem.of(inside)).isNotEqualTo(FileSystem.of(Path.of("/usr")));
        }
    }

    @Test
    void theKernelsOwnFilesAreOfAnotherFileSystemAndOfNoMemoryOfOurs() throws Exception {
        assertThat(FileSystem.of(Path.of("/proc/self")).inMemory()).isFalse();
        assertThat(FileSystem.of(Path.of("/proc/self")).device())
                .isNotEqualTo(FileSystem.of(Path.of("/usr")).device());
    }

    @Test
    void whatIsNotThereIsSaidByName() {
        Path missing = directory.resolve("missing");
        assertThatIOException().isThrownBy(() -> FileSystem.of(missing)).withMessageContaining(missing.toString());
    }
}
