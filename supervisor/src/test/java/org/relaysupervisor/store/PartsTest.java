package org.relaysupervisor.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PartsTest {
    private static final long MEBIBYTE = 1024 * 1024;

    /** R2 refuses parts of unequal length only when all of them are there; no server of a test does. */
    @Test
    void allPartsButTheLastAreOfOneLengthAndMakeUpTheFile() {
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            long length = 1 + random.nextLong(1L << (10 + random.nextInt(32)));
            Parts parts = Parts.of(length, 5 * MEBIBYTE + random.nextLong(64 * MEBIBYTE));
            long position = 0;
            assertThat(parts.count()).as("seed %d", seed).isBetween(1, 10_000);
            for (int number = 1; number <= parts.count(); number++) {
                assertThat(parts.begin(number)).as("seed %d", seed).isEqualTo(position);
                if (number < parts.count()) {
                    assertThat(parts.lengthOf(number)).as("seed %d", seed).isEqualTo(parts.partLength());
                }
                position += parts.lengthOf(number);
            }
            assertThat(parts.lengthOf(parts.count())).as("seed %d", seed).isBetween(1L, parts.partLength());
            assertThat(position).as("seed %d", seed).isEqualTo(length);
        }
    }

    @Test
    void guessesTheLengthThatWasConfiguredBefore() {
        List<Parts> guesses = Parts.guesses(20 * MEBIBYTE + 1, 8 * MEBIBYTE, 5);
        assertThat(guesses).contains(new Parts(20 * MEBIBYTE + 1, 5 * MEBIBYTE));
        assertThat(Parts.guesses(20 * MEBIBYTE + 1, 8 * MEBIBYTE, 3))
                .first()
                .isEqualTo(Parts.of(20 * MEBIBYTE + 1, 8 * MEBIBYTE));
        assertThat(Parts.guesses(20 * MEBIBYTE, 8 * MEBIBYTE, 40_000)).isEmpty();
    }
}
