package org.relaysupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
    @TempDir
    Path parent;

    private String mode(String file) throws IOException {
        return PosixFilePermissions.toString(
                Files.getPosixFilePermissions(parent.resolve("state").resolve(file)));
    }

    private Path state() {
        return parent.resolve("state");
    }

    @Test
    void itIsMadeWithItsRoomsClosedToOthers() throws IOException {
        try (StateDirectory state = StateDirectory.open(state())) {
            assertThat(mode("run")).isEqualTo("rwx------");
            assertThat(mode("secrets")).isEqualTo("rwx------");
            assertThat(mode("")).isEqualTo("rwxr-x---");
            assertThat(state.recordings()).isDirectory();
            assertThat(state.logs()).isDirectory();
            assertThat(state.natives()).isEmptyDirectory();
            assertThat(System.getProperty("jna.tmpdir"))
                    .isEqualTo(state.natives().toString());
            assertThat(System.getProperty("io.netty.native.workdir"))
                    .isEqualTo(state.natives().toString());
        }
    }

    @Test
    void itIsOpenedAgainWithWhatItHoldsAndItsModesMended() throws IOException {
        try (StateDirectory state = StateDirectory.open(state())) {
            Files.writeString(state.secrets().resolve("source"), "hackme");
            Files.setPosixFilePermissions(state.secrets(), PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.writeString(state.natives().resolve("jna123.tmp"), "left behind");
        }
        try (StateDirectory state = StateDirectory.open(state())) {
            assertThat(state.secrets().resolve("source")).hasContent("hackme");
            assertThat(mode("secrets")).isEqualTo("rwx------");
            assertThat(state.natives()).isEmptyDirectory();
        }
    }

    @Test
    void aSecondDaemonIsToldWhoIsThere() throws IOException {
        try (StateDirectory first = StateDirectory.open(state())) {
            assertThatThrownBy(() -> StateDirectory.open(first.root()).close())
                    .hasMessage("another relay-supervisor (pid "
                            + ProcessHandle.current().pid() + ") is using " + state()
                            + ": stop it, or choose another state directory");
        }
    }

    @Test
    void aNewerLayoutIsRefusedAndNotTouched() throws IOException {
        StateDirectory.open(state()).close();
        Files.writeString(state().resolve("version"), "2\n");

        assertThatThrownBy(() -> StateDirectory.open(state()).close())
                .hasMessageContaining("was written by a newer relay-supervisor (layout 2, this one knows 1)");
        assertThat(state().resolve("version")).hasContent("2");
    }

    @Test
    void aDamagedVersionIsShownAndAnEmptyOneMended() throws IOException {
        StateDirectory.open(state()).close();
        Files.writeString(state().resolve("version"), "one\u001b");
        assertThatThrownBy(() -> StateDirectory.open(state()).close())
                .hasMessageContaining("is damaged: it should hold the number 1, but it holds \"one\\u001b\"");

        Files.writeString(state().resolve("version"), "");
        StateDirectory.open(state()).close();
        assertThat(state().resolve("version")).hasContent("1");
    }

    @Test
    void aPlaceThatIsNoDirectoryIsNamed() throws IOException {
        Files.writeString(state(), "a file");
        assertThatThrownBy(() -> StateDirectory.open(state()).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the state directory " + state() + " can't be used by ");
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNamed() {
        // /proc refuses even root.
        assertThatThrownBy(() -> StateDirectory.open(Path.of("/proc/relay")).close())
                .hasMessageContaining("the state directory /proc/relay can't be used by ")
                .hasMessageContaining("choose another state directory");
    }

    @Test
    void aFullDiskIsSaidToBeFull() throws Exception {
        withMount("size=64k", place -> {
            assertThatThrownBy(() -> StateDirectory.open(place).close())
                    .hasMessage("the disk that holds " + place
                            + " is full: free at least 1 MiB there, old recordings for example");
            assertThat(place.resolve("native")).isEmptyDirectory();
        });
    }

    @Test
    void aPlaceFromWhichNothingCanBeExecutedIsNamed() throws Exception {
        withMount(
                "noexec",
                place -> assertThatThrownBy(() -> StateDirectory.open(place).close())
                        .hasMessageContaining(place.resolve("native") + " is on a file system mounted noexec"));
    }

    private interface Check {
        void accept(Path place) throws Exception;
    }

    private void withMount(String option, Check check) throws Exception {
        try (TestDisk disk = TestDisk.with(option, parent)) {
            check.accept(disk.path());
        }
    }
}
