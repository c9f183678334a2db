package org.relaysupervisor.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A /proc and a cgroup tree of plain files: what the kernel would do by itself, a test does. */
public final class ImitatedCgroups {
    public static final long PID = 4711;

    private final Path proc;
    private final Path mounted;
    private final Path own;

    /** @param own of the daemon, such as {@code /system.slice/relay-supervisor.service} */
    public ImitatedCgroups(Path directory, String own) {
        proc = directory.resolve("proc");
        mounted = directory.resolve("sys");
        this.own = mounted.resolve(own.substring(1));
        write(proc.resolve("self/cgroup"), "0::" + own + "\n");
        write(
                proc.resolve("self/mountinfo"),
                "20 1 0:5 / /proc rw - proc proc rw\n30 1 0:26 / " + mounted
                        + " rw,nosuid shared:9 - cgroup2 cgroup2 rw\n");
        group(this.own, "cpu io memory pids", Long.toString(PID));
    }

    /** Makes a group's files. */
    public void group(Path group, String controllers, String processes) {
        write(group.resolve("cgroup.controllers"), controllers + "\n");
        write(group.resolve("cgroup.subtree_control"), "");
        write(group.resolve("cgroup.procs"), processes.isEmpty() ? "" : processes + "\n");
    }

    public static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path proc() {
        return proc;
    }

    public Path own() {
        return own;
    }

    public Path child(String name) {
        return own.resolve("children").resolve(name);
    }

    /** As systemd delegates it; the kernel makes the files of a new group, here they have to be there before. */
    public CgroupTree open() throws IOException {
        group(own.resolve("children"), "cpu memory pids", "");
        return CgroupTree.open(proc, PID, name -> new Cgroup.Limits(100_000_000, 64, 200));
    }
}
