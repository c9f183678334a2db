package org.relaysupervisor.drill;

import java.io.IOException;
import java.util.Optional;
import org.relaysupervisor.process.Cgroup;
import org.relaysupervisor.process.CgroupTree;
import org.relaysupervisor.supervise.ChildSnapshot;

/** A child's limit is lowered below what it uses, so that the kernel kills it for memory. Its next process has the usual limit again. */
final class MemoryFault implements Fault {
    private final Children children;
    private final String child;
    private final Optional<CgroupTree> cgroups;
    private final Work relimit;

    /** @param relimit gives every child the limits of the configuration */
    MemoryFault(Children children, String child, Optional<CgroupTree> cgroups, Work relimit) {
        this.children = children;
        this.child = child;
        this.cgroups = cgroups;
        this.relimit = relimit;
    }

    @Override
    public String what() {
        return child + " is killed by the kernel for memory, once";
    }

    @Override
    public Optional<String> impossible() {
        if (cgroups.isEmpty()) {
            return Optional.of(
                    "the kernel enforces no memory limits here (no cgroup v2 is delegated to the daemon), so it can't kill "
                            + child + " for memory; see relayctl doctor");
        }
        return ChildFault.mustBeUp(children, child);
    }

    @Override
    public void begin() throws IOException {
        String process = children.child(child).map(ChildSnapshot::process).orElse(child);
        Cgroup group = cgroups.orElseThrow().of(process);
        group.starve();
    }

    @Override
    public void repair() throws IOException {
        relimit.run();
    }
}
