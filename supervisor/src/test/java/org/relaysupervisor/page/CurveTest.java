package org.relaysupervisor.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CurveTest {
    private static final float NOTHING = Float.NaN;

    private final Curve curve = new Curve(4);

    @Test
    void keepsTheLowestAndTheHighestOfEachStep() {
        curve.look(0, 3);
        curve.look(0, 1);
        curve.look(0, 2);
        curve.look(1, 7);

        assertThat(curve.until(1).low()).containsExactly(1, 7);
        assertThat(curve.until(1).high()).containsExactly(3, 7);
        assertThat(curve.until(1).highest()).isEqualTo(7);
    }

    @Test
    void forgetsWhatIsOlderThanItsLength() {
        for (int step = 0; step < 10; step++) {
            curve.look(step, step);
        }

        assertThat(curve.until(9).high()).containsExactly(6, 7, 8, 9);
    }

    @Test
    void knowsNothingOfStepsInWhichNobodyLooked() {
        curve.look(1, 5);
        curve.look(3, 8);

        assertThat(curve.until(3).high()).containsExactly(NOTHING, 5, NOTHING, 8);
        assertThat(curve.until(5).high()).containsExactly(NOTHING, 8, NOTHING, NOTHING);
    }

    @Test
    void aPauseLongerThanItsLengthLeavesNothingOfBefore() {
        curve.look(2, 5);
        curve.look(1_000_000, 6);

        assertThat(curve.until(1_000_000).high()).containsExactly(NOTHING, NOTHING, NOTHING, 6);
    }

    @Test
    void whatIsNotKnownChangesNothing() {
        curve.look(0, 5);
        curve.look(0, Double.NaN);
        curve.look(1, Double.NaN);

        assertThat(curve.until(1).high()).containsExactly(5, NOTHING);
        assertThat(new Curve(4).until(1).highest()).isNaN();
    }

    @Test
    void whatWasHandedOutStaysAsItWas() {
        curve.look(0, 5);
        Curve.Points handedOut = curve.until(0);
        curve.look(0, 9);
        curve.look(4, 1);

        assertThat(handedOut.high()).containsExactly(5);
    }

    /** Beside a list that remembers everything. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void agreesWithAMemoryWithoutBounds(long seed) {
        Random random = new Random(seed);
        Curve ring = new Curve(7);
        List<Float> highs = new ArrayList<>();
        int step = 0;
        for (int look = 0; look < 500; look++) {
            step += random.nextInt(4) == 0 ? random.nextInt(10) : 0;
            while (highs.size() <= step) {
                highs.add(NOTHING);
            }
            float value = random.nextInt(5) == 0 ? NOTHING : random.nextInt(100);
            ring.look(step, value);
            if (!Float.isNaN(value)) {
                float before = highs.get(step);
                highs.set(step, Float.isNaN(before) ? value : Math.max(before, value));
            }
            List<Float> expected = highs.subList(Math.max(0, highs.size() - 7), highs.size());
            List<Float> found = new ArrayList<>();
            for (float each : ring.until(step).high()) {
                found.add(each);
            }
            assertThat(found).as("seed %s, look %s", seed, look).isEqualTo(expected);
        }
    }
}
