package org.relaysupervisor.archive;

import java.time.Instant;
import java.util.Optional;

/**
 * A show that is on. Two with the same name and begin are the same show, though its end may have been changed.
 *
 * @param name any text
 * @param begin UTC
 * @param end when it is to end; empty for one that goes on until somebody says so
 */
public record ShowOnAir(String name, Instant begin, Optional<Instant> end) {
    boolean isSame(ShowOnAir other) {
        return name.equals(other.name) && begin.equals(other.begin);
    }
}
