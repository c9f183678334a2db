package org.relaysupervisor.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.programs.InstalledLiquidsoap.Library;

class InstalledLiquidsoapTest {
    @TempDir
    Path directory;

    private InstalledLiquidsoap installed;

    @BeforeEach
    void install() {
        installed = new InstalledLiquidsoap(new Executables("/usr/bin:/bin"), directory.resolve("home"));
    }

    private Path programThatSays(String text) throws IOException {
        Path program = directory.resolve("liquidsoap");
        Files.writeString(program, "#!/bin/sh\necho '" + text + "'\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return program;
    }

    @ParameterizedTest
    @CsvSource({
        "2.1.3, PARTS_OF_2_1",
        "2.2.5, WHOLE",
        "2.3.2+dev, PARTS_OF_2_3",
        "2.4.0, WHOLE",
        "3.1.0, WHOLE",
    })
    void theLibraryIsTheVersions(String version, Library library) throws Exception {
        Path program = programThatSays("Liquidsoap " + version);
        assertThat(installed.version(program.toString())).isEqualTo("Liquidsoap " + version);
        assertThat(installed.library(program)).isEqualTo(library);
    }

    @Test
    void whatItCachesWhenAskedIsInItsHome() throws Exception {
        Path program = programThatSays("");
        Files.writeString(program, "#!/bin/sh\ntouch \"$HOME/cache\" && echo Liquidsoap 2.1.3\n");
        installed.version(program.toString());
        assertThat(directory.resolve("home/cache")).exists();
    }

    @Test
    void ofAnUnknownProgramAllIsLoaded() throws Exception {
        assertThat(installed.library(programThatSays("Liquidsoap 2.1.3"))).isEqualTo(Library.WHOLE);
    }

    @Test
    void ofAProgramThatWasReplacedAllIsLoaded() throws Exception {
        Path program = programThatSays("Liquidsoap 2.1.3");
        installed.version(program.toString());
        Files.setLastModifiedTime(program, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
        assertThat(installed.library(program)).isEqualTo(Library.WHOLE);
    }

    @ParameterizedTest
    @CsvSource({"2.0.7", "1.4.4"})
    void oneThatIsTooOldIsRefused(String version) throws Exception {
        Path program = programThatSays("Liquidsoap " + version);
        assertThatThrownBy(() -> installed.version(program.toString()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Liquidsoap " + version + " is too old")
                .hasMessageContaining("apt install liquidsoap");
    }

    @Test
    void oneThatSaysSomethingElseIsRefused() throws Exception {
        Path program = programThatSays("hello");
        assertThatThrownBy(() -> installed.version(program.toString()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("did not say which version");
    }
}
