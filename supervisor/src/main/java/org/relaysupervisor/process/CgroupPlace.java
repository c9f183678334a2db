package org.relaysupervisor.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds out in which group of cgroup v2 this process is, and where that is in the file system. */
final class CgroupPlace {
    private final Path proc;

    /** @param proc {@code /proc}, or a directory that looks like it */
    CgroupPlace(Path proc) {
        this.proc = proc;
    }

    /** @throws IOException when there is none, or it is not mounted; the message says so */
    Path ownGroup() throws IOException {
        String own = path();
        for (String line : lines("self/mountinfo")) {
            // proc_pid_mountinfo(5): id, parent, device, root, mount point, options, optional fields, -, type, ...
            String[] halves = line.split(" - ", 2);
            String[] fields = halves[0].split(" ");
            if (halves.length == 2 && halves[1].startsWith("cgroup2 ") && fields.length > 4) {
                return within(unescaped(fields[4]), unescaped(fields[3]), own);
            }
        }
        throw new IOException("cgroup v2 is not mounted on this machine");
    }

    private String path() throws IOException {
        for (String line : lines("self/cgroup")) {
            if (line.startsWith("0::")) {
                return line.substring("0::".length());
            }
        }
        throw new IOException("this machine has cgroup v1 only");
    }

    /** A container may see a part of the tree only, mounted as if it were all. */
    private static Path within(String mountPoint, String mounted, String own) throws IOException {
        if (own.startsWith("/..")) {
            throw new IOException("the daemon's cgroup is outside of what this container sees");
        }
        boolean part = !mounted.equals("/") && own.startsWith(mounted);
        String rest = part ? own.substring(mounted.length()) : own;
        return Path.of(mountPoint, rest.startsWith("/") ? rest.substring(1) : rest);
    }

    /** Blanks and the like are octal in mountinfo. */
    private static String unescaped(String text) {
        return text.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
    }

    private List<String> lines(String file) throws IOException {
        return Files.readAllLines(proc.resolve(file), StandardCharsets.UTF_8);
    }
}
