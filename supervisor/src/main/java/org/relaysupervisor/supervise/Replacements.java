package org.relaysupervisor.supervise;

/**
 * How often a child's process was replaced by one that ran beside it first.
 *
 * @param done the successor took the place
 * @param failed it did not, and what there was went on
 */
public record Replacements(long done, long failed) {
    public static final Replacements NONE = new Replacements(0, 0);

    Replacements oneMoreDone() {
        return new Replacements(done + 1, failed);
    }

    Replacements oneMoreFailed() {
        return new Replacements(done, failed + 1);
    }
}
