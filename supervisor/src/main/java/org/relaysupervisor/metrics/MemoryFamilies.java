package org.relaysupervisor.metrics;

import org.relaysupervisor.memory.ChildMemory;
import org.relaysupervisor.memory.Enforcement;
import org.relaysupervisor.metrics.Families.Family;
import org.relaysupervisor.status.RelaySnapshot;

/** What memory the children use, may use, and will use. A child without a process has only its limit. */
final class MemoryFamilies {
    private MemoryFamilies() {}

    static void add(RelaySnapshot relay, Families families) {
        Family enforcement = families.gauge(
                "relay_memory_enforcement", "1 for who keeps the children within their memory limits.", "mode");
        for (Enforcement mode : Enforcement.values()) {
            enforcement.sample(relay.memoryEnforcement() == mode, mode.label());
        }
        Family bytes = families.gauge(
                "relay_child_memory_bytes",
                "Memory the child uses: what its limit counts without page cache, or without a cgroup its RSS.",
                "child");
        Family limit =
                families.gauge("relay_child_memory_limit_bytes", "What the child may use, as configured.", "child");
        Family pressure = families.gauge(
                "relay_child_memory_pressure_ratio",
                "Share of the last ten seconds in which the child waited for memory.",
                "child");
        Family slowed = families.counter(
                "relay_child_memory_high_total",
                "Times the kernel slowed the child down, or took page cache back, just below its limit.",
                "child");
        Family seconds = families.gauge(
                "relay_child_seconds_to_oom",
                "When the child reaches its memory limit if it goes on growing as it does.",
                "child");
        for (RelaySnapshot.Child child : relay.children()) {
            String name = child.state().name();
            ChildMemory memory = child.memory();
            limit.sample(child.memoryLimit(), name);
            memory.bytes().ifPresent(value -> bytes.sample(value, name));
            memory.pressure().ifPresent(value -> pressure.sample(value, name));
            if (relay.memoryEnforcement() == Enforcement.CGROUP) {
                slowed.sample(memory.slowed().orElse(0), name);
            }
            memory.secondsToOom().ifPresent(value -> seconds.sample(value, name));
        }
    }
}
