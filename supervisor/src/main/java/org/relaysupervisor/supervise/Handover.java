package org.relaysupervisor.supervise;

import java.util.Optional;
import java.util.function.Consumer;

/** What a successor must show before it takes a child's place, and what else changes hands then. */
public interface Handover {
    /**
     * Passes when the successor may take the place; asked until it does, for the start timeout at most. On a probe's thread, which is
     * interrupted after {@link Succession#PATIENCE}.
     *
     * @throws Exception when not yet; the message says what it is waited for
     */
    void fit(long pid) throws Exception;

    /**
     * Makes the successor's work the one that counts. On the loop; must not block.
     *
     * @param answer to be called once, from any thread: empty when it is done; otherwise why it can't be, and then nothing was changed
     */
    void take(Consumer<Optional<String>> answer);

    /** Whether it is only to be seen how it does: then it never takes the place, and that is no failure. */
    default boolean isCanary() {
        return false;
    }

    /** The successor is the child's process now, and its predecessor was asked to end. On the loop. */
    void done();

    /**
     * The successor is being ended, and what there was goes on. On the loop.
     *
     * @param why for people
     */
    void failed(String why);
}
