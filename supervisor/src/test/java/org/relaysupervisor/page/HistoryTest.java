package org.relaysupervisor.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.status.Meters;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.status.Snapshots;

class HistoryTest {
    private final History history = new History();
    private final Snapshots station = Snapshots.onAir();

    @Test
    void showsTheFirstStepAtOnceAndEachOtherWhenItIsOver() {
        watch(0, 5);
        assertThat(history.figures().listeners().high()).containsExactly(12);
        assertThat(history.figures().end()).isEqualTo(Snapshots.STARTED.plusSeconds(5));
        watch(6, 59);

        assertThat(history.figures().listeners().high()).containsExactly(12);
        History.MountFigures live = history.figures().mounts().get("/live");
        assertThat(live.loudness().low()).containsExactly(-16.18f);
        assertThat(live.rate().high()).containsExactly(16_000);
        assertThat(live.listeners().high()).containsExactly(12);
        assertThat(history.figures().memory()).containsOnlyKeys("icecast", "liquidsoap", "recorder");
        assertThat(history.figures().memory().get("icecast").high()).containsExactly(9 << 20);
        assertThat(history.figures().end()).isEqualTo(Snapshots.STARTED.plusSeconds(30));
    }

    @Test
    void neverHoldsMoreThanSixHours() {
        for (int second = 0; second <= Duration.ofHours(8).toSeconds(); second += 30) {
            history.observe(at(second));
        }

        assertThat(history.figures().listeners().high()).hasSize(720);
        assertThat(history.figures().end()).isEqualTo(Snapshots.STARTED.plus(Duration.ofHours(8)));
    }

    @Test
    void silenceHasALoudnessAndWhatIsNotKnownHasNone() {
        station.metered("/live", Meters.measuring(Meters.SILENCE));
        watch(0, 29);
        station.unmetered("/live");
        watch(30, 60);

        assertThat(history.figures().mounts().get("/live").loudness().low()).containsExactly(-70, Float.NaN);
    }

    @Test
    void aMountThatIsNoLongerConfiguredIsForgotten() {
        watch(0, 29);
        station.withoutMount("/live").mount(Snapshots.silent("/other"), Snapshots.silentTraffic());
        watch(30, 60);

        assertThat(history.figures().mounts()).containsOnlyKeys("/other");
        assertThat(history.figures().mounts().get("/other").listeners().high()).containsExactly(Float.NaN, 0);
    }

    @Test
    void beginsWithTheDaemonsStartAndKeepsTheNewestEvents() {
        history.observe(at(0));
        assertThat(history.happenings().newest())
                .containsExactly(new Event(Snapshots.STARTED, Mark.NEUTRAL, "The daemon was started"));

        for (int second = 1; second <= 300; second++) {
            station.reloaded(true, second);
            history.observe(reloadedAt(second));
        }

        assertThat(history.happenings().count()).isEqualTo(301);
        assertThat(history.happenings().newest()).hasSize(200);
        assertThat(history.happenings().newest().get(0).at()).isEqualTo(Snapshots.STARTED.plusSeconds(300));
    }

    /** What is published is whole, however the looks fall. */
    @Test
    void canBeReadWhileItIsFilled() throws InterruptedException {
        AtomicBoolean filled = new AtomicBoolean();
        AtomicInteger torn = new AtomicInteger();
        Thread reader = new Thread(() -> {
            while (!filled.get()) {
                History.Figures figures = history.figures();
                int length = figures.listeners().high().length;
                figures.mounts()
                        .values()
                        .forEach(of -> torn.addAndGet(of.loudness().low().length == length ? 0 : 1));
                List<Event> newest = history.happenings().newest();
                torn.addAndGet(newest.size() > History.EVENTS ? 1 : 0);
            }
        });
        reader.start();
        watch(0, 20_000);
        filled.set(true);
        reader.join();

        assertThat(torn).hasValue(0);
    }

    private void watch(int fromSecond, int toSecond) {
        for (int second = fromSecond; second <= toSecond; second++) {
            history.observe(at(second));
        }
    }

    private RelaySnapshot at(int second) {
        return Moments.at(station.build(), Duration.ofSeconds(second));
    }

    private RelaySnapshot reloadedAt(int second) {
        return Moments.reloaded(at(second), Snapshots.STARTED.plusSeconds(second));
    }
}
