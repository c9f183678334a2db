package org.relaysupervisor.process;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Starts a process by {@code posix_spawn}: in a session of its own, with default signals, and with nothing inherited but
 * standard input from /dev/null and the two output FIFOs.
 */
final class Spawner {
    private static final Path SHELL = Path.of("/bin/sh");

    /**
     * Enters the group and becomes the program, so that not one byte of it is outside; the pid stays. A program that can't enter is
     * started even so: the audio comes first. PWD is the shell's own doing.
     */
    private static final String ENTER =
            "echo $$ > \"$0/cgroup.procs\" || echo \"it runs outside its cgroup, without limits\" >&2; unset PWD; exec \"$@\"";

    /** RLIMIT_DATA, in KiB. Where the daemon itself has a lower one already, that stays. */
    private static final String LIMIT = "ulimit -d \"$0\" || :; unset PWD; exec \"$@\"";

    private Spawner() {}

    /**
     * @param group the program's cgroup, which it is in before it begins
     * @param dataBytes without a group, what the kernel gives it at most of private writable memory
     * @return the new process's id, which is also the id of its session and its process group
     */
    static int spawn(ProcessSpec spec, Path out, Path err, Optional<Cgroup> group, OptionalLong dataBytes)
            throws IOException {
        check(spec, Path.of(spec.argv().get(0)));
        List<String> argv = group.isPresent() || dataBytes.isPresent()
                ? group.map(into -> through(ENTER, into.directory().toString(), spec))
                        .orElseGet(() -> through(LIMIT, Long.toString(dataBytes.getAsLong() / 1024), spec))
                : spec.argv();
        try (Memory attributes = new Memory(LibC.SPAWN_ATTRIBUTES_BYTES);
                Memory actions = new Memory(LibC.SPAWN_FILE_ACTIONS_BYTES)) {
            require(LibC.posix_spawnattr_init(attributes), spec);
            require(LibC.posix_spawn_file_actions_init(actions), spec);
            try {
                setAttributes(attributes, spec);
                setFileActions(actions, spec, out, err);
                return spawn(spec, argv, attributes, actions);
            } finally {
                LibC.posix_spawn_file_actions_destroy(actions);
                LibC.posix_spawnattr_destroy(attributes);
            }
        }
    }

    private static List<String> through(String script, String parameter, ProcessSpec spec) {
        List<String> argv = new ArrayList<>(List.of(SHELL.toString(), "-c", script, parameter));
        argv.addAll(spec.argv());
        return argv;
    }

    private static void check(ProcessSpec spec, Path program) throws IOException {
        if (!program.isAbsolute()) {
            throw new IOException(spec.name() + ": the program's path must be absolute, but it is " + program);
        }
        Executables.requireExecutable(
                program, "check its mode, the directories above it, and whether the file system is mounted noexec");
        if (!Files.isDirectory(spec.workingDirectory())) {
            throw new IOException(
                    spec.name() + ": its working directory " + spec.workingDirectory() + " is not a directory");
        }
        boolean nul = Stream.concat(
                        spec.argv().stream(),
                        spec.environment().entrySet().stream().map(Spawner::assignment))
                .anyMatch(text -> text.indexOf('\0') >= 0);
        if (nul) {
            throw new IOException(spec.name() + ": an argument or environment variable contains a NUL character");
        }
    }

    private static void setAttributes(Memory attributes, ProcessSpec spec) throws IOException {
        short flags = LibC.POSIX_SPAWN_SETSID | LibC.POSIX_SPAWN_SETSIGDEF | LibC.POSIX_SPAWN_SETSIGMASK;
        require(LibC.posix_spawnattr_setflags(attributes, flags), spec);
        try (Memory signals = new Memory(LibC.SIGNAL_SET_BYTES)) {
            LibC.sigfillset(signals);
            require(LibC.posix_spawnattr_setsigdefault(attributes, signals), spec);
            LibC.sigemptyset(signals);
            require(LibC.posix_spawnattr_setsigmask(attributes, signals), spec);
        }
    }

    private static void setFileActions(Memory actions, ProcessSpec spec, Path out, Path err) throws IOException {
        require(open(actions, 0, Path.of("/dev/null"), LibC.O_RDONLY), spec);
        // For both reading and writing: a child that holds its own reading end gets no SIGPIPE when the daemon dies.
        require(open(actions, 1, out, LibC.O_RDWR), spec);
        require(open(actions, 2, err, LibC.O_RDWR), spec);
        // The JDK opens files and sockets without O_CLOEXEC, so the child has to close them.
        require(LibC.posix_spawn_file_actions_addclosefrom_np(actions, 3), spec);
        require(
                LibC.posix_spawn_file_actions_addchdir_np(
                        actions, LibC.string(spec.workingDirectory().toString())),
                spec);
    }

    private static int open(Memory actions, int fd, Path path, int flags) {
        return LibC.posix_spawn_file_actions_addopen(actions, fd, LibC.string(path.toString()), flags, 0);
    }

    private static int spawn(ProcessSpec spec, List<String> argv, Pointer attributes, Pointer actions)
            throws IOException {
        IntByReference pid = new IntByReference();
        int errno = LibC.posix_spawn(
                pid.getPointer(),
                LibC.string(argv.get(0)),
                actions,
                attributes,
                LibC.strings(argv.toArray(String[]::new)),
                LibC.strings(spec.environment().entrySet().stream()
                        .map(Spawner::assignment)
                        .toArray(String[]::new)));
        require(errno, spec);
        return pid.getValue();
    }

    private static String assignment(Map.Entry<String, String> variable) {
        return variable.getKey() + "=" + variable.getValue();
    }

    private static void require(int errno, ProcessSpec spec) throws IOException {
        if (errno != 0) {
            throw new IOException(spec.name() + " could not be started: "
                    + spec.argv().get(0) + ": " + LibC.errorName(errno) + advice(errno));
        }
    }

    private static String advice(int errno) {
        return switch (errno) {
            case LibC.EAGAIN -> ": too many processes; look at the unit's TasksMax and at ulimit -u";
            case LibC.ENOMEM -> ": too little memory";
            case LibC.EACCES -> ": check the modes of the program, its interpreter and the directories above them";
            case LibC.ENOENT -> ": its interpreter or its dynamic linker is missing";
            case LibC.ENOEXEC -> ": not a program for this machine, or a script without a #! line";
            default -> "";
        };
    }
}
