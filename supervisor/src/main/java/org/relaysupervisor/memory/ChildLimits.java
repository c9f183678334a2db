package org.relaysupervisor.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.process.Cgroup;

/** What each child may use under a configuration, and whether the machine has it. */
public record ChildLimits(RelayConfig config) {
    /** The daemon's own: heap and direct buffers as its start script bounds them, and some 60 MiB that the JVM itself needs. */
    private static final long DAEMON_BYTES = 192L << 20;

    private static final long BACKSTOP_BYTES = 128L << 20;

    private static final long MIB = 1L << 20;

    /** Threads count. Liquidsoap has one for each output and connection, ffmpeg some for each processor. */
    private static final int PROCESSES = 256;

    private static final int AUDIO_WEIGHT = 400;
    private static final int RECORDER_WEIGHT = 100;
    /** The programme goes on without it, and with whatever else is started for a single task. */
    private static final int DECODER_WEIGHT = 50;

    /** In bytes. */
    public long memory(String child) {
        return config.memory().of(child);
    }

    /**
     * Where there is no cgroup, what the kernel gives a child at most, so that it can't take the whole machine between two looks.
     * Far above what a healthy one asks for: address space that is never touched counts, such as the stacks of threads.
     */
    public long backstop(String child) {
        return 2 * memory(child) + BACKSTOP_BYTES;
    }

    /** All limits of the cgroup of a child's process. */
    public Cgroup.Limits of(String process) {
        int weight = switch (Lane.child(process)) {
            case "icecast", "liquidsoap" -> AUDIO_WEIGHT;
            case "recorder" -> RECORDER_WEIGHT;
            default -> DECODER_WEIGHT;
        };
        return new Cgroup.Limits(memory(process), PROCESSES, weight);
    }

    /**
     * Compares what all may use at once with what there is.
     *
     * @param unit the limit of all of it, MemoryMax of the unit for example; in bytes
     * @param machine the memory of the machine, in bytes
     * @return what doesn't fit, one line each, with what to do
     */
    public List<String> problems(OptionalLong unit, OptionalLong machine) {
        List<String> problems = new ArrayList<>();
        compare(unit, "the memory limit of the unit or container", "or raise that limit (MemoryMax=)", problems);
        compare(machine, "the memory of this machine", "or use a larger machine", problems);
        return problems;
    }

    private void compare(OptionalLong available, String what, String orElse, List<String> problems) {
        long needed = needed();
        if (available.isPresent() && available.getAsLong() < needed) {
            problems.add(
                    "memory: the limits add up to " + mebibytes(needed) + " (" + account() + "), which is more than "
                            + what + ", " + mebibytes(available.getAsLong()) + ": lower them, " + orElse
                            + "; until then the kernel may kill a child that is within its own");
        }
    }

    /**
     * Says why a second process of a child has no room for a while. What the others use now counts, not what they may use.
     *
     * @param unit what the limit of all leaves, MemoryMax of the unit for example; in bytes
     * @param machine what the machine can still give, in bytes
     */
    public Optional<String> noRoomForSecond(String child, OptionalLong unit, OptionalLong machine) {
        long more = memory(child);
        String why = "there are %s left of %s, and a second " + child + " may use " + mebibytes(more);
        if (unit.isPresent() && unit.getAsLong() < more) {
            return Optional.of(why.formatted(mebibytes(unit.getAsLong()), "the memory limit of the unit or container"));
        }
        if (machine.isPresent() && machine.getAsLong() < more) {
            return Optional.of(why.formatted(mebibytes(machine.getAsLong()), "the memory of this machine"));
        }
        return Optional.empty();
    }

    private long needed() {
        RelayConfig.Memory memory = config.memory();
        long recorder = config.recording().enabled() ? memory.recorder() : 0;
        long makers = config.isEdge() ? 0 : memory.icecast() + memory.liquidsoap();
        return DAEMON_BYTES + makers + recorder + decoders() * memory.decoder();
    }

    private long decoders() {
        return config.metering().mounts().size();
    }

    private String account() {
        RelayConfig.Memory memory = config.memory();
        List<String> parts = new ArrayList<>();
        if (!config.isEdge()) {
            parts.add("icecast " + mebibytes(memory.icecast()));
            parts.add("liquidsoap " + mebibytes(memory.liquidsoap()));
        }
        parts.add("the daemon itself " + mebibytes(DAEMON_BYTES));
        if (config.recording().enabled()) {
            parts.add("recorder " + mebibytes(memory.recorder()));
        }
        if (decoders() > 0) {
            parts.add(decoders() + " x decoder " + mebibytes(memory.decoder()));
        }
        return String.join(", ", parts);
    }

    /** Such as {@code "400 MiB"}. */
    static String mebibytes(long bytes) {
        return (bytes + MIB / 2) / MIB + " MiB";
    }
}
