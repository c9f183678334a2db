package org.relaysupervisor.admin;

/** What an operator may order. Each call blocks until it is done or can't be, for a minute at the most, off the control loop. */
public interface Commands {
    Outcome restart(String child) throws InterruptedException;

    Outcome stop(String child) throws InterruptedException;

    Outcome start(String child) throws InterruptedException;

    Outcome reload() throws InterruptedException;

    /**
     * @param done false when it was refused or failed
     * @param message for the operator, one line or several; of a failure what is wrong and what to do
     */
    record Outcome(boolean done, String message) {}
}
