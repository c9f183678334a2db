package org.relaysupervisor.memory;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.loop.Loop;
import org.relaysupervisor.process.Cgroup;
import org.relaysupervisor.process.CgroupTree;
import org.relaysupervisor.process.ProcFs;

/**
 * Watches what memory the children use and where it goes. With cgroups the kernel enforces the limits, and this only foresees;
 * without, it looks at each child's RSS every other second and has killed what is above its limit. Both hold for a child that was taken
 * over from an earlier daemon: see RATIONALE.md of {@code process}. Belongs to the loop, except for {@link #of}, {@link #enforcement} and
 * {@link #problems}.
 */
public final class MemoryWatch {
    private static final Logger log = System.getLogger(MemoryWatch.class.getName());

    /** Between looks where nobody else enforces the limits. */
    static final Duration LOOK_EVERY = Duration.ofSeconds(2);

    static final Duration SAMPLE_EVERY = Duration.ofSeconds(10);

    /** A healthy Liquidsoap grows by half in its first six minutes. */
    static final Duration WARM_UP = Duration.ofMinutes(6);

    private static final Duration SOON = Duration.ofMinutes(5);
    private static final Duration SOON_LEAST = Duration.ofMinutes(1);
    private static final Duration LONG = Duration.ofMinutes(30);
    private static final Duration LONG_LEAST = Duration.ofMinutes(10);

    /** Nearer to its limit than this, a child that grows steadily is said to leak. */
    private static final Duration LEAK_WITHIN = Duration.ofMinutes(30);

    private static final double STEADY = 0.9;

    private final Loop loop;
    private final Optional<CgroupTree> cgroups;
    private final ProcFs procFs;
    private final BooleanSupplier quiet;
    private final Remedies remedies;
    private final Map<String, Life> lives = new HashMap<>();
    private final Map<String, Double> secondsToOom = new ConcurrentHashMap<>();
    /** Children whose group doesn't know of all that they use. */
    private final Set<String> adopted = ConcurrentHashMap.newKeySet();

    private volatile ChildLimits limits;
    private volatile List<String> problems = List.of();

    /** What is done about a child; called on the loop, from a timer. */
    public interface Remedies {
        /** It is above its limit and must be killed. */
        void overLimit(String child, String why);

        /** It will be; now is a good moment to restart it. */
        void leaking(String child, String why);
    }

    /** One process of a child, since its start. */
    private static final class Life {
        final long pid;
        final long startedNanos;
        final Trend trend = new Trend(LONG);
        long sampledNanos;
        boolean toldOfLeak;
        boolean toldOfLimit;

        Life(long pid, long startedNanos) {
            this.pid = pid;
            this.startedNanos = startedNanos;
            this.sampledNanos = startedNanos;
        }
    }

    /**
     * @param cgroups where the children are, if in any
     * @param quiet whether a restart would disturb nobody now
     */
    public MemoryWatch(
            Loop loop,
            Optional<CgroupTree> cgroups,
            ProcFs procFs,
            RelayConfig config,
            BooleanSupplier quiet,
            Remedies remedies) {
        this.loop = loop;
        this.cgroups = cgroups;
        this.procFs = procFs;
        this.quiet = quiet;
        this.remedies = remedies;
        this.limits = new ChildLimits(config);
    }

    public void start() {
        use(limits.config());
        loop.every(cgroups.isPresent() ? SAMPLE_EVERY : LOOK_EVERY, this::look);
    }

    /** New limits, in force at once for the children that run. */
    public void use(RelayConfig config) {
        ChildLimits newer = new ChildLimits(config);
        limits = newer;
        OptionalLong unit = cgroups.map(CgroupTree::memoryLimit).orElse(OptionalLong.empty());
        List<String> found = new ArrayList<>(newer.problems(unit, procFs.machineMemory()));
        cgroups.ifPresent(tree -> found.addAll(tree.use(newer::of)));
        found.forEach(problem -> log.log(Level.WARNING, problem));
        problems = List.copyOf(found);
    }

    /** A process of this name was started; a child that has two has a name for each. */
    public void started(String child, long pid) {
        lives.put(child, new Life(pid, loop.nanoTime()));
        secondsToOom.remove(child);
    }

    /** A process of the child that an earlier daemon started was taken over. */
    public void adopted(String child, long pid) {
        adopted.add(child);
        started(child, pid);
    }

    /** The child's process is gone. */
    public void ended(String child) {
        adopted.remove(child);
        lives.remove(child);
        secondsToOom.remove(child);
    }

    /** Why a second process of a child has no room now; empty when it has. */
    public Optional<String> noRoomForSecond(String child) {
        OptionalLong unit = cgroups.map(CgroupTree::memoryLeft).orElse(OptionalLong.empty());
        return limits.noRoomForSecond(child, unit, procFs.availableMemory());
    }

    /** The kernel says that something changed in the child's group. */
    public void stirred(String child) {
        Life life = lives.get(child);
        if (life != null && cgroups.isPresent()) {
            warnOfLimit(child, life, used(child, OptionalLong.of(life.pid)));
        }
    }

    private void look() {
        // A copy, for a remedy ends lives.
        Map.copyOf(lives).forEach(this::look);
    }

    private void look(String child, Life life) {
        OptionalLong used = used(child, OptionalLong.of(life.pid));
        if (used.isEmpty()) {
            return;
        }
        long limit = limits.memory(child);
        if ((cgroups.isEmpty() || adopted.contains(child)) && used.getAsLong() > limit) {
            remedies.overLimit(
                    child,
                    "it uses " + ChildLimits.mebibytes(used.getAsLong()) + " of the " + ChildLimits.mebibytes(limit)
                            + " it may use");
            return;
        }
        warnOfLimit(child, life, used);
        if (loop.since(life.startedNanos).compareTo(WARM_UP) >= 0
                && loop.since(life.sampledNanos).compareTo(SAMPLE_EVERY) >= 0) {
            life.sampledNanos = loop.nanoTime();
            life.trend.add(life.sampledNanos, used.getAsLong());
            foresee(child, life, used.getAsLong(), limit);
        }
    }

    private void foresee(String child, Life life, long used, long limit) {
        life.trend
                .line(SOON, SOON_LEAST)
                .map(line -> line.secondsTo(limit, used))
                .orElse(OptionalDouble.empty())
                .ifPresentOrElse(seconds -> secondsToOom.put(child, seconds), () -> secondsToOom.remove(child));
        life.trend
                .line(LONG, LONG_LEAST)
                .filter(line -> line.fit() >= STEADY)
                .ifPresent(line -> line.secondsTo(limit, used)
                        .ifPresent(seconds -> judgeLeak(child, life, used, limit, line.slope(), seconds)));
    }

    private void judgeLeak(String child, Life life, long used, long limit, double slope, double seconds) {
        if (seconds > LEAK_WITHIN.toSeconds()) {
            return;
        }
        String why = String.format(
                Locale.ROOT,
                "its memory grows steadily, by %.1f MiB a minute: %s of %s, the rest is used up in %d min",
                slope * 60 / (1 << 20),
                ChildLimits.mebibytes(used),
                ChildLimits.mebibytes(limit),
                Math.round(seconds / 60));
        boolean allowed = limits.config().memory().restartOnLeak();
        if (!life.toldOfLeak) {
            life.toldOfLeak = true;
            log.log(
                    Level.WARNING,
                    child + ": " + why
                            + (allowed
                                    ? "; it is restarted at the next quiet moment"
                                    : "; restart it at a quiet moment, or allow the daemon to with memory.restart_on_leak"));
        }
        if (allowed && quiet.getAsBoolean()) {
            remedies.leaking(child, why);
        }
    }

    private void warnOfLimit(String child, Life life, OptionalLong used) {
        long limit = limits.memory(child);
        if (!life.toldOfLimit
                && used.isPresent()
                && used.getAsLong() >= limits.of(child).memoryHigh()) {
            life.toldOfLimit = true;
            log.log(
                    Level.WARNING,
                    child + " uses " + ChildLimits.mebibytes(used.getAsLong()) + " of the "
                            + ChildLimits.mebibytes(limit) + " it may use, and is killed when it needs more: "
                            + "see the memory section of relay.yaml");
        }
    }

    private OptionalLong used(String child, OptionalLong pid) {
        OptionalLong counted = cgroups.isPresent() ? cgroups.get().of(child).usedBytes() : OptionalLong.empty();
        if (counted.isPresent() && !adopted.contains(child)) {
            return counted;
        }
        OptionalLong resident = pid.isPresent() ? procFs.residentBytes(pid.getAsLong()) : OptionalLong.empty();
        return LongStream.concat(counted.stream(), resident.stream()).max();
    }

    /** The figures of a child now. Any thread. */
    public ChildMemory of(String child, OptionalLong pid) {
        if (pid.isEmpty()) {
            return ChildMemory.NONE;
        }
        Double seconds = secondsToOom.get(child);
        Optional<Cgroup> group = cgroups.map(tree -> tree.of(child));
        return new ChildMemory(
                used(child, pid),
                group.map(Cgroup::pressure).orElse(OptionalDouble.empty()),
                group.map(of -> OptionalLong.of(of.memoryEvents().high())).orElse(OptionalLong.empty()),
                seconds == null ? OptionalDouble.empty() : OptionalDouble.of(seconds));
    }

    /** Any thread. */
    public Enforcement enforcement() {
        return cgroups.isPresent() ? Enforcement.CGROUP : Enforcement.RLIMIT;
    }

    /** What is wrong with the limits in force; one line each. Any thread. */
    public List<String> problems() {
        return problems;
    }
}
