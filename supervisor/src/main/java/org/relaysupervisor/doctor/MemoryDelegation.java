package org.relaysupervisor.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.relaysupervisor.status.Finding;

/** Whether systemd has left it to us to give each child its own memory limit, by cgroup v2. */
final class MemoryDelegation {
    private static final String NAME = "memory";

    private final Path membership;
    private final Path hierarchy;

    /**
     * @param membership {@code /proc/self/cgroup}
     * @param hierarchy {@code /sys/fs/cgroup}
     */
    MemoryDelegation(Path membership, Path hierarchy) {
        this.membership = membership;
        this.hierarchy = hierarchy;
    }

    Finding finding() throws IOException {
        Optional<String> own = Files.readAllLines(membership).stream()
                .filter(line -> line.startsWith("0::/"))
                .map(line -> line.substring("0::/".length()))
                .findFirst();
        if (own.isEmpty()) {
            return none("this machine has no cgroup v2", "boot with systemd.unified_cgroup_hierarchy=1");
        }
        Path group = hierarchy.resolve(own.get());
        Path controllers = group.resolve("cgroup.controllers");
        boolean memory = Files.isReadable(controllers)
                && List.of(Files.readString(controllers).strip().split(" ")).contains("memory");
        if (!memory) {
            return none("the memory controller is not available here", "put Delegate=yes into the systemd unit");
        }
        if (!Files.isWritable(group) || !Files.isWritable(group.resolve("cgroup.subtree_control"))) {
            return none("this control group is not delegated to us", "put Delegate=yes into the systemd unit");
        }
        return Finding.ok(NAME, "limits can be given to each child");
    }

    /** One child that grows then takes memory from all others. */
    private static Finding none(String found, String advice) {
        return Finding.warning(NAME, found + ": limits of children are shown, not enforced", advice);
    }
}
