package org.relaysupervisor.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.relaysupervisor.audio.DeadAirKind.ANTIPHASE;
import static org.relaysupervisor.audio.DeadAirKind.DEAD_CHANNEL;
import static org.relaysupervisor.audio.DeadAirKind.DIGITAL_SILENCE;
import static org.relaysupervisor.audio.DeadAirKind.FROZEN_LOOP;
import static org.relaysupervisor.audio.DeadAirKind.LEVEL;
import static org.relaysupervisor.audio.DeadAirKind.NEAR_SILENCE;
import static org.relaysupervisor.audio.DeadAirKind.NO_BYTES;
import static org.relaysupervisor.audio.DeadAirKind.STANDBY;
import static org.relaysupervisor.audio.DeadAirKind.TONE;
import static org.relaysupervisor.audio.Programme.music;
import static org.relaysupervisor.audio.Programme.panned;
import static org.relaysupervisor.audio.Programme.scaled;
import static org.relaysupervisor.audio.Programme.speech;
import static org.relaysupervisor.audio.Programme.sum;
import static org.relaysupervisor.audio.Signal.noise;
import static org.relaysupervisor.audio.Signal.sine;
import static org.relaysupervisor.audio.Signal.stereo;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each kind of dead air is told, under its name, at the end of its hold time and not before. */
class DeadAirTest {
    private static final double BEFORE = 5;
    private static final float[] PROGRAMME = stereo().all(BEFORE, music(1)).samples();

    private Listening listening;

    @BeforeEach
    void start() throws MeteringUnavailableException {
        listening = Listening.stereo().hear(PROGRAMME);
    }

    @AfterEach
    void close() {
        listening.close();
    }

    @Test
    void digitalSilence() {
        listening.hear(stereo().silence(20));
        told(DIGITAL_SILENCE, DeadAirCause.DIGITAL_SILENCE, 6);
    }

    @Test
    void theLastBitIsDigitalSilence() {
        listening.hear(stereo().all(10, frame -> (frame % 3 - 1) / 32768.0));
        told(DIGITAL_SILENCE, DeadAirCause.DIGITAL_SILENCE, 6);
    }

    @Test
    void nearSilence() {
        listening.hear(stereo().all(20, noise(2, -62)));
        told(NEAR_SILENCE, DeadAirCause.NEAR_SILENCE, 15);
    }

    @Test
    void silenceWithAClickNowAndThen() {
        for (int i = 0; i < 10; i++) {
            listening.hear(stereo().silence(4).all(0.001, noise(i, -20)));
        }
        assertThat(listening.active()).contains(DIGITAL_SILENCE);
    }

    @Test
    void hum() {
        listening.hear(stereo().all(25, sum(sine(50, -30), sum(sine(150, -40), noise(3, -60)))));
        told(TONE, DeadAirCause.STEADY_TONE, 20);
    }

    @Test
    void aHighTone() {
        listening.hear(stereo().all(25, sine(15_625, -20)));
        told(TONE, DeadAirCause.STEADY_TONE, 20);
    }

    @Test
    void aToneInOneChannelOnly() {
        listening.hear(stereo().add(25, sine(440, -20), frame -> 0));
        told(TONE, DeadAirCause.STEADY_TONE, 20);
    }

    @Test
    void dc() {
        listening.hear(stereo().all(20, sum(noise(4, -70), frame -> 0.1)));
        told(TONE, DeadAirCause.DC, 10);
    }

    @Test
    void aDeadLeftChannel() {
        listening.hear(stereo().add(35, panned(music(5), 0, 1)));
        told(DEAD_CHANNEL, DeadAirCause.LEFT_DEAD, 30);
    }

    @Test
    void aDeadRightChannelUnderSpeechWithPauses() {
        listening.hear(stereo().add(60, panned(speech(6), 1, 0.001)));
        assertThat(listening.state(DEAD_CHANNEL).cause()).contains(DeadAirCause.RIGHT_DEAD);
    }

    @Test
    void antiphase() {
        listening.hear(stereo().add(25, panned(music(7), 1, -0.9)));
        told(ANTIPHASE, DeadAirCause.ANTIPHASE, 20);
    }

    @Test
    void clipping() {
        listening.hear(clipped(25));
        told(LEVEL, DeadAirCause.CLIPPING, 15);
    }

    @Test
    void clippingThatEndsIsOver() {
        listening.hear(clipped(20)).hear(stereo().all(4.2, music(18)));
        assertThat(listening.active()).isEmpty();
    }

    @Test
    void farTooLoud() throws MeteringUnavailableException {
        hearWithoutClipping(DeadAirThresholds.MUSIC.holds());
        listening.hear(stereo().all(40, scaled(music(9), 14)));
        told(LEVEL, DeadAirCause.TOO_LOUD, 30);
    }

    @Test
    void aLevelThatIsRightAgainIsOver() throws MeteringUnavailableException {
        hearWithoutClipping(DeadAirThresholds.MUSIC.holds());
        listening.hear(stereo().all(60, scaled(music(9), 14)).all(7, music(19)));
        assertThat(listening.active()).isEmpty();
    }

    @Test
    void silenceAfterAFadeIsSilenceOnly() throws MeteringUnavailableException {
        hearWithoutClipping(Map.of(DeadAirCause.TOO_QUIET, Duration.ofSeconds(3)));
        listening.hear(stereo().all(1, scaled(music(20), -35)).silence(20));
        assertThat(listening.firstActive()).isEmpty();
    }

    @Test
    void silenceAfterALoudPassageIsSilenceOnly() throws MeteringUnavailableException {
        hearWithoutClipping(DeadAirThresholds.MUSIC.holds());
        listening.hear(stereo().all(5, scaled(music(21), 14)).silence(40));
        assertThat(listening.active()).containsExactly(DIGITAL_SILENCE);
        assertThat(listening.state(LEVEL).duration()).isZero();
    }

    @Test
    void farTooQuietForFiveMinutes() {
        listening.hear(stereo().all(310, scaled(music(10), -28)));
        told(LEVEL, DeadAirCause.TOO_QUIET, 300);
    }

    @Test
    void aFallOfFortyDecibelsIsTooQuietAfterTheHoldTimeHoweverShort() throws MeteringUnavailableException {
        hearWithoutClipping(Map.of(DeadAirCause.TOO_QUIET, Duration.ofSeconds(3)));
        listening.hear(stereo().all(10, scaled(music(10), -40)));
        told(LEVEL, DeadAirCause.TOO_QUIET, 3);
    }

    @Test
    void aFrozenLoop() {
        loop(3.7);
        told(FROZEN_LOOP, DeadAirCause.FROZEN_LOOP, 60 + 3.7);
    }

    @Test
    void aFrozenLoopOfLessThanASecond() {
        loop(0.777);
        told(FROZEN_LOOP, DeadAirCause.FROZEN_LOOP, 60 + 0.777);
    }

    @Test
    void aFrozenLoopOfHalfAMinute() {
        loop(29.3);
        told(FROZEN_LOOP, DeadAirCause.FROZEN_LOOP, 60 + 29.3);
    }

    /** As a lossy codec leaves dense music: the noise of each pass is its own. */
    @Test
    void aFrozenLoopUnderTheNoiseOfACodec() {
        listening.hear(withNoise(looped(3.7), -25));
        told(FROZEN_LOOP, DeadAirCause.FROZEN_LOOP, 60 + 3.7);
    }

    @Test
    void aFrozenLoopOfHalfAMinuteUnderTheNoiseOfACodec() {
        listening.hear(withNoise(looped(29.3), -25));
        told(FROZEN_LOOP, DeadAirCause.FROZEN_LOOP, 60 + 29.3);
    }

    @Test
    void aLoopThatEndsIsOver() {
        loop(3.7);
        listening.hear(stereo().all(5, music(12)));
        assertThat(listening.active()).isEmpty();
    }

    @Test
    void noBytes() {
        listening.hear(stereo().silence(10));
        listening.detector.noBytesFor(Duration.ofMillis(2900));
        assertThat(listening.active()).containsExactly(DIGITAL_SILENCE);
        listening.detector.noBytesFor(Duration.ofMillis(3100));
        assertThat(listening.active()).containsExactly(NO_BYTES);
        assertThat(listening.state(NO_BYTES).duration()).isEqualTo(Duration.ofMillis(3100));
        listening.hear(stereo().all(0.2, music(13)));
        assertThat(listening.active()).isEmpty();
    }

    @Test
    void standby() {
        listening.detector.standbyFor(Duration.ofMillis(1));
        listening.hear(stereo().all(1, music(14)));
        assertThat(listening.active()).containsExactly(STANDBY);
        listening.detector.standbyFor(Duration.ZERO);
        assertThat(listening.active()).isEmpty();
    }

    @Test
    void severalKindsAtOnce() {
        listening.hear(stereo().add(40, sine(440, -20), frame -> 0));
        assertThat(listening.active()).containsExactlyInAnyOrder(TONE, DEAD_CHANNEL);
    }

    @Test
    void whatIsOverIsOverAfterASecond() {
        listening.hear(stereo().silence(10));
        assertThat(listening.state(DIGITAL_SILENCE).duration()).isEqualTo(Duration.ofSeconds(10));
        listening.hear(stereo().all(0.8, music(15)));
        assertThat(listening.active()).containsExactly(DIGITAL_SILENCE);
        listening.hear(stereo().all(0.4, music(16)));
        assertThat(listening.active()).isEmpty();
        assertThat(listening.state(DIGITAL_SILENCE).duration()).isZero();
    }

    @Test
    void whatIsDeclaredIsNotActive() {
        listening.hear(stereo().silence(10));
        listening.detector.declare(Set.of(DIGITAL_SILENCE, NEAR_SILENCE));
        assertThat(listening.active()).isEmpty();
        assertThat(listening.state(DIGITAL_SILENCE).declared()).isTrue();
        listening.hear(stereo().silence(60));
        assertThat(listening.active()).isEmpty();
        listening.detector.declare(Set.of());
        listening.hear(stereo().silence(5.8));
        assertThat(listening.active()).isEmpty();
        listening.hear(stereo().silence(0.4));
        assertThat(listening.active()).containsExactly(DIGITAL_SILENCE);
    }

    @Test
    void aGapInTheAudioDoesNotHideSilence() {
        listening.hear(stereo().silence(4));
        listening.gap();
        listening.hear(stereo().silence(2.2));
        assertThat(listening.active()).containsExactly(DIGITAL_SILENCE);
    }

    @Test
    void aCauseWithoutAHoldTimeIsNeverTold() throws MeteringUnavailableException {
        DeadAirThresholds music = DeadAirThresholds.MUSIC;
        DeadAirThresholds none =
                new DeadAirThresholds(Map.of(), -90, -60, -50, 40, -0.85, 0.05, music.target(), 10, 22);
        try (Listening deaf = new Listening(2, none)) {
            deaf.hear(stereo().silence(30));
            assertThat(deaf.firstActive()).isEmpty();
        }
    }

    private void hearWithoutClipping(Map<DeadAirCause, Duration> holds) throws MeteringUnavailableException {
        listening.close();
        listening = new Listening(2, new DeadAirThresholds(holds, -90, -60, -50, 40, -0.85, 1, -16, 10, 22));
        listening.hear(PROGRAMME);
    }

    private static Signal clipped(double seconds) {
        Signal.Source hot = scaled(music(8), 24);
        return stereo().all(seconds, frame -> Math.max(-1, Math.min(1, hot.at(frame))));
    }

    private void loop(double seconds) {
        listening.hear(looped(seconds));
    }

    private static float[] looped(double seconds) {
        float[] once = stereo().all(seconds, music(11)).samples();
        float[] samples = new float[2 * (int) Math.round((seconds + 64) * Signal.RATE)];
        for (int start = 0; start < samples.length; start += once.length) {
            System.arraycopy(once, 0, samples, start, Math.min(once.length, samples.length - start));
        }
        return samples;
    }

    private static float[] withNoise(float[] samples, double peakDbfs) {
        Signal.Source noise = noise(17, peakDbfs);
        float[] sum = new float[samples.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = samples[i] + (float) noise.at(i);
        }
        return sum;
    }

    /** That kind and no other, so long after the programme ended. */
    private void told(DeadAirKind kind, DeadAirCause cause, double hold) {
        assertThat(listening.active()).containsExactly(kind);
        assertThat(listening.state(kind).cause()).contains(cause);
        double after = listening.firstActive().get(kind) - BEFORE;
        System.out.printf("%s: after %.1f s, hold time %.1f s%n", cause.label(), after, hold);
        assertThat(after).isCloseTo(hold, within(0.21));
    }
}
