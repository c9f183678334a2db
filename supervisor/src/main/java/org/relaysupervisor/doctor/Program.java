package org.relaysupervisor.doctor;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.ShortRun;

/** A program that is asked what it can. */
@FunctionalInterface
interface Program {
    Duration PATIENCE = Duration.ofSeconds(10);

    /** What it prints; blocks for {@link #PATIENCE} at the most. */
    String output(String... arguments) throws IOException;

    /** The ffmpeg that the recorder runs; it gets no environment, and so no secret. */
    static Program installed(Executables executables, RelayConfig.Programs programs) {
        return arguments -> {
            List<String> command = new ArrayList<>();
            command.add(executables.ffmpeg(programs).toString());
            command.addAll(List.of(arguments));
            return ShortRun.of(command, Map.of(), PATIENCE).output();
        };
    }
}
