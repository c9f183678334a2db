package org.relaysupervisor.metering;

import java.util.Optional;
import java.util.Set;

/**
 * What is on now, as far as it changes how audio is measured and judged.
 *
 * @param identity equal for as long as it is the same; another one starts the integrated values anew
 * @param profile name of the profile that replaces each mount's own; empty for those
 * @param expected labels of the kinds of dead air that are announced, in addition to those of the profile
 */
public record Programme(String identity, Optional<String> profile, Set<String> expected) {
    public Programme {
        expected = Set.copyOf(expected);
    }
}
