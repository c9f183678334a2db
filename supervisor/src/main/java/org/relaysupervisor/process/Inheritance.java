package org.relaysupervisor.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.relaysupervisor.process.ChildRecords.Ghost;

/**
 * What an earlier daemon left running: what was given exactly what is wanted now goes on, until it is taken; all else is ended. Safe from
 * any thread.
 */
final class Inheritance {
    private final ChildRecords records;
    private final Optional<CgroupTree> cgroups;
    private final Map<String, Ghost> kept = new ConcurrentHashMap<>();

    Inheritance(ChildRecords records, Optional<CgroupTree> cgroups) {
        this.records = records;
        this.cgroups = cgroups;
    }

    /**
     * @param wanted by name
     * @param graceMillis for what might have gone on, but was given something else
     * @return the names of what goes on
     */
    Set<String> sort(Map<String, Fingerprint> wanted, long graceMillis) {
        List<Ghost> asked = new ArrayList<>();
        List<Ghost> killed = new ArrayList<>();
        for (Ghost ghost : records.ghosts()) {
            boolean same =
                    ghost.given().isPresent() && ghost.given().equals(Optional.ofNullable(wanted.get(ghost.name())));
            if (same && isInItsPlace(ghost)) {
                kept.put(ghost.name(), ghost);
            } else if (ghost.given().isPresent()) {
                asked.add(ghost);
            } else {
                killed.add(ghost);
            }
        }
        records.end(killed, 0);
        records.end(asked, graceMillis);
        Set<String> names = Set.copyOf(kept.keySet());
        cgroups.ifPresent(tree -> tree.removeLeftovers(names));
        return names;
    }

    /** One without its limits is not taken over where limits can be had. */
    private boolean isInItsPlace(Ghost ghost) {
        try {
            return cgroups.isEmpty()
                    || cgroups.get().of(ghost.name()).processes().contains(ghost.pid());
        } catch (IOException gone) {
            return false;
        }
    }

    /** What was left under this name, once. When it was given something else it is ended: it must be gone before its successor starts. */
    Optional<Ghost> take(String name, Fingerprint given) {
        Optional<Ghost> left = Optional.ofNullable(kept.remove(name));
        Optional<Ghost> same = left.filter(ghost -> ghost.given().equals(Optional.of(given)));
        if (same.isEmpty()) {
            left.ifPresent(ghost -> records.end(List.of(ghost), 0));
        }
        return same;
    }

    /** What nobody has taken. */
    void endAll() {
        records.end(List.copyOf(kept.values()), 0);
    }
}
