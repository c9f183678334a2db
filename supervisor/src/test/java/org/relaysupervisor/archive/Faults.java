package org.relaysupervisor.archive;

import java.util.Random;

/** Decides at each step whether it fails, or whether everything ends before or after it. */
final class Faults {
    private final Random random;

    /** Of a step to fail; from 0 to 1. */
    double failing;

    /** Steps until everything ends; negative for never. */
    int stepsToCrash = -1;

    Faults(Random random) {
        this.random = random;
    }

    /** Twice for each step: before and after its effect. */
    void point(String where) {
        if (stepsToCrash == 0) {
            stepsToCrash = -1;
            throw new Crash(where);
        }
        stepsToCrash -= stepsToCrash > 0 ? 1 : 0;
    }

    boolean fails() {
        return random.nextDouble() < failing;
    }

    int pick(int bound) {
        return random.nextInt(bound);
    }
}
