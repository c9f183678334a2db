package org.relaysupervisor.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.relaysupervisor.audio.Programme.music;
import static org.relaysupervisor.audio.Programme.panned;
import static org.relaysupervisor.audio.Programme.speech;
import static org.relaysupervisor.audio.Programme.sum;
import static org.relaysupervisor.audio.Signal.noise;
import static org.relaysupervisor.audio.Signal.sine;
import static org.relaysupervisor.audio.Signal.stereo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is heard after the lossy codec that stations use, at 44.1 kHz and 128 kbit/s, is told as it was before. */
class ThroughMp3IT {
    private static final Pattern INTEGRATED = Pattern.compile("I:\\s+(-?[0-9.]+) LUFS");

    @TempDir
    private Path directory;

    @Test
    void theLoudnessIsWhatFfmpegFinds() throws Exception {
        Signal signal = stereo().add(40, music(1), music(2)).all(20, speech(3));
        float[] decoded = throughMp3(signal);
        try (LoudnessMeter meter = LoudnessMeter.open(2)) {
            meter.add(decoded, 0, decoded.length / 2);
            double ffmpeg = integratedByFfmpeg();
            System.out.printf("I: %.2f, by ffmpeg %.1f%n", meter.integrated(), ffmpeg);
            assertThat(meter.integrated()).isCloseTo(ffmpeg, within(0.2));
        }
    }

    @Test
    void digitalSilence() throws Exception {
        told(DeadAirKind.DIGITAL_SILENCE, stereo().all(5, music(4)).silence(15));
    }

    @Test
    void hum() throws Exception {
        told(DeadAirKind.TONE, stereo().all(30, sum(sine(50, -30), sum(sine(150, -40), noise(5, -60)))));
    }

    @Test
    void aDeadChannel() throws Exception {
        told(DeadAirKind.DEAD_CHANNEL, stereo().add(40, panned(music(6), 1, 0)));
    }

    @Test
    void antiphase() throws Exception {
        told(DeadAirKind.ANTIPHASE, stereo().add(30, panned(music(7), 1, -1)));
    }

    @Test
    void aFrozenLoop() throws Exception {
        Signal signal = stereo();
        for (int i = 0; i < 22; i++) {
            signal.all(3.7, music(8));
        }
        told(DeadAirKind.FROZEN_LOOP, signal);
    }

    /** A full band and cymbals that ring: where loops are compared the codec leaves noise that is but 13 dB lower. */
    @Test
    void aFrozenLoopOfDenseMusic() throws Exception {
        float[] bar = denseMusic(4);
        float[] samples = new float[20 * bar.length];
        for (int pass = 0; pass < 20; pass++) {
            System.arraycopy(bar, 0, samples, pass * bar.length, bar.length);
        }
        told(DeadAirKind.FROZEN_LOOP, samples);
    }

    private static float[] denseMusic(double seconds) {
        Signal.Source[] sides = new Signal.Source[2];
        for (int side = 0; side < 2; side++) {
            Signal.Source drums = noise(20 + side, -8);
            Signal.Source band = sum(sum(music(12), music(13 + side)), sum(music(15 + side), speech(17 + side)));
            sides[side] = frame -> 0.5 * band.at(frame) + Math.exp(-(frame % 9000) / 20_000.0) * drums.at(frame);
        }
        return stereo().add(seconds, sides).samples();
    }

    @Test
    void programmeIsNoDeadAir() throws Exception {
        Signal signal = stereo().add(60, music(9), music(10)).add(60, panned(speech(11), 1, 0.7));
        try (Listening listening = Listening.stereo().hear(throughMp3(signal))) {
            assertThat(listening.firstActive()).isEmpty();
        }
    }

    @Test
    void aVoiceThatReadsIsNoDeadAir() throws Exception {
        Path wav = directory.resolve("voice.wav");
        run(List.of(
                "espeak-ng",
                "-w",
                wav.toString(),
                "The news at nine. It will rain in the north and shine in the south. ".repeat(12)));
        try (Listening listening = Listening.stereo().hear(decoded(encoded(List.of("-i", wav.toString()))))) {
            assertThat(listening.firstActive()).isEmpty();
        }
    }

    private void told(DeadAirKind kind, Signal signal) throws Exception {
        told(kind, signal.samples());
    }

    private void told(DeadAirKind kind, float[] samples) throws Exception {
        try (Listening listening = Listening.stereo().hear(throughMp3(samples))) {
            System.out.println(kind.label() + ": " + listening.firstActive() + ", last " + listening.last());
            assertThat(listening.firstActive().keySet()).containsExactly(kind);
        }
    }

    private float[] throughMp3(Signal signal) throws IOException, InterruptedException {
        return throughMp3(signal.samples());
    }

    private float[] throughMp3(float[] samples) throws IOException, InterruptedException {
        ByteBuffer bytes = ByteBuffer.allocate(samples.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(samples);
        Path raw = Files.write(directory.resolve("signal.raw"), bytes.array());
        return decoded(encoded(List.of("-f", "f32le", "-ar", "48000", "-ac", "2", "-i", raw.toString())));
    }

    private Path encoded(List<String> input) throws IOException, InterruptedException {
        Path mp3 = directory.resolve("signal.mp3");
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-nostdin", "-v", "error", "-y"));
        command.addAll(input);
        command.addAll(List.of("-ar", "44100", "-ac", "2", "-b:a", "128k", mp3.toString()));
        run(command);
        return mp3;
    }

    private float[] decoded(Path mp3) throws IOException, InterruptedException {
        Path raw = directory.resolve("decoded.raw");
        run(List.of(
                "ffmpeg",
                "-nostdin",
                "-v",
                "error",
                "-y",
                "-i",
                mp3.toString(),
                "-f",
                "f32le",
                "-ar",
                "48000",
                "-ac",
                "2",
                raw.toString()));
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(raw)).order(ByteOrder.LITTLE_ENDIAN);
        float[] samples = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(samples);
        return samples;
    }

    private double integratedByFfmpeg() throws IOException, InterruptedException {
        String log = run(List.of(
                "ffmpeg",
                "-nostdin",
                "-hide_banner",
                "-i",
                directory.resolve("signal.mp3").toString(),
                "-af",
                "ebur128",
                "-f",
                "null",
                "-"));
        Matcher matcher = INTEGRATED.matcher(log.substring(log.lastIndexOf("Summary:")));
        assertThat(matcher.find()).isTrue();
        return Double.parseDouble(matcher.group(1));
    }

    private String run(List<String> command) throws IOException, InterruptedException {
        Path log = directory.resolve("log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
        return Files.readString(log);
    }
}
