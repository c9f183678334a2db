package org.relaysupervisor.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.ShortRun;

/** The Liquidsoap of this machine. Any thread. */
public final class InstalledLiquidsoap {
    private static final String ADVICE = "apt install liquidsoap, or set programs.liquidsoap in relay.yaml";
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Pattern VERSION = Pattern.compile("(?m)^Liquidsoap (\\d{1,4})\\.(\\d{1,4})\\S*");

    private final Executables executables;
    private final Path home;
    private volatile Known known = new Known(Path.of("/"), FileTime.fromMillis(0), Library.WHOLE);

    /** How much of Liquidsoap's own library it loads at a start; {@code radio.liq} has the lists. */
    enum Library {
        /** Right for each version. */
        WHOLE,
        PARTS_OF_2_1,
        PARTS_OF_2_3;

        static Library of(int major, int minor) {
            if (major != 2) {
                return WHOLE;
            }
            return switch (minor) {
                case 1 -> PARTS_OF_2_1;
                case 3 -> PARTS_OF_2_3;
                default -> WHOLE;
            };
        }
    }

    /** What is known of a program, for as long as its file is the same. */
    private record Known(Path program, FileTime changed, Library library) {}

    /** @param home a writable directory: libraries that it loads keep caches there, also when it is only asked */
    public InstalledLiquidsoap(Executables executables, Path home) {
        this.executables = executables;
        this.home = home;
    }

    /**
     * @param name a name to look up, or an absolute path
     * @throws IOException that says what to do, when there is none
     */
    Path find(String name) throws IOException {
        return executables.find(name, ADVICE);
    }

    /** What it gets, when its home is there. */
    Map<String, String> environment(Path itsHome) {
        return Map.of(
                "PATH",
                executables.searchPath(),
                "LANG",
                "C.UTF-8",
                "HOME",
                itsHome.toString(),
                // Not /tmp, which systemd empties when it starts another daemon, while Liquidsoap goes on.
                "TMPDIR",
                itsHome.toString());
    }

    /**
     * Asks it for its version, such as {@code Liquidsoap 2.1.3}, and remembers what that means for its starts. Blocks for up to
     * some seconds.
     *
     * @param name as for {@link #find}
     * @throws IOException when it is not installed, or older than 2.1
     */
    public String version(String name) throws IOException {
        Path program = find(name);
        FileTime changed = Files.getLastModifiedTime(program);
        Files.createDirectories(home);
        ShortRun run = ShortRun.of(List.of(program.toString(), "--version"), environment(home), TIMEOUT);
        Matcher version = VERSION.matcher(run.output());
        if (!version.find()) {
            throw new IOException(program + " did not say which version of Liquidsoap it is; " + ADVICE);
        }
        int major = Integer.parseInt(version.group(1));
        int minor = Integer.parseInt(version.group(2));
        if (major < 2 || (major == 2 && minor < 1)) {
            throw new IOException(version.group() + " is too old: 2.1, 2.2 or 2.3 is needed; " + ADVICE);
        }
        known = new Known(program, changed, Library.of(major, minor));
        return version.group();
    }

    /** For a program that wasn't asked for its version, or was replaced since, all of it: a restart doesn't wait for an answer. */
    Library library(Path program) throws IOException {
        Known last = known;
        boolean same = last.program().equals(program) && last.changed().equals(Files.getLastModifiedTime(program));
        return same ? last.library() : Library.WHOLE;
    }
}
