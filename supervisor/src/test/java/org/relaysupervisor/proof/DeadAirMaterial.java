package org.relaysupervisor.proof;

import static org.relaysupervisor.audio.Programme.music;
import static org.relaysupervisor.audio.Programme.panned;
import static org.relaysupervisor.audio.Programme.scaled;
import static org.relaysupervisor.audio.Programme.sum;
import static org.relaysupervisor.audio.Signal.sine;
import static org.relaysupervisor.audio.Signal.stereo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.relaysupervisor.audio.Signal;
import org.relaysupervisor.audio.Signal.Source;
import org.relaysupervisor.station.Station;

/** Programme, and what may come in its place: WAV files, and the profile by which a station tells the one from the other. */
final class DeadAirMaterial {
    static final String PROGRAMME = "programme";
    static final Duration HOLD = Duration.ofSeconds(3);

    /** Loops are known of after five seconds at the soonest; what clips is loud as well, and must be told as what clips. */
    private static final Duration LONGER_HOLD = Duration.ofSeconds(6);

    private static final Duration PERIOD = Duration.ofMillis(3_700);
    /** Longer than any loop that is looked for. */
    private static final double PROGRAMME_SECONDS = 120;

    private static final double PROGRAMME_LEVEL = -14;
    private static final int BYTES_PER_SAMPLE = 2;
    private static final int CHANNELS = 2;

    private DeadAirMaterial() {}

    /** What the audio of the main mount tells. */
    static List<DeadAirCase> cases() {
        return List.of(
                DeadAirCase.heard("digital_silence", "digital silence", "digital_silence", HOLD),
                DeadAirCase.heard("near_silence", "near silence", "near_silence", HOLD),
                DeadAirCase.heard("hum", "tone: mains hum", "tone", HOLD),
                DeadAirCase.heard("dc", "tone: direct current", "tone", HOLD),
                DeadAirCase.heard("sine", "tone: 1 kHz", "tone", HOLD),
                DeadAirCase.heard("dead_left", "dead channel (left)", "dead_channel", HOLD),
                DeadAirCase.heard("antiphase", "antiphase", "antiphase", HOLD),
                DeadAirCase.heard("clipping", "level: clipping", "level", HOLD),
                DeadAirCase.heard("too_loud", "level: too loud", "level", LONGER_HOLD),
                DeadAirCase.heard("too_quiet", "level: too quiet", "level", HOLD),
                new DeadAirCase("frozen_loop", "frozen loop of 3.7 s", "/live", "frozen_loop", LONGER_HOLD, PERIOD));
    }

    /** Has the station judge by short hold times, and by levels that leave room above the programme. */
    static void configure(Station station) throws IOException {
        for (String cause : List.of(
                "no_bytes",
                "digital_silence",
                "near_silence",
                "steady_tone",
                "dc",
                "dead_channel",
                "antiphase",
                "clipping",
                "too_quiet")) {
            hold(station, cause, HOLD);
        }
        hold(station, "too_loud", LONGER_HOLD);
        hold(station, "frozen_loop", LONGER_HOLD);
        station.edit("(?m)^    target: .*$", "    target: -30");
        station.edit("(?m)^    loud_above: .*$", "    loud_above: 6");
        station.edit("(?m)^    quiet_below: .*$", "    quiet_below: 14");
    }

    private static void hold(Station station, String cause, Duration hold) throws IOException {
        station.edit("(?m)^    " + cause + ": .*$", "    " + cause + ": " + hold.toMillis() + "ms");
    }

    /** Writes the programme and, for so many seconds each, all else: NAME.wav. */
    static void write(Path directory, double seconds) throws IOException {
        wav(
                directory,
                PROGRAMME,
                stereo().add(PROGRAMME_SECONDS, programme(100)).samples());
        wav(directory, "digital_silence", stereo().silence(seconds).samples());
        wav(directory, "near_silence", programme(200, seconds, -40));
        wav(
                directory,
                "hum",
                stereo().all(seconds, sum(sine(50, -20), sine(150, -30))).samples());
        wav(directory, "dc", stereo().all(seconds, frame -> 0.1).samples());
        wav(directory, "sine", stereo().all(seconds, sine(1_000, -20)).samples());
        wav(directory, "dead_left", silentLeft(seconds));
        wav(
                directory,
                "antiphase",
                stereo().add(seconds, panned(scaled(music(3), PROGRAMME_LEVEL), 1, -1))
                        .samples());
        wav(directory, "clipping", limited(programme(300, seconds, 40)));
        wav(directory, "too_loud", programme(400, seconds, 12));
        wav(directory, "too_quiet", programme(500, seconds, -24));
        wav(directory, "frozen_loop", looped(seconds));
    }

    /** Two instruments, each in its place. The left channel must be asked for before the right. Each seed is music of its own: what was
     * heard before is a loop, at whatever level. */
    private static Source[] programme(long seed) {
        double[] now = new double[2];
        Source one = scaled(music(seed), PROGRAMME_LEVEL);
        Source other = scaled(music(seed + 1), PROGRAMME_LEVEL);
        return new Source[] {
            frame -> {
                now[0] = one.at(frame);
                now[1] = other.at(frame);
                return now[0] + 0.4 * now[1];
            },
            frame -> 0.4 * now[0] + now[1]
        };
    }

    private static float[] programme(long seed, double seconds, double decibels) {
        Source[] programme = programme(seed);
        return stereo().add(seconds, scaled(programme[0], decibels), scaled(programme[1], decibels))
                .samples();
    }

    private static float[] silentLeft(double seconds) {
        Source[] programme = programme(600);
        return stereo().add(seconds, frame -> 0 * programme[0].at(frame), programme[1])
                .samples();
    }

    private static float[] limited(float[] samples) {
        for (int i = 0; i < samples.length; i++) {
            samples[i] = Math.max(-1, Math.min(1, samples[i]));
        }
        return samples;
    }

    private static float[] looped(double seconds) {
        float[] once = stereo().add(PERIOD.toMillis() / 1e3, programme(700)).samples();
        float[] samples = new float[CHANNELS * (int) (seconds * Signal.RATE)];
        for (int start = 0; start < samples.length; start += once.length) {
            System.arraycopy(once, 0, samples, start, Math.min(once.length, samples.length - start));
        }
        return samples;
    }

    private static void wav(Path directory, String name, float[] samples) throws IOException {
        int length = samples.length * BYTES_PER_SAMPLE;
        ByteBuffer bytes = ByteBuffer.allocate(44 + length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(ascii("RIFF")).putInt(36 + length).put(ascii("WAVEfmt ")).putInt(16);
        bytes.putShort((short) 1).putShort((short) CHANNELS).putInt(Signal.RATE);
        bytes.putInt(Signal.RATE * CHANNELS * BYTES_PER_SAMPLE).putShort((short) (CHANNELS * BYTES_PER_SAMPLE));
        bytes.putShort((short) (8 * BYTES_PER_SAMPLE)).put(ascii("data")).putInt(length);
        for (float sample : samples) {
            bytes.putShort((short) Math.round(32_767 * sample));
        }
        Files.write(directory.resolve(name + ".wav"), bytes.array());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
