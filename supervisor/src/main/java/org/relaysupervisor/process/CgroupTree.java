package org.relaysupervisor.process;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * The part of the cgroup tree that was delegated to this daemon: {@code daemon}, a leaf with the daemon itself, and
 * {@code children}, with one group for each program it starts. The delegated group itself must be without processes, or the
 * kernel gives its groups no controllers. Safe from any thread.
 */
public final class CgroupTree {
    private static final Logger log = System.getLogger(CgroupTree.class.getName());

    private static final String DAEMON = "daemon";
    private static final String CHILDREN = "children";
    /** Without the first there would be no point; the others are had where they are delegated. */
    private static final String MEMORY = "memory";

    private static final List<String> CONTROLLERS = List.of(MEMORY, "pids", "cpu");

    private static final long LEFTOVERS_MILLIS = 2_000;

    private final Cgroup root;
    private final Cgroup children;
    private volatile Function<String, Cgroup.Limits> limits;

    private CgroupTree(Cgroup root, Cgroup children, Function<String, Cgroup.Limits> limits) {
        this.root = root;
        this.children = children;
        this.limits = limits;
    }

    /**
     * Moves this process into its leaf, and makes ready for children.
     *
     * @param proc {@code /proc}, or a directory that looks like it
     * @param pid of this process
     * @param limits of a child by its name
     * @throws IOException when no part of the tree is ours to use; the message says why, and what to do
     */
    public static CgroupTree open(Path proc, long pid, Function<String, Cgroup.Limits> limits) throws IOException {
        Cgroup root = new Cgroup(delegated(new CgroupPlace(proc).ownGroup()));
        requireControl(root);
        requireAlone(root, pid);
        CgroupTree tree = new CgroupTree(root, new Cgroup(root.directory().resolve(CHILDREN)), limits);
        tree.settle(pid);
        return tree;
    }

    /** From systemd 254 on DelegateSubgroup=daemon starts us in the leaf already. */
    private static Path delegated(Path own) {
        Path above = own.getParent();
        boolean inLeaf = own.getFileName() != null
                && own.getFileName().toString().equals(DAEMON)
                && above != null
                && isWritable(above);
        return inLeaf ? above : own;
    }

    private static boolean isWritable(Path group) {
        return Files.isWritable(group)
                && Files.isWritable(group.resolve("cgroup.procs"))
                && Files.isWritable(group.resolve("cgroup.subtree_control"));
    }

    private static void requireControl(Cgroup root) throws IOException {
        List<String> controllers = controllers(root);
        if (!controllers.contains(MEMORY)) {
            throw new IOException("the memory controller isn't available in " + root.directory()
                    + " (available: " + (controllers.isEmpty() ? "none" : String.join(", ", controllers))
                    + "): it needs cgroup v2 for memory, and Delegate=memory pids cpu in the unit");
        }
        if (!isWritable(root.directory())) {
            throw new IOException(root.directory() + " is not delegated to this user: start the daemon by its unit,"
                    + " which has Delegate=memory pids cpu, or by systemd-run --user --scope -p Delegate=yes");
        }
    }

    private static List<String> controllers(Cgroup group) throws IOException {
        Path file = group.directory().resolve("cgroup.controllers");
        return Files.exists(file) ? List.of(Files.readString(file).strip().split(" ")) : List.of();
    }

    /** Others are not ours to move. */
    private static void requireAlone(Cgroup root, long pid) throws IOException {
        List<Long> others = new ArrayList<>(root.processes());
        others.remove(pid);
        if (!others.isEmpty()) {
            throw new IOException(root.directory() + " is shared with other processes (pids " + others
                    + "): start the daemon by its unit, or by systemd-run --user --scope -p Delegate=yes");
        }
    }

    private void settle(long pid) throws IOException {
        Cgroup leaf = daemon();
        Files.createDirectories(leaf.directory());
        if (root.processes().contains(pid)) {
            leaf.write("cgroup.procs", Long.toString(pid));
        }
        try {
            enableControllers(root);
            Files.createDirectories(children.directory());
            enableControllers(children);
        } catch (IOException e) {
            leave(leaf, pid);
            throw new IOException("the controllers could not be enabled in " + root.directory() + ": " + e, e);
        }
    }

    private static void enableControllers(Cgroup group) throws IOException {
        List<String> available = controllers(group);
        for (String controller : CONTROLLERS) {
            if (available.contains(controller)) {
                // One by one: a write of several is refused as a whole.
                group.write("cgroup.subtree_control", "+" + controller);
            } else if (controller.equals(MEMORY)) {
                throw new IOException("no memory controller in " + group.directory());
            }
        }
    }

    /** Back to where it was started, so that a half-made tree is in nobody's way. */
    private void leave(Cgroup leaf, long pid) {
        try {
            root.write("cgroup.procs", Long.toString(pid));
            leaf.remove();
        } catch (IOException e) {
            log.log(Level.DEBUG, "the daemon stays in its leaf: " + e);
        }
    }

    /**
     * Ends what an earlier daemon left in the tree. Before the first child is started. Takes two seconds at most.
     *
     * @param spared children that go on
     */
    public void removeLeftovers(Set<String> spared) {
        List<Cgroup> left = groups().stream()
                .filter(group ->
                        !spared.contains(group.directory().getFileName().toString()))
                .toList();
        if (left.isEmpty()) {
            return;
        }
        if (left.stream().anyMatch(Cgroup::isPopulated)) {
            log.log(
                    Level.WARNING,
                    "processes of an earlier daemon are left in {0}; they are killed",
                    children.directory());
        }
        if (spared.isEmpty()) {
            children.kill();
        } else {
            left.forEach(Cgroup::kill);
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LEFTOVERS_MILLIS);
        while (!left.stream().map(Cgroup::remove).reduce(true, Boolean::logicalAnd)) {
            if (System.nanoTime() > deadline) {
                log.log(Level.WARNING, "groups of an earlier daemon could not be removed: {0}", groups().size());
                return;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private List<Cgroup> groups() {
        List<Cgroup> groups = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(children.directory(), Files::isDirectory)) {
            entries.forEach(entry -> groups.add(new Cgroup(entry)));
        } catch (IOException | DirectoryIteratorException e) {
            log.log(Level.DEBUG, "the groups of the children could not be listed: " + e);
        }
        return groups;
    }

    /** The leaf with this process; without a limit of its own, and made anew by the kernel for the next daemon. */
    public Cgroup daemon() {
        return new Cgroup(root.directory().resolve(DAEMON));
    }

    /** A child's group, which is there only while the child has a process. */
    public Cgroup of(String child) {
        return new Cgroup(children.directory().resolve(child));
    }

    /**
     * Makes a child's group, with its limits, before its process is started.
     *
     * @throws IOException when it can't be made or limited
     */
    Cgroup prepare(String child) throws IOException {
        Cgroup group = of(child);
        Files.createDirectories(group.directory());
        group.limit(limits.apply(child));
        return group;
    }

    /**
     * Limits the groups that are there anew, at once and without a restart, and those to come.
     *
     * @return what could not be changed, one line each
     */
    public List<String> use(Function<String, Cgroup.Limits> newer) {
        limits = newer;
        List<String> problems = new ArrayList<>();
        for (Cgroup group : groups()) {
            String child = group.directory().getFileName().toString();
            try {
                group.limit(newer.apply(child));
            } catch (IOException e) {
                // Gone meanwhile is no problem: the next one is made with the new limits.
                if (Files.exists(group.directory())) {
                    problems.add("the limits of " + child + " could not be changed: " + e);
                }
            }
        }
        return problems;
    }

    /** The least of the limits of the delegated group and those above it; empty when none has one, or it can't be seen. */
    public OptionalLong memoryLimit() {
        OptionalLong least = OptionalLong.empty();
        for (Path group = root.directory(); group != null; group = group.getParent()) {
            OptionalLong limit = new Cgroup(group).number("memory.max");
            if (limit.isPresent() && (least.isEmpty() || limit.getAsLong() < least.getAsLong())) {
                least = limit;
            }
        }
        return least;
    }

    /** What is left for us of {@link #memoryLimit}, if we are all that it is for; in bytes, empty without a limit. */
    public OptionalLong memoryLeft() {
        OptionalLong limit = memoryLimit();
        OptionalLong used = root.usedBytes();
        return limit.isPresent() && used.isPresent()
                ? OptionalLong.of(Math.max(0, limit.getAsLong() - used.getAsLong()))
                : OptionalLong.empty();
    }

    /** Where the daemon may make groups. */
    public Path root() {
        return root.directory();
    }
}
