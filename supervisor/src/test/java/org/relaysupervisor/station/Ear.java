package org.relaysupervisor.station;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * A listener that understands one thing: whether it hears the test tone of 1 kHz, other sound, or nothing. Decodes with ffmpeg
 * as bytes arrive; windows of 100 ms.
 */
public final class Ear implements AutoCloseable {
    /** What a window sounded like. */
    public enum Heard {
        NOTHING_YET,
        SILENCE,
        TONE,
        PROGRAMME
    }

    private static final int SAMPLE_RATE = 8_000;
    private static final int WINDOW = SAMPLE_RATE / 10;
    private static final double TONE_HERTZ = 1_000;

    private final Process decoder;
    private final Thread reader;
    private volatile Heard heard = Heard.NOTHING_YET;

    public Ear(URI url) throws IOException {
        this(url, List.of());
    }

    /** @param prefix a command that ends by running the decoder */
    Ear(URI url, List<String> prefix) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                "ffmpeg",
                "-nostdin",
                "-loglevel",
                "error",
                "-fflags",
                "nobuffer",
                "-probesize",
                "4096",
                "-f",
                "mp3",
                "-i",
                url.toString(),
                "-ac",
                "1",
                "-ar",
                Integer.toString(SAMPLE_RATE),
                "-f",
                "s16be",
                "-flush_packets",
                "1",
                "pipe:1"));
        decoder = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        reader = new Thread(this::listen, "ear");
        reader.setDaemon(true);
        reader.start();
    }

    public Heard heard() {
        return heard;
    }

    private void listen() {
        double[] window = new double[WINDOW];
        try (DataInputStream samples = new DataInputStream(decoder.getInputStream())) {
            while (true) {
                for (int i = 0; i < WINDOW; i++) {
                    window[i] = samples.readShort() / 32_768.0;
                }
                heard = classify(window);
            }
        } catch (EOFException e) {
            heard = Heard.NOTHING_YET;
        } catch (IOException e) {
            heard = Heard.NOTHING_YET;
        }
    }

    /** The Goertzel algorithm: the share of the window's power that is at the tone's frequency. */
    static Heard classify(double[] window) {
        double coefficient = 2 * Math.cos(2 * Math.PI * TONE_HERTZ / SAMPLE_RATE);
        double previous = 0;
        double beforePrevious = 0;
        double power = 0;
        for (double sample : window) {
            double next = sample + coefficient * previous - beforePrevious;
            beforePrevious = previous;
            previous = next;
            power += sample * sample;
        }
        double meanSquare = power / window.length;
        if (meanSquare < 1e-6) {
            return Heard.SILENCE;
        }
        double atTone = previous * previous + beforePrevious * beforePrevious - coefficient * previous * beforePrevious;
        double share = atTone / (power * window.length / 2);
        return share > 0.5 ? Heard.TONE : Heard.PROGRAMME;
    }

    @Override
    public void close() {
        decoder.destroyForcibly();
    }
}
