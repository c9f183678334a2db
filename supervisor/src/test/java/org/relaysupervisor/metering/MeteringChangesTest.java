package org.relaysupervisor.metering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.audio.DeadAirKind;
import org.relaysupervisor.audio.LoudnessMeter;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.loop.ControlLoop;
import org.relaysupervisor.metering.MeterSnapshot.State;
import org.relaysupervisor.programs.Configs;

/** Reloads, programmes, and what may be missing or break. */
class MeteringChangesTest extends MeteringBench {
    @Test
    void aReloadKeepsTheMeterAndChangesTheThresholds() throws Exception {
        RelayConfig config = config(Configs.LIVE);
        Metering metering = metering(config);
        FakeDecoder decoder = decoder(metering, config, "/live");
        play(metering, decoder, 4, Double.NEGATIVE_INFINITY);
        assertThat(active(metering, DeadAirKind.DIGITAL_SILENCE)).isFalse();
        RelayConfig.Profile quick =
                Profiles.profile("music", Map.of("digital_silence", Duration.ofSeconds(2)), Set.of());
        metering.use(config(List.of(Configs.LIVE), List.of(quick)));
        play(metering, decoder, 0.2, Double.NEGATIVE_INFINITY);
        assertThat(active(metering, DeadAirKind.DIGITAL_SILENCE)).isTrue();
        assertThat(live(metering).measured()).isEqualTo(Duration.ofMillis(4200));
        assertThat(live(metering).resynchronisations()).isZero();
    }

    @Test
    void aRemovedMountGivesItsMemoryAndItsSocketBack() throws Exception {
        RelayConfig both = config(Configs.LIVE, OTHER);
        Metering metering = metering(both);
        FakeDecoder decoder = decoder(metering, both, "/other");
        Path socket = metering.intake("/other").orElseThrow().socket();
        play(metering, decoder, 1, -20);
        assertThat(metering.snapshot()).containsOnlyKeys("/live", "/other");
        metering.use(config(Configs.LIVE));
        pass(metering, 0.1);
        assertThat(metering.snapshot()).containsOnlyKeys("/live");
        assertThat(socket).doesNotExist();
        assertThatThrownBy(() -> decoder.send(tone(TURN_FRAMES, -20))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> decoder(metering, both, "/other")).hasMessageContaining("not metered");
        metering.use(both);
        play(metering, decoder(metering, both, "/other"), 1, -20);
        assertThat(metering.snapshot().get("/other").measured()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void anotherProgrammeBeginsAnewAndTheSameDoesNot() throws Exception {
        RelayConfig.Profile talk = Profiles.profile("talk", Map.of("digital_silence", Duration.ofSeconds(2)), Set.of());
        RelayConfig config = config(List.of(Configs.LIVE), List.of(talk));
        Metering metering = metering(config);
        FakeDecoder decoder = decoder(metering, config, "/live");
        play(metering, decoder, 6, -20);
        metering.programme(Optional.of(new Programme("talk at nine", Optional.of("talk"), Set.of())));
        play(metering, decoder, 0.1, -30);
        assertThat(reading(metering).integrated()).isNaN();
        assertThat(reading(metering).shortTerm()).isNotNaN();
        assertThat(live(metering).profile()).isEqualTo("talk");
        play(metering, decoder, 5, -30);
        assertThat(reading(metering).integrated()).isCloseTo(-30, within(0.1));
        metering.programme(Optional.of(new Programme("talk at nine", Optional.empty(), Set.of("digital_silence"))));
        play(metering, decoder, 7, Double.NEGATIVE_INFINITY);
        assertThat(reading(metering).integrated()).isCloseTo(-30, within(0.1));
        assertThat(live(metering).profile()).isEqualTo("music");
        assertThat(active(metering, DeadAirKind.DIGITAL_SILENCE)).isFalse();
        assertThat(live(metering).deadAir().get(DeadAirKind.DIGITAL_SILENCE).declared())
                .isTrue();
        metering.programme(Optional.empty());
        play(metering, decoder, 0.1, -20);
        assertThat(reading(metering).integrated()).isNaN();
        assertThat(live(metering).deadAir().get(DeadAirKind.DIGITAL_SILENCE).declared())
                .isFalse();
    }

    @Test
    void aProgrammeWithAnUnknownKindIsRefusedAndNothingChanges() {
        Metering metering = metering(config(Configs.LIVE));
        assertThatThrownBy(
                        () -> metering.programme(Optional.of(new Programme("x", Optional.empty(), Set.of("boredom")))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("boredom")
                .hasMessageContaining("antiphase");
        pass(metering, 0.1);
        assertThat(metering.failures()).isZero();
    }

    @Test
    void withoutTheLibraryNothingIsDecodedAndTheRestIsTold() {
        missing = Optional.of("no library");
        RelayConfig config = config(Configs.LIVE);
        Metering metering = metering(config);
        assertThat(metering.unavailable().orElseThrow()).contains("no library");
        assertThat(metering.decoders(config, EXECUTABLES)).isEmpty();
        facts.put("/live", new Heard(Duration.ofSeconds(5), Duration.ofSeconds(1), 0));
        pass(metering, 0.1);
        assertThat(live(metering).state()).isEqualTo(State.UNAVAILABLE);
        assertThat(live(metering).problem()).isEqualTo(metering.unavailable());
        assertThat(active(metering, DeadAirKind.NO_BYTES)).isTrue();
        assertThat(active(metering, DeadAirKind.STANDBY)).isTrue();
        assertThat(metering.failures()).isZero();
        // Installed, and then a reload.
        missing = Optional.empty();
        metering.use(config);
        pass(metering, 0.1);
        assertThat(metering.unavailable()).isEmpty();
        assertThat(metering.decoders(config, EXECUTABLES)).hasSize(1);
        assertThat(live(metering).state()).isEqualTo(State.WAITING);
    }

    @Test
    void withoutMountsTheLibraryIsNotEvenLookedFor() {
        missing = Optional.of("no library");
        Metering metering = metering();
        metering.use(new Configs().build());
        assertThat(metering.unavailable()).isEmpty();
        assertThat(metering.snapshot()).isEmpty();
    }

    @Test
    void aMeterThatFailsBeginsAnewAndTheOthersDontNotice() throws Exception {
        RelayConfig config = config(Configs.LIVE, OTHER);
        List<LoudnessMeter> made = new ArrayList<>();
        Metering metering = new Metering(directory, loop, Optional.empty(), mount -> Heard.NOTHING_KNOWN, () -> {
            LoudnessMeter meter = LoudnessMeter.open(2);
            made.add(meter);
            return meter;
        });
        open.add(metering);
        metering.use(config);
        FakeDecoder live = decoder(metering, config, "/live");
        FakeDecoder other = decoder(metering, config, "/other");
        metering.turn();
        // A closed meter throws at the next sample.
        made.get(made.size() - 2).close();
        for (int i = 0; i < 70; i++) {
            other.send(tone(TURN_FRAMES, -30));
            play(metering, live, 0.1, -20);
        }
        assertThat(metering.failures()).isEqualTo(1);
        assertThat(live(metering).resynchronisations()).isEqualTo(1);
        assertThat(live(metering).state()).isEqualTo(State.MEASURING);
        assertThat(reading(metering).shortTerm()).isCloseTo(-20, within(0.1));
        MeterSnapshot unharmed = metering.snapshot().get("/other");
        assertThat(unharmed.resynchronisations()).isZero();
        assertThat(unharmed.measured()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void factsThatCannotBeHadDoNotEndTheMeasuring() throws Exception {
        RelayConfig config = config(Configs.LIVE);
        Metering metering = metering(config);
        FakeDecoder decoder = decoder(metering, config, "/live");
        fault = Optional.of(new IllegalStateException("no facts"));
        play(metering, decoder, 6, -20);
        assertThat(live(metering).state()).isEqualTo(State.MEASURING);
        assertThat(metering.failures()).isZero();
    }

    @Test
    void theThreadTurnsByItselfAndEndsWhenClosed() throws Exception {
        RelayConfig config = config(Configs.LIVE);
        List<Thread> threads = new ArrayList<>();
        try (ControlLoop real = new ControlLoop();
                Metering metering = Metering.open(
                        directory,
                        real,
                        task -> {
                            Thread thread = new Thread(task, "relay-meter");
                            threads.add(thread);
                            return thread;
                        },
                        mount -> Heard.NOTHING_KNOWN)) {
            metering.use(config);
            FakeDecoder decoder = decoder(metering, config, "/live");
            decoder.send(tone(TURN_FRAMES, -20));
            Awaitility.await().until(() -> live(metering).measured().equals(Duration.ofMillis(100)));
        }
        assertThat(threads).singleElement().matches(thread -> !thread.isAlive());
        assertThat(directory).isEmptyDirectory();
    }
}
