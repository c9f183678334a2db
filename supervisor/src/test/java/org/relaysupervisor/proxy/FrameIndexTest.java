package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameIndexTest {
    private record Entry(long position, long nanos) {}

    private final FrameIndex index = new FrameIndex();
    private final ArrayDeque<Entry> model = new ArrayDeque<>();
    private long position;
    private long nanos;

    @Test
    void findsTheFirstFrameAtOrAfterAPosition() {
        index.add(100, 10, 0);
        index.add(200, 20, 0);

        assertThat(index.ceiling(-5, 300)).isEqualTo(100);
        assertThat(index.ceiling(100, 300)).isEqualTo(100);
        assertThat(index.ceiling(101, 300)).isEqualTo(200);
        assertThat(index.ceiling(201, 300)).isEqualTo(300);
        assertThat(index.nanosAt(101)).isEqualTo(20);
    }

    @Test
    void findsAFrameByItsNumber() {
        add(1500);
        long middle = index.ceiling(position / 2, position);
        long number = index.framesBefore(middle);
        assertThat(index.positionOf(number, position)).isEqualTo(middle);
        assertThat(index.positionOf(1500, position)).as("the next").isEqualTo(position);
        remove(300);
        assertThat(index.positionOf(number, position)).isEqualTo(middle);
        assertThat(index.positionOf(300, position)).isEqualTo(index.firstPosition());
        assertThat(index.positionOf(299, position)).as("removed").isEqualTo(index.firstPosition());
        assertThat(index.positionOf(0, position)).isEqualTo(index.firstPosition());
        index.clear();
        model.clear();
        assertThat(index.positionOf(number, position)).isEqualTo(position);
        long second = position;
        add(2);
        assertThat(index.positionOf(1500, position)).isEqualTo(second);
        assertThat(index.positionOf(1501, position)).isEqualTo(index.lastPosition());
    }

    @Test
    void aFrameWasPlayedWhenItCameUnlessWhatFollowedCameEarly() {
        // Of ten each, with a pause of 100 after the second, and two that made up for a delay of 30.
        long[] arrivals = {0, 10, 120, 130, 170, 170, 170, 180};
        for (int i = 0; i < arrivals.length; i++) {
            index.add(i, 10L * i, arrivals[i]);
        }

        assertThat(index.playedNanos(0)).isEqualTo(0);
        assertThat(index.playedNanos(1)).isEqualTo(10);
        assertThat(index.playedNanos(2)).isEqualTo(120);
        assertThat(index.playedNanos(4)).as("late by 20 or 10").isEqualTo(150);
        assertThat(index.playedNanos(6)).isEqualTo(170);
        assertThat(index.playedNanos(7)).isEqualTo(180);
    }

    @Test
    void countsTheFramesBeforeAPositionWhetherTheyAreStillThereOrNot() {
        add(1500);
        long middle = index.ceiling(position / 2, position);
        long before = model.stream().filter(entry -> entry.position() < middle).count();
        assertThat(index.framesBefore(middle)).isEqualTo(before);
        assertThat(index.framesBefore(position)).isEqualTo(1500);
        remove(300);
        assertThat(index.framesBefore(middle)).isEqualTo(before);
        index.clear();
        model.clear();
        assertThat(index.framesBefore(position)).isEqualTo(1500);
        add(2);

        assertThat(index.framesBefore(index.lastPosition())).isEqualTo(1501);
    }

    @Test
    void growsWhileItsOldestStandsInTheMiddleOfTheCircle() {
        add(1000);
        remove(700);
        // Wraps, fills the circle of 1024, and has to grow with the oldest at 700.
        add(2000);

        matches();
    }

    @Test
    void isEmptyAfterClearAndStartsAnew() {
        add(1500);
        remove(200);
        index.clear();
        model.clear();
        assertThat(index.isEmpty()).isTrue();
        assertThat(index.ceiling(0, 77)).isEqualTo(77);

        add(3000);
        matches();
    }

    @Test
    void answersAsAPlainQueueDoes() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            int count = random.nextInt(200);
            if (random.nextInt(5) < 3) {
                add(count);
            } else {
                remove(Math.min(count, model.size()));
            }
            assertThat(index.isEmpty()).as("seed %d", seed).isEqualTo(model.isEmpty());
            long wanted = position - random.nextInt(20_000);
            assertThat(index.ceiling(wanted, position)).as("seed %d", seed).isEqualTo(expectedCeiling(wanted));
        }
        matches();
    }

    private void add(int frames) {
        for (int i = 0; i < frames; i++) {
            index.add(position, nanos, 0);
            model.add(new Entry(position, nanos));
            position += 1 + i % 13;
            nanos += 5;
        }
    }

    private void remove(int frames) {
        for (int i = 0; i < frames; i++) {
            index.removeFirst();
            model.removeFirst();
        }
    }

    private long expectedCeiling(long wanted) {
        return model.stream()
                .mapToLong(Entry::position)
                .filter(at -> at >= wanted)
                .findFirst()
                .orElse(position);
    }

    private void matches() {
        Iterator<Entry> entries = model.iterator();
        while (!index.isEmpty()) {
            Entry entry = entries.next();
            assertThat(index.firstPosition()).isEqualTo(entry.position());
            assertThat(index.firstNanos()).isEqualTo(entry.nanos());
            assertThat(index.nanosAt(entry.position())).isEqualTo(entry.nanos());
            index.removeFirst();
        }
        assertThat(entries).isExhausted();
    }
}
