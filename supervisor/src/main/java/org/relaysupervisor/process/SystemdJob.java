package org.relaysupervisor.process;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What systemd is about to do with our unit. A SIGTERM alone doesn't say whether the unit is stopped or started again. */
public final class SystemdJob {
    private static final Logger log = System.getLogger(SystemdJob.class.getName());

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private SystemdJob() {}

    /**
     * Whether the unit is started again as soon as this daemon has ended. Blocks for up to five seconds. When systemd can't be asked, or is
     * not who ends us, the answer is no.
     *
     * @param group the unit's cgroup, which is called as the unit is
     * @param executables among which {@code systemctl} is
     */
    public static boolean isRestart(Path group, Executables executables) {
        String unit = String.valueOf(group.getFileName());
        try {
            Path systemctl = executables.find("systemctl", "it comes with systemd");
            ShortRun jobs = ShortRun.of(
                    List.of(systemctl.toString(), "--no-pager", "--plain", "--no-legend", "list-jobs", unit),
                    Map.of("LANG", "C.UTF-8"),
                    TIMEOUT);
            if (jobs.code() != 0) {
                throw new IOException(jobs.output().strip());
            }
            return isRestart(unit, jobs.output());
        } catch (IOException e) {
            log.log(Level.WARNING, "systemd can't be asked what it is about to do, so all programs are stopped: " + e);
            return false;
        }
    }

    /** @param jobs one a line: its number, the unit, its type, its state; systemctl(1) */
    static boolean isRestart(String unit, String jobs) {
        return jobs.lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> fields.length >= 3 && fields[1].equals(unit))
                .anyMatch(fields -> fields[2].equals("restart") || fields[2].equals("try-restart"));
    }
}
