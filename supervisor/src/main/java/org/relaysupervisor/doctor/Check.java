package org.relaysupervisor.doctor;

import java.util.List;
import org.relaysupervisor.status.Finding;

/**
 * Something to look at.
 *
 * @param name what it is called when it doesn't come to an end
 */
record Check(String name, Examination examination) {
    /** Runs on a worker, and is interrupted when it takes too long. */
    @FunctionalInterface
    interface Examination {
        /** @throws Exception whose message says what is wrong */
        List<Finding> run() throws Exception;
    }
}
