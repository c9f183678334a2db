package org.relaysupervisor.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.relaysupervisor.audio.Programme.music;
import static org.relaysupervisor.audio.Programme.panned;
import static org.relaysupervisor.audio.Programme.scaled;
import static org.relaysupervisor.audio.Programme.speech;
import static org.relaysupervisor.audio.Programme.sum;
import static org.relaysupervisor.audio.Signal.RATE;
import static org.relaysupervisor.audio.Signal.amplitude;
import static org.relaysupervisor.audio.Signal.noise;
import static org.relaysupervisor.audio.Signal.sine;
import static org.relaysupervisor.audio.Signal.stereo;

import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What sounds a little like dead air and is programme. */
class NoFalseAlarmTest {
    private static final float[] PROGRAMME = stereo().all(5, music(1)).samples();

    private Listening listening;

    @BeforeEach
    void start() throws MeteringUnavailableException {
        listening = Listening.stereo().hear(PROGRAMME);
    }

    @AfterEach
    void nothingWasTold() {
        assertThat(listening.firstActive()).isEmpty();
        listening.close();
    }

    @Test
    void musicThatGoesOn() {
        listening.hear(stereo().all(100, music(2)));
    }

    @Test
    void speechThatGoesOn() {
        listening.hear(stereo().all(100, speech(3)));
    }

    @Test
    void quietClassicalAtMinus45Lufs() {
        listening.hear(stereo().all(180, sum(scaled(music(4), -26), noise(5, -75))));
    }

    @Test
    void aSpokenPauseOfFourSeconds() {
        for (int i = 0; i < 5; i++) {
            listening.hear(stereo().all(3, speech(10 + i)).silence(4));
        }
    }

    @Test
    void singleWordsBetweenPausesOfFourSeconds() {
        for (int i = 0; i < 10; i++) {
            listening.hear(stereo().silence(4).all(0.6, scaled(speech(20 + i), 6)));
        }
    }

    @Test
    void passagesThatAreTooLoudForLessThanTheHoldTime() throws MeteringUnavailableException {
        DeadAirThresholds music = DeadAirThresholds.MUSIC;
        DeadAirThresholds unclipped =
                new DeadAirThresholds(music.holds(), -90, -60, -50, 40, -0.85, 1, music.target(), 10, 22);
        try (Listening loud = new Listening(2, unclipped)) {
            for (int i = 0; i < 4; i++) {
                loud.hear(stereo().all(20, scaled(music(50 + i), 14)).all(20, music(60 + i)));
            }
            assertThat(loud.firstActive()).isEmpty();
        }
    }

    @Test
    void quietMusicThatIsLouderNowAndThen() {
        for (int i = 0; i < 3; i++) {
            listening.hear(stereo().all(150, sum(scaled(music(70 + i), -28), noise(5, -75)))
                    .all(8, music(80 + i)));
        }
    }

    @Test
    void aLongFade() {
        Signal.Source fading = music(6);
        listening.hear(stereo().all(40, frame -> amplitude(-60.0 * frame / RATE / 40) * fading.at(frame)));
        listening.hear(stereo().all(5, music(7)));
    }

    @Test
    void hardPannedStereoWithAmbience() {
        Signal.Source[] left = panned(music(8), 1, 0);
        Signal.Source ambience = noise(9, -42);
        listening.hear(stereo().add(90, left[0], ambience));
    }

    @Test
    void wideStereo() {
        listening.hear(stereo().add(60, music(30), music(31)));
    }

    @Test
    void monoProgrammeInTwoChannels() {
        listening.hear(stereo().all(60, speech(32)));
    }

    @Test
    void monoProgrammeInOneChannel() throws MeteringUnavailableException {
        try (Listening mono = new Listening(1, DeadAirThresholds.MUSIC)) {
            mono.hear(new Signal(1).all(60, music(33)));
            assertThat(mono.firstActive()).isEmpty();
        }
    }

    @Test
    void aDeclaredMinuteOfSilence() {
        listening.detector.declare(Set.of(DeadAirKind.DIGITAL_SILENCE, DeadAirKind.NEAR_SILENCE));
        listening.hear(stereo().silence(60));
        listening.detector.declare(Set.of());
        listening.hear(stereo().all(5, speech(34)));
    }

    @Test
    void aMinuteOfDigitalSilenceThatIsDeclaredByThatNameOnly() {
        listening.detector.declare(Set.of(DeadAirKind.DIGITAL_SILENCE));
        listening.hear(stereo().all(5, speech(36)));
        listening.hear(stereo().silence(60));
        listening.detector.declare(Set.of());
        listening.hear(stereo().all(5, speech(37)));
    }

    @Test
    void anAnnouncedLineUpTone() {
        listening.detector.declare(Set.of(DeadAirKind.TONE));
        listening.hear(stereo().tone(60, -18));
        listening.detector.declare(Set.of());
        listening.hear(stereo().all(5, music(35)));
    }

    @Test
    void aHeldOrganChordWithVibrato() {
        double[] pitches = {130.81, 164.81, 196.0, 261.63};
        listening.hear(stereo().all(90, frame -> {
            double time = frame / (double) RATE;
            double bend = 0.0025 / (2 * Math.PI * 6) * Math.sin(2 * Math.PI * 6 * time);
            double sum = 0;
            for (double pitch : pitches) {
                for (int partial = 1; partial <= 4; partial++) {
                    sum += 0.05 / partial * Math.sin(2 * Math.PI * pitch * partial * (time + bend));
                }
            }
            return sum;
        }));
    }

    @Test
    void techno() {
        technoUnder(scaled(music(36), -4));
    }

    @Test
    void technoWhoseMelodyIsFarBehindTheBeat() {
        technoUnder(scaled(music(45), -14));
    }

    private void technoUnder(Signal.Source voice) {
        Random hiss = new Random(37);
        listening.hear(stereo().all(150, frame -> {
            double beat = frame % (RATE * 60 / 128) / (double) RATE;
            double half = (frame + RATE * 30 / 128) % (RATE * 60 / 128) / (double) RATE;
            double kick =
                    0.5 * Math.exp(-12 * beat) * Math.sin(2 * Math.PI * 50 * beat + 8 * (1 - Math.exp(-40 * beat)));
            double hat = 0.1 * Math.exp(-40 * half) * hiss.nextGaussian();
            return kick + hat + 0.6 * voice.at(frame);
        }));
    }

    @Test
    void technoWithoutAMelodyWhoseHatIsPlayed() {
        Random hiss = new Random(38);
        listening.hear(stereo().all(150, frame -> {
            double beat = frame % (RATE * 60 / 128) / (double) RATE;
            double half = (frame + RATE * 30 / 128) % (RATE * 60 / 128) / (double) RATE;
            double kick =
                    0.5 * Math.exp(-12 * beat) * Math.sin(2 * Math.PI * 50 * beat + 8 * (1 - Math.exp(-40 * beat)));
            double hat = 0.2 * Math.exp(-30 * half) * hiss.nextGaussian();
            return kick + hat;
        }));
    }

    @Test
    void applause() {
        Random hands = new Random(39);
        listening.hear(stereo().all(60, frame -> 0.1 * hands.nextGaussian() * (hands.nextInt(200) == 0 ? 6 : 1)));
    }

    @Test
    void whiteNoise() {
        listening.hear(stereo().add(60, noise(40, -20), noise(41, -20)));
    }

    @Test
    void aPieceThatIsPlayedTwice() {
        float[] once = stereo().all(40, music(42)).samples();
        listening.hear(once).hear(once).hear(stereo().all(10, music(43)));
    }

    @Test
    void aToneOfTenSecondsInAPiece() {
        listening.hear(stereo().all(10, sine(440, -20)).all(20, music(44)));
    }
}
