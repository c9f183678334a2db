package org.relaysupervisor.supervise;

/**
 * One question to a running child. Runs on a {@code relay-probe} thread under a timeout, so it may block; it is interrupted when
 * the timeout ends.
 */
@FunctionalInterface
public interface Probe {
    /**
     * Returns when the answer is yes.
     *
     * @param pid the child's process id
     * @throws Exception when the answer is no; the message is the reason, shown to the operator
     */
    void check(long pid) throws Exception;
}
