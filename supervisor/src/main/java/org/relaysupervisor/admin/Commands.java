package org.relaysupervisor.admin;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** What an operator may order. Each call blocks until it is done or can't be, for a minute at the most, off the control loop. */
public interface Commands {
    Outcome restart(String child) throws InterruptedException;

    Outcome stop(String child) throws InterruptedException;

    Outcome start(String child) throws InterruptedException;

    Outcome reload() throws InterruptedException;

    /**
     * A show is on from now on, in place of one that an operator started before.
     *
     * @param name any text on one line, of 1 to 100 characters
     * @param profile by which dead air is told meanwhile; empty for each mount's own
     * @param expected labels of the kinds of dead air that are announced
     * @param duration after which it ends by itself, more than zero; empty until {@link #endShow}
     */
    Outcome startShow(String name, Optional<String> profile, Set<String> expected, Optional<Duration> duration)
            throws InterruptedException;

    /** Ends the show that an operator started; refused when there is none. */
    Outcome endShow() throws InterruptedException;

    /**
     * @param done false when it was refused or failed
     * @param message for the operator, one line or several; of a failure what is wrong and what to do
     */
    record Outcome(boolean done, String message) {}
}
