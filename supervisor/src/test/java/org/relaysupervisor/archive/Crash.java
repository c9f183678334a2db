package org.relaysupervisor.archive;

/** Everything ends here: an error, which no code of ours catches. */
final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash(String where) {
        super(where, null, false, false);
    }
}
