package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PacerTest {
    private static final Duration INTERVAL = Duration.ofMillis(240);

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Meters meters = new Meters();
    private final Pacer pacer;
    private long elapsedMillis;

    PacerTest() {
        channel.freezeTime();
        pacer = new Pacer(channel.eventLoop(), meters, INTERVAL);
    }

    /** Notes when it had its turns. */
    private class Noting implements Pacer.Member {
        private final List<Long> millis = new ArrayList<>();

        @Override
        public void turn() {
            millis.add(elapsedMillis);
        }
    }

    @Test
    void aMemberHasOneTurnPerIntervalAndAFeedTwo() {
        Noting member = new Noting();
        Noting feed = new Noting();
        pacer.add(member);
        pacer.lead(feed);
        pass(2400);

        assertThat(member.millis).hasSize(10);
        assertThat(feed.millis).hasSize(20);
        for (int i = 1; i < 10; i++) {
            assertThat(member.millis.get(i) - member.millis.get(i - 1)).isEqualTo(240);
        }
    }

    @Test
    void aFewShareOneMomentAndManyAreSpreadOverTheInterval() {
        List<Noting> members = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            members.add(add());
        }
        pass(240);
        assertThat(moments(members)).hasSize(1);
        for (int i = 0; i < 7 * 64 + 80; i++) {
            members.add(add());
        }
        members.forEach(member -> member.millis.clear());
        pass(240);

        List<Long> moments = moments(members);
        assertThat(moments).hasSize(8);
        for (int i = 1; i < 8; i++) {
            assertThat(moments.get(i) - moments.get(i - 1)).isEqualTo(30);
        }
        for (long moment : moments) {
            assertThat(members.stream().filter(member -> member.millis.contains(moment)))
                    .hasSize(74);
        }
    }

    @Test
    void whoLeavesHasNoMoreTurnsAndTakesNobodyElses() {
        List<Pacer.Place> places = new ArrayList<>();
        List<Noting> members = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int number = i;
            Noting noting = new Noting() {
                @Override
                public void turn() {
                    super.turn();
                    if (number % 3 == 0) {
                        places.get(number).leave();
                        // Has no effect.
                        places.get(number).leave();
                    }
                }
            };
            members.add(noting);
            places.add(pacer.add(noting));
        }
        pass(480);

        for (int i = 0; i < 10; i++) {
            assertThat(members.get(i).millis).hasSize(i % 3 == 0 ? 1 : 2);
        }
    }

    @Test
    void whoEndsEverybodyElseInItsTurnIsNoError() {
        List<Pacer.Place> places = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            places.add(pacer.add(() -> places.forEach(Pacer.Place::leave)));
        }
        pass(480);

        assertThat(meters.errors()).isZero();
        assertThat(channel.runScheduledPendingTasks()).isEqualTo(-1);
    }

    @Test
    void whoComesInATurnWaitsForTheNext() {
        Noting late = new Noting();
        List<Pacer.Place> places = new ArrayList<>();
        pacer.add(() -> {
            if (places.isEmpty()) {
                places.add(pacer.add(late));
            }
        });
        pass(480);

        assertThat(late.millis).hasSize(1);
    }

    @Test
    void anErrorCostsNobodyElseTheTurn() {
        Noting before = add();
        pacer.add(() -> {
            throw new IllegalStateException("thrown by the test");
        });
        Noting behind = add();
        pass(240);

        assertThat(before.millis).hasSize(1);
        assertThat(behind.millis).hasSize(1);
        assertThat(meters.errors()).isOne();
    }

    @Test
    void whenNobodyIsThereNothingRuns() {
        Pacer.Place one = pacer.add(() -> {});
        Pacer.Place feed = pacer.lead(() -> {});
        assertThat(channel.runScheduledPendingTasks()).isPositive();
        one.leave();
        feed.leave();
        assertThat(channel.runScheduledPendingTasks()).isEqualTo(-1);

        Noting again = add();
        pass(240);
        assertThat(again.millis).hasSize(1);
    }

    private Noting add() {
        Noting noting = new Noting();
        pacer.add(noting);
        return noting;
    }

    private static List<Long> moments(List<Noting> members) {
        return members.stream()
                .flatMap(member -> member.millis.stream())
                .distinct()
                .sorted()
                .toList();
    }

    private void pass(int millis) {
        for (int i = 0; i < millis; i++) {
            elapsedMillis++;
            channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
            channel.runScheduledPendingTasks();
        }
    }
}
