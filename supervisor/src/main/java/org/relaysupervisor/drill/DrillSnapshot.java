package org.relaysupervisor.drill;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which drill is on.
 *
 * @param names of all that can be asked for, as it is configured now
 * @param active empty when nothing was broken by us
 */
public record DrillSnapshot(List<String> names, Optional<Active> active) {
    public static final DrillSnapshot NONE = new DrillSnapshot(List.of(), Optional.empty());

    public DrillSnapshot {
        names = List.copyOf(names);
    }

    /**
     * @param since when it was asked for
     * @param until repaired then at the latest
     * @param repairing whether it is being mended
     * @param problem why it could not be kept up, or isn't mended yet
     */
    public record Active(
            String name, String what, Instant since, Instant until, boolean repairing, Optional<String> problem) {}
}
