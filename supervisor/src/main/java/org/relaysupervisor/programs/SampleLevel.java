package org.relaysupervisor.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.relaysupervisor.process.ShortRun;

/** How loud a piece of encoded audio is, by a decoder that runs only for it. */
public final class SampleLevel {
    private static final Duration TIMEOUT = Duration.ofSeconds(8);
    private static final Pattern MEAN = Pattern.compile("mean_volume: (-?[0-9.]+) dB");

    private SampleLevel() {}

    /**
     * Decodes it all. Blocks for some tenths of a second; an interrupt ends it.
     *
     * @param audio some seconds of complete frames, in a format that ffmpeg knows by its bytes
     * @return the RMS of all channels in dBFS, -91 for digital silence
     * @throws IOException when it can't be decoded; the message says why
     */
    public static double of(Path ffmpeg, byte[] audio) throws IOException {
        Path file = Files.createTempFile("relay-sample", ".audio");
        try {
            Files.write(file, audio);
            ShortRun run = ShortRun.of(
                    List.of(
                            ffmpeg.toString(),
                            "-nostdin",
                            "-hide_banner",
                            "-nostats",
                            "-i",
                            file.toString(),
                            "-map",
                            "0:a:0",
                            "-af",
                            "volumedetect",
                            "-f",
                            "null",
                            "-"),
                    Map.of("LANG", "C.UTF-8"),
                    TIMEOUT);
            Matcher mean = MEAN.matcher(run.output());
            if (!mean.find()) {
                throw new IOException("what it sends can't be decoded: "
                        + run.output()
                                .strip()
                                .lines()
                                .reduce((first, last) -> last)
                                .orElse("no word from ffmpeg"));
            }
            return Double.parseDouble(mean.group(1));
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
