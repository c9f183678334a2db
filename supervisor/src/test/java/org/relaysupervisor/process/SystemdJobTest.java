package org.relaysupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemdJobTest {
    private static final String UNIT = "relay-supervisor.service";
    private static final Path GROUP = Path.of("/sys/fs/cgroup/system.slice", UNIT);

    @TempDir
    Path programs;

    @Test
    void aRestartIsTold() {
        assertThat(SystemdJob.isRestart(UNIT, "247 relay-supervisor.service restart running\n"))
                .isTrue();
        assertThat(SystemdJob.isRestart(UNIT, "  247 relay-supervisor.service  try-restart running"))
                .isTrue();
    }

    @Test
    void aStopIsNone() {
        assertThat(SystemdJob.isRestart(UNIT, "302 relay-supervisor.service stop running\n"))
                .isFalse();
        assertThat(SystemdJob.isRestart(UNIT, "")).isFalse();
        assertThat(SystemdJob.isRestart(UNIT, "No jobs running.\n")).isFalse();
    }

    @Test
    void theRestartOfAnotherUnitIsNone() {
        assertThat(SystemdJob.isRestart(
                        UNIT, "9 other.service restart running\n10 relay-supervisor.service stop running"))
                .isFalse();
    }

    @Test
    void systemctlIsAskedForTheUnitOfTheGroup() throws IOException {
        systemctl("echo \"1 $5 restart running\"");
        assertThat(SystemdJob.isRestart(GROUP, executables())).isTrue();
    }

    @Test
    void whatSystemctlSaysWhenItFailsIsNoAnswer() throws IOException {
        systemctl("echo \"1 $5 restart running\"; exit 1");
        assertThat(SystemdJob.isRestart(GROUP, executables())).isFalse();
    }

    @Test
    void whereThereIsNoSystemctlItIsNone() {
        assertThat(SystemdJob.isRestart(GROUP, executables())).isFalse();
    }

    private void systemctl(String script) throws IOException {
        Path program = programs.resolve("systemctl");
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Executables executables() {
        return new Executables(programs.toString());
    }
}
