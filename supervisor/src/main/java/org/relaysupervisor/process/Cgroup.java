package org.relaysupervisor.process;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.StringTokenizer;

/**
 * One group of cgroup v2: a directory whose files the kernel answers, cgroup-v2.rst. Tests give one that only looks so. A group
 * that is gone, or a controller that isn't there, gives an empty answer. Safe from any thread.
 */
public final class Cgroup {
    private static final Logger log = System.getLogger(Cgroup.class.getName());

    private static final String NO_LIMIT = "max";

    private final Path directory;

    Cgroup(Path directory) {
        this.directory = directory;
    }

    /**
     * What a group may use.
     *
     * @param memory in bytes; more is ended by the kernel
     * @param processes threads count as well
     * @param cpuWeight 1 to 10000, against its siblings; 100 is the kernel's default
     */
    public record Limits(long memory, int processes, int cpuWeight) {
        /** A twentieth, see RATIONALE.md. */
        private static final long STEP = 20;

        /** Above it the kernel takes back what it can and slows the group down. */
        public long memoryHigh() {
            return memory - memory / STEP;
        }
    }

    /**
     * Counters of memory.events, from the group's making on.
     *
     * @param high times the group was slowed down at its {@link Limits#memoryHigh}
     * @param limitReached times nothing could be taken back at the group's own limit
     * @param killed processes of the group that were killed for memory, at whatever level the shortage was
     * @param groupKilled times the whole group was
     */
    public record MemoryEvents(long high, long limitReached, long killed, long groupKilled) {
        static final MemoryEvents NONE = new MemoryEvents(0, 0, 0, 0);

        /** Whether the kernel killed for memory between an earlier reading and this one. */
        boolean killedSince(MemoryEvents before) {
            // killed counts more than processes on some kernels, so only its change means anything.
            return groupKilled > before.groupKilled || killed > before.killed;
        }

        boolean limitReachedSince(MemoryEvents before) {
            return limitReached > before.limitReached;
        }
    }

    public Path directory() {
        return directory;
    }

    // Limits

    /** Takes effect at once, for what runs in the group already as well. */
    void limit(Limits limits) throws IOException {
        write("memory.max", limits.memory());
        write("memory.high", limits.memoryHigh());
        writeIfThere("memory.swap.max", 0);
        writeIfThere("memory.oom.group", 1);
        writeIfThere("pids.max", limits.processes());
        writeIfThere("cpu.weight", limits.cpuWeight());
    }

    /**
     * Leaves the group half of what it uses, and no swap, so that the kernel has to kill it for memory.
     *
     * @throws IOException when it uses nothing, or can't be limited
     */
    public void starve() throws IOException {
        long used = usedBytes().orElse(0);
        if (used <= 0) {
            throw new IOException(directory + " uses no memory that could be taken from it");
        }
        writeIfThere("memory.swap.max", 0);
        write("memory.max", used / 2);
    }

    /**
     * Gives the group as much memory as there is.
     *
     * @throws IOException when that can't be changed
     */
    public void unlimit() throws IOException {
        write("memory.max", NO_LIMIT);
        if (Files.exists(directory.resolve("memory.swap.max"))) {
            write("memory.swap.max", NO_LIMIT);
        }
    }

    private void write(String file, long value) throws IOException {
        write(file, Long.toString(value));
    }

    void write(String file, String value) throws IOException {
        Files.writeString(directory.resolve(file), value);
    }

    /** A kernel without swap accounting has no memory.swap.max; a tree without a controller none of its files. */
    private void writeIfThere(String file, long value) {
        try {
            write(file, value);
        } catch (IOException e) {
            log.log(Level.DEBUG, file + " could not be set: " + e);
        }
    }

    // Figures

    /** What counts against the limit, less the page cache and what else the kernel takes back when it needs it. */
    public OptionalLong usedBytes() {
        OptionalLong current = number("memory.current");
        Optional<Map<String, Long>> stat = table("memory.stat");
        if (current.isEmpty() || stat.isEmpty()) {
            return current;
        }
        Map<String, Long> of = stat.get();
        // file counts shared memory as well, which can't be taken back without swap.
        long reclaimable =
                of.getOrDefault("file", 0L) - of.getOrDefault("shmem", 0L) + of.getOrDefault("slab_reclaimable", 0L);
        return OptionalLong.of(Math.max(0, current.getAsLong() - reclaimable));
    }

    /** Whether it has so little left that the kernel slows it down, to a halt maybe; false where that can't be known. */
    boolean isStarved() {
        OptionalLong used = usedBytes();
        OptionalLong high = number("memory.high");
        return used.isPresent() && high.isPresent() && used.getAsLong() >= high.getAsLong();
    }

    /** Share of the last ten seconds in which some of its threads waited for memory: 0 to 1. */
    public OptionalDouble pressure() {
        String prefix = "some avg10=";
        try {
            for (String line : Files.readAllLines(directory.resolve("memory.pressure"))) {
                if (line.startsWith(prefix)) {
                    String percent = line.substring(prefix.length(), line.indexOf(' ', prefix.length()));
                    return OptionalDouble.of(Double.parseDouble(percent) / 100);
                }
            }
        } catch (IOException | RuntimeException e) {
            // Without PSI in the kernel there is no such file, or reading it fails.
        }
        return OptionalDouble.empty();
    }

    public MemoryEvents memoryEvents() {
        Map<String, Long> events = table("memory.events").orElse(Map.of());
        return new MemoryEvents(
                events.getOrDefault("high", 0L),
                events.getOrDefault("oom", 0L),
                events.getOrDefault("oom_kill", 0L),
                events.getOrDefault("oom_group_kill", 0L));
    }

    /** Whether a process lives in it or below; zombies don't count. */
    boolean isPopulated() {
        return table("cgroup.events").orElse(Map.of()).getOrDefault("populated", 0L) != 0;
    }

    /** @return the ids of its own processes; 0 for one that this namespace can't see */
    List<Long> processes() throws IOException {
        return Files.readAllLines(directory.resolve("cgroup.procs")).stream()
                .map(Long::parseLong)
                .toList();
    }

    /** The content of a one-line file; empty when there is none, or it says {@value #NO_LIMIT}. */
    OptionalLong number(String file) {
        try {
            return OptionalLong.of(
                    Long.parseLong(Files.readString(directory.resolve(file)).strip()));
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private Optional<Map<String, Long>> table(String file) {
        try {
            Map<String, Long> table = new HashMap<>();
            StringTokenizer words = new StringTokenizer(Files.readString(directory.resolve(file)));
            while (words.hasMoreTokens()) {
                table.put(words.nextToken(), Long.parseLong(words.nextToken()));
            }
            return Optional.of(table);
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    // Its end

    /** SIGKILL for all in it and below, at one stroke: nothing escapes by forking. */
    void kill() {
        try {
            write("cgroup.kill", "1");
        } catch (NoSuchFileException gone) {
            // Nothing to kill.
        } catch (IOException e) {
            log.log(Level.WARNING, "what is left in " + directory + " could not be killed: " + e);
        }
    }

    /** @return whether it is gone; a process that is still ending keeps it for a moment */
    boolean remove() {
        try {
            Files.deleteIfExists(directory);
            return true;
        } catch (IOException busy) {
            return false;
        }
    }
}
