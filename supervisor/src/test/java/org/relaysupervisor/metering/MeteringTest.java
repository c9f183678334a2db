package org.relaysupervisor.metering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.audio.DeadAirKind;
import org.relaysupervisor.audio.Loudness;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.metering.MeterSnapshot.State;
import org.relaysupervisor.programs.Configs;

/** What becomes of the samples. */
class MeteringTest extends MeteringBench {
    @Test
    void theLoudnessOfWhatADecoderBringsIsShown() throws Exception {
        RelayConfig config = config(Configs.LIVE);
        Metering metering = metering(config);
        assertThat(live(metering).state()).isEqualTo(State.WAITING);
        assertThat(live(metering).age()).isEmpty();
        assertThat(live(metering).deadAir()).containsOnlyKeys(DeadAirKind.values());
        FakeDecoder decoder = decoder(metering, config, "/live");
        play(metering, decoder, 3, -23);
        assertThat(live(metering).state()).isEqualTo(State.RESYNCHRONISING);
        assertThat(reading(metering).momentary()).isCloseTo(-23, within(0.1));
        assertThat(reading(metering).shortTerm()).isNaN();
        play(metering, decoder, 4, -23);
        MeterSnapshot snapshot = live(metering);
        assertThat(snapshot.state()).isEqualTo(State.MEASURING);
        assertThat(snapshot.problem()).isEmpty();
        assertThat(snapshot.profile()).isEqualTo("music");
        assertThat(snapshot.age()).contains(Duration.ZERO);
        assertThat(snapshot.measured()).isEqualTo(Duration.ofSeconds(7));
        assertThat(snapshot.resynchronisations()).isZero();
        Loudness reading = reading(metering);
        assertThat(reading.momentary()).isCloseTo(-23, within(0.1));
        assertThat(reading.shortTerm()).isCloseTo(-23, within(0.1));
        assertThat(reading.integrated()).isCloseTo(-23, within(0.1));
        assertThat(reading.truePeak()).isCloseTo(-23, within(0.2));
        assertThat(reading.range()).isCloseTo(0, within(0.1));
    }

    @Test
    void samplesThatComeInPiecesOfAnyLengthAreTheSameSamples() throws Exception {
        RelayConfig config = config(Configs.LIVE);
        Metering metering = metering(config);
        FakeDecoder decoder = decoder(metering, config, "/live");
        long seed = 20261123;
        Random random = new Random(seed);
        byte[] all = FakeDecoder.bytes(tone(6 * 48_000, -20));
        int sent = 0;
        while (sent < all.length) {
            int now = Math.min(all.length - sent, 1 + random.nextInt(50_000));
            decoder.send(Arrays.copyOfRange(all, sent, sent + now));
            sent += now;
            loop.advance(Metering.TURN);
            metering.turn();
        }
        assertThat(live(metering).measured()).as("seed %d", seed).isEqualTo(Duration.ofSeconds(6));
        assertThat(reading(metering).integrated()).isCloseTo(-20, within(0.1));
        assertThat(reading(metering).truePeak()).as("no sample out of place").isCloseTo(-20, within(0.2));
    }

    @Test
    void aFrameThatADyingDecoderLeftIncompleteIsForgotten() throws Exception {
        RelayConfig config = config(Configs.LIVE);
        Metering metering = metering(config);
        FakeDecoder first = decoder(metering, config, "/live");
        play(metering, first, 1, -20);
        byte[] bytes = FakeDecoder.bytes(tone(100, -20));
        first.send(Arrays.copyOf(bytes, bytes.length - 3));
        first.close();
        FakeDecoder second = decoder(metering, config, "/live");
        play(metering, second, 5, -20);
        assertThat(reading(metering).truePeak()).isCloseTo(-20, within(0.3));
        assertThat(reading(metering).integrated()).isCloseTo(-20, within(0.1));
    }

    @Test
    void oneTurnTakesTwoSecondsAtMost() throws Exception {
        RelayConfig config = config(Configs.LIVE);
        Metering metering = metering(config);
        FakeDecoder decoder = decoder(metering, config, "/live");
        Thread sender = new Thread(() ->
                assertThatCode(() -> decoder.send(tone(6 * 48_000, -20))).doesNotThrowAnyException());
        sender.start();
        Duration before = Duration.ZERO;
        while (live(metering).measured().compareTo(Duration.ofSeconds(6)) < 0) {
            metering.turn();
            Duration now = live(metering).measured();
            assertThat(now.minus(before)).isLessThanOrEqualTo(Duration.ofMillis(2171));
            before = now;
        }
        sender.join();
    }

    @Test
    void aSpliceMakesTheWindowsUnknownAndLeavesTheProgramme() throws Exception {
        RelayConfig config = config(Configs.LIVE);
        Metering metering = metering(config);
        FakeDecoder decoder = decoder(metering, config, "/live");
        play(metering, decoder, 6, -20);
        facts.put("/live", new Heard(Duration.ZERO, Duration.ZERO, 1));
        play(metering, decoder, 0.1, -20);
        assertThat(live(metering).state()).isEqualTo(State.RESYNCHRONISING);
        assertThat(live(metering).resynchronisations()).isEqualTo(1);
        assertThat(reading(metering).momentary()).isNaN();
        assertThat(reading(metering).shortTerm()).isNaN();
        assertThat(reading(metering).integrated()).isCloseTo(-20, within(0.1));
        // What waited in pipes is over after a second, and the windows are full 0.4 and 3 s later.
        play(metering, decoder, 1.2, -20);
        assertThat(reading(metering).momentary()).isNaN();
        play(metering, decoder, 0.3, -20);
        assertThat(reading(metering).momentary()).isCloseTo(-20, within(0.1));
        assertThat(live(metering).state()).isEqualTo(State.RESYNCHRONISING);
        play(metering, decoder, 2.8, -20);
        assertThat(live(metering).state()).isEqualTo(State.MEASURING);
        assertThat(reading(metering).shortTerm()).isCloseTo(-20, within(0.1));
        assertThat(live(metering).resynchronisations()).isEqualTo(1);
    }

    @Test
    void oldAudioThatComesWhenAStoppedDecoderGoesOnIsNotMixedWithTheNew() throws Exception {
        RelayConfig config = config(Configs.LIVE);
        Metering metering = metering(config);
        FakeDecoder decoder = decoder(metering, config, "/live");
        play(metering, decoder, 6, -40);
        facts.put("/live", new Heard(Duration.ZERO, Duration.ZERO, 1));
        pass(metering, 2);
        decoder.send(tone(TURN_FRAMES, -40));
        play(metering, decoder, 1.5, -10);
        for (int i = 0; i < 40; i++) {
            play(metering, decoder, 0.1, -10);
            Loudness reading = reading(metering);
            assertThat(Double.isNaN(reading.shortTerm()) || Math.abs(reading.shortTerm() + 10) < 0.1)
                    .as("short-term %s", reading.shortTerm())
                    .isTrue();
        }
        assertThat(live(metering).state()).isEqualTo(State.MEASURING);
    }

    @Test
    void nothingStaleIsShownAndADeadDecoderIsNoDeadAir() throws Exception {
        RelayConfig config = config(Configs.LIVE);
        Metering metering = metering(config);
        FakeDecoder decoder = decoder(metering, config, "/live");
        play(metering, decoder, 12, Double.NEGATIVE_INFINITY);
        assertThat(active(metering, DeadAirKind.DIGITAL_SILENCE)).isTrue();
        assertThat(reading(metering).momentary()).isEqualTo(Double.NEGATIVE_INFINITY);
        pass(metering, 3);
        assertThat(live(metering).reading()).isPresent();
        pass(metering, 0.1);
        MeterSnapshot waiting = live(metering);
        assertThat(waiting.state()).isEqualTo(State.WAITING);
        assertThat(waiting.reading()).isEmpty();
        assertThat(waiting.age()).contains(Duration.ofMillis(3100));
        assertThat(waiting.problem().orElseThrow()).contains("decoder");
        assertThat(waiting.deadAir().values()).noneMatch(one -> one.active());
        decoder.close();
        pass(metering, 1);
        assertThat(live(metering).problem().orElseThrow()).contains("not connected");
    }

    @Test
    void audioThatComesInTheVeryTurnInWhichTheReadingBecameStaleDoesNotBringTheOldWindowsBack() throws Exception {
        RelayConfig config = config(Configs.LIVE);
        Metering metering = metering(config);
        FakeDecoder decoder = decoder(metering, config, "/live");
        play(metering, decoder, 6, -20);
        pass(metering, 3);
        loop.advance(Duration.ofMillis(50));
        assertThat(live(metering).state()).isEqualTo(State.WAITING);
        play(metering, decoder, 0.1, -20);
        assertThat(live(metering).state()).isEqualTo(State.RESYNCHRONISING);
        assertThat(reading(metering).shortTerm()).isNaN();
    }

    @Test
    void aReadingAgesEvenWhenTheThreadStandsStill() throws Exception {
        RelayConfig config = config(Configs.LIVE);
        Metering metering = metering(config);
        play(metering, decoder(metering, config, "/live"), 8, Double.NEGATIVE_INFINITY);
        assertThat(active(metering, DeadAirKind.DIGITAL_SILENCE)).isTrue();
        loop.advance(Duration.ofSeconds(4));
        assertThat(live(metering).reading()).isEmpty();
        assertThat(live(metering).problem().orElseThrow()).contains("thread");
        assertThat(active(metering, DeadAirKind.DIGITAL_SILENCE)).isFalse();
    }

    @Test
    void aSilentSourceIsNoBytesWhateverTheDecoderDoes() {
        Metering metering = metering(config(Configs.LIVE));
        facts.put("/live", new Heard(Duration.ofSeconds(4), Duration.ofSeconds(2), 0));
        pass(metering, 0.1);
        assertThat(active(metering, DeadAirKind.NO_BYTES)).isTrue();
        assertThat(active(metering, DeadAirKind.STANDBY)).isTrue();
        assertThat(live(metering).deadAir().get(DeadAirKind.STANDBY).duration()).isEqualTo(Duration.ofSeconds(2));
        assertThat(live(metering).problem().orElseThrow()).contains("source");
        facts.put("/live", Heard.NOTHING_KNOWN);
        pass(metering, 0.1);
        assertThat(active(metering, DeadAirKind.NO_BYTES)).isFalse();
        assertThat(active(metering, DeadAirKind.STANDBY)).isFalse();
    }

    @Test
    void aRestartedDecoderTakesThePlaceOfTheFirst() throws Exception {
        RelayConfig config = config(Configs.LIVE);
        Metering metering = metering(config);
        FakeDecoder first = decoder(metering, config, "/live");
        play(metering, first, 6, -20);
        FakeDecoder second = decoder(metering, config, "/live");
        play(metering, second, 1, -30);
        assertThat(live(metering).resynchronisations()).isEqualTo(1);
        assertThatThrownBy(() -> first.send(tone(TURN_FRAMES, -20))).isInstanceOf(IOException.class);
        play(metering, second, 4, -30);
        assertThat(reading(metering).shortTerm()).isCloseTo(-30, within(0.1));
        assertThat(live(metering).measured()).isEqualTo(Duration.ofSeconds(11));
    }

    @Test
    void samplesThatAreNoNumbersAreSilence() throws Exception {
        RelayConfig config = config(Configs.LIVE);
        Metering metering = metering(config);
        FakeDecoder decoder = decoder(metering, config, "/live");
        byte[] garbage = new byte[TURN_FRAMES * Intake.FRAME_BYTES];
        Arrays.fill(garbage, (byte) 0xff);
        decoder.send(garbage);
        play(metering, decoder, 6, -20);
        assertThat(metering.failures()).isZero();
        assertThat(reading(metering).shortTerm()).isCloseTo(-20, within(0.1));
    }

    @Test
    void randomBytesInRandomPiecesNeverEndTheMeter() throws Exception {
        long seed = 7;
        Random random = new Random(seed);
        RelayConfig config = config(Configs.LIVE);
        Metering metering = metering(config);
        for (int connection = 0; connection < 20; connection++) {
            FakeDecoder decoder = decoder(metering, config, "/live");
            for (int piece = 0; piece < 10; piece++) {
                byte[] bytes = new byte[random.nextInt(60_000)];
                random.nextBytes(bytes);
                decoder.send(bytes);
                pass(metering, 0.1);
            }
            decoder.close();
        }
        assertThat(metering.failures()).as("seed %d", seed).isZero();
        metering.programme(Optional.of(new Programme("after the noise", Optional.empty(), Set.of())));
        play(metering, decoder(metering, config, "/live"), 6, -20);
        assertThat(reading(metering).shortTerm()).isCloseTo(-20, within(0.1));
    }
}
