package org.relaysupervisor.proof;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One file of a recording, and what the manifest says of what is missing before it.
 *
 * @param name for people
 * @param numbers of its frames that are heard, in order; {@link NumberedFrames#FOREIGN} for one that carries none
 */
record RecordedPiece(String name, List<Long> numbers, Optional<Gap> gap) {
    RecordedPiece {
        numbers = List.copyOf(numbers);
    }

    /**
     * What a manifest says is missing.
     *
     * @param frames exactly so many, when the daemon lived on
     */
    record Gap(String cause, double seconds, OptionalLong frames) {}
}
