package org.relaysupervisor.memory;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The memory of one child's process now; empty where there is no process, or where it can't be known.
 *
 * @param bytes in use: what its limit counts without page cache, or without a cgroup its RSS
 * @param pressure share of the last ten seconds in which it waited for memory, 0 to 1
 * @param slowed times the kernel slowed it down or took page cache back just below its limit, since its process was started
 * @param secondsToOom until it reaches its limit, if it goes on growing as it does; empty when it doesn't grow
 */
public record ChildMemory(
        OptionalLong bytes, OptionalDouble pressure, OptionalLong slowed, OptionalDouble secondsToOom) {
    public static final ChildMemory NONE =
            new ChildMemory(OptionalLong.empty(), OptionalDouble.empty(), OptionalLong.empty(), OptionalDouble.empty());
}
