package org.relaysupervisor.hls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.hls.Playlist.Entry;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.store.StoreException;

/** Two machines, restarts, outages, lost answers and a lost playlist, by chance: what a player may rely on always holds. */
class TakeOverPropertyTest {
    private static final int SCRIPTS = 150;
    private static final int STEPS = 120;

    @TempDir
    Path directory;

    @Test
    void numbersNeverGoBackAndNeverMeanSomethingElse() throws Exception {
        long base = new Random().nextLong();
        for (int script = 0; script < SCRIPTS; script++) {
            new Script(base + script).run();
        }
    }

    private final class Script {
        private final long seed;
        private final Random random;
        private final ManualLoop clock = new ManualLoop();
        private final UnsteadyStore store = new UnsteadyStore();
        private final List<SegmentSource> machines = new ArrayList<>();
        private final boolean[] on = {true, true};
        private final Map<Long, String> meanings = new HashMap<>();
        private long sequence;
        private long discontinuities;
        private int published;

        Script(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            for (String name : List.of("one", "two")) {
                machines.add(new SegmentSource(clock, store, directory, name));
            }
        }

        void run() throws Exception {
            for (int step = 0; step < STEPS; step++) {
                disturb();
                clock.advance(SegmentSource.SEGMENT);
                for (int which = 0; which < 2; which++) {
                    if (on[which]) {
                        publish(machines.get(which));
                        look();
                    }
                }
            }
            store.away = false;
            store.loseAnswers = false;
            on[0] = true;
            int before = published;
            for (int i = 0; i < 6; i++) {
                clock.advance(SegmentSource.SEGMENT);
                publish(machines.get(0));
                publish(machines.get(1));
                look();
            }
            assertThat(published).as("it goes on, seed " + seed).isGreaterThan(before);
        }

        private void disturb() throws Exception {
            int which = random.nextInt(2);
            switch (random.nextInt(14)) {
                case 0 -> machines.get(which).newSession();
                case 1 -> machines.get(which).restart();
                case 2, 3 -> on[which] = !on[which];
                case 4 -> store.away = random.nextBoolean();
                case 5 -> store.loseAnswers = random.nextBoolean();
                case 6 -> machines.get(which).segment();
                case 7 -> clock.advance(Duration.ofSeconds(random.nextInt(40)));
                case 8 -> {
                    if (random.nextInt(4) == 0) {
                        store.delete(PublicPlaylist.KEY);
                    }
                }
                default -> {}
            }
        }

        private void publish(SegmentSource machine) throws Exception {
            try {
                if (machine.playlist.add(machine.segment()).verdict() == PublicPlaylist.Verdict.PUBLISHED) {
                    published++;
                }
            } catch (StoreException expected) {
                // It is away, or its answer is lost.
            }
        }

        private void look() {
            byte[] text = store.objects().get(PublicPlaylist.KEY);
            if (text == null) {
                return;
            }
            Playlist playlist = Playlist.parse(new String(text, java.nio.charset.StandardCharsets.UTF_8))
                    .orElseThrow();
            assertThat(playlist.sequence()).as("sequence, seed " + seed).isGreaterThanOrEqualTo(sequence);
            assertThat(playlist.discontinuities())
                    .as("discontinuity sequence, seed " + seed)
                    .isGreaterThanOrEqualTo(discontinuities);
            sequence = playlist.sequence();
            discontinuities = playlist.discontinuities();
            long number = sequence;
            for (Entry entry : playlist.entries()) {
                String meaning = meanings.putIfAbsent(number, entry.uri());
                assertThat(meaning == null ? entry.uri() : meaning)
                        .as("segment " + number + ", seed " + seed)
                        .isEqualTo(entry.uri());
                assertThat(store.objects()).as("seed " + seed).containsKey(entry.uri());
                assertThat(Math.round(entry.duration().toMillis() / 1000.0)).isLessThanOrEqualTo(playlist.target());
                number++;
            }
        }
    }
}
