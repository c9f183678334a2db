package org.relaysupervisor.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.process.Executables;

/** A program that is asked what it can. */
@FunctionalInterface
interface Program {
    /** All that it prints; blocks for ten seconds at the most. */
    String output(String... arguments) throws IOException, InterruptedException;

    /** The ffmpeg that the recorder runs; it gets no environment, and so no secret. */
    static Program installed(Executables executables, RelayConfig.Programs programs) {
        return arguments -> {
            List<String> command = new ArrayList<>();
            command.add(executables.ffmpeg(programs).toString());
            command.addAll(List.of(arguments));
            // A file, because nothing bounds the wait for a pipe's end.
            Path output = Files.createTempFile("relay-doctor", ".out");
            try {
                ProcessBuilder builder = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(output.toFile());
                builder.environment().clear();
                Process process = builder.start();
                try {
                    if (!process.waitFor(10, TimeUnit.SECONDS)) {
                        throw new IOException(command.get(0) + " did not end within 10 s");
                    }
                } finally {
                    process.destroyForcibly();
                }
                return Files.readString(output, StandardCharsets.UTF_8);
            } finally {
                Files.deleteIfExists(output);
            }
        };
    }
}
