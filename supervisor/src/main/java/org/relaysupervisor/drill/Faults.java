package org.relaysupervisor.drill;

import java.util.Map;

/** The faults that this station can have as it is configured now, by name. Any thread. */
@FunctionalInterface
public interface Faults {
    /** In the order in which they are shown and, if all are asked for, had. */
    Map<String, Fault> byName();
}
