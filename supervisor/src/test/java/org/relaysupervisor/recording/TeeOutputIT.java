package org.relaysupervisor.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.programs.Configs;

class TeeOutputIT {
    private static final String TROUBLE = "\"'\\|:[]=,;#{}<>&$ \t\n";

    @TempDir
    Path directory;

    @Test
    void anyNameComesThroughFfmpegsThreeLevelsOfEscapes() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        TreeSet<String> names = new TreeSet<>(List.of(Configs.NASTY_NAME, " both ends ", "[f=null]x|y"));
        while (names.size() < 12) {
            StringBuilder name = new StringBuilder("n");
            for (int i = random.nextInt(12); i >= 0; i--) {
                name.append(TROUBLE.charAt(random.nextInt(TROUBLE.length())));
            }
            names.add(name.toString());
        }
        TeeOutput tee = new TeeOutput();
        for (String name : names) {
            // A list within an option within an output: the list of closed segments carries its own awkward name.
            tee.add(
                    Map.of(
                            "f",
                            "segment",
                            "segment_list",
                            "file:list" + name,
                            "segment_format",
                            "wav",
                            "segment_list_type",
                            "flat"),
                    "file:%d" + name);
        }
        Process ffmpeg = new ProcessBuilder(
                        "ffmpeg",
                        "-nostdin",
                        "-v",
                        "error",
                        "-f",
                        "lavfi",
                        "-i",
                        "sine=duration=0.1",
                        "-map",
                        "0",
                        "-c",
                        "pcm_s16le",
                        "-f",
                        "tee",
                        tee.argument())
                .directory(directory.toFile())
                .inheritIO()
                .start();
        assertThat(ffmpeg.waitFor(30, TimeUnit.SECONDS)).isTrue();
        TreeSet<String> expected = new TreeSet<>();
        names.forEach(name -> expected.addAll(List.of("0" + name, "list" + name)));
        assertThat(directory.toFile().list()).describedAs("seed " + seed).containsExactlyInAnyOrderElementsOf(expected);
    }
}
