package org.relaysupervisor.supervise;

import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** Asks probes off the loop. The caller owns the time: it cancels a question that takes too long. */
public interface ProbeRunner {
    /**
     * Asks, without blocking.
     *
     * @param answer called at most once, on any thread, perhaps before this returns; also after a cancel, so a late answer must be
     *     recognized and ignored
     * @throws RejectedExecutionException when it can't be asked now; this says nothing about the child
     */
    Question ask(Probe probe, long pid, Consumer<Answer> answer);

    /** A probe under way. */
    interface Question {
        /** Interrupts the probe. Harmless when it has ended. */
        void cancel();
    }

    /** @param reason why not, for people; empty when yes */
    record Answer(boolean yes, String reason) {
        public static final Answer YES = new Answer(true, "");

        public static Answer no(String reason) {
            return new Answer(false, reason);
        }
    }
}
