package org.relaysupervisor.admin;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.relaysupervisor.drill.Drills;

/** What an operator may order. Each call blocks until it is done or can't be, for a minute at the most, off the control loop. */
public interface Commands {
    Outcome restart(String child) throws InterruptedException;

    Outcome stop(String child) throws InterruptedException;

    Outcome start(String child) throws InterruptedException;

    Outcome reload() throws InterruptedException;

    /** Tries what a reload would make of Liquidsoap, beside the one on the air, and says what would be heard. Changes nothing. */
    Outcome canary() throws InterruptedException;

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

    /** The drills there are, and those that can't be had now. */
    List<Drills.Choice> drills();

    /**
     * Breaks the station on purpose until it is ended, or not renewed for {@link Drills#LEASE}.
     *
     * @param longest after which it ends in any case
     * @param force although people listen, a show is on or near, or more than the station may be harmed
     * @return as its message, the id of the drill
     */
    Outcome startDrill(String name, Duration longest, int mostListeners, boolean force) throws InterruptedException;

    Outcome renewDrill(String id) throws InterruptedException;

    /** Ends a drill, and returns when all is repaired. */
    Outcome endDrill(String id) throws InterruptedException;

    /**
     * @param done false when it was refused or failed
     * @param message for the operator, one line or several; of a failure what is wrong and what to do
     */
    record Outcome(boolean done, String message) {}
}
