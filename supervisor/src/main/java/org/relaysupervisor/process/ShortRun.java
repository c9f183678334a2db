package org.relaysupervisor.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program run to its end for what it prints.
 *
 * @param code the exit code, or 128 and the signal's number
 * @param output both streams, the first 64 KiB
 */
public record ShortRun(int code, String output) {
    private static final int MAXIMUM_OUTPUT = 64 * 1024;

    /**
     * Blocks until the program ends, for at most the timeout, after which it is killed.
     *
     * @throws IOException when it can't be started, or doesn't end in time
     */
    public static ShortRun of(List<String> argv, Map<String, String> environment, Duration timeout) throws IOException {
        // A file, because a pipe would need a thread that reads it: nothing else bounds the wait for a pipe's end.
        Path output = Files.createTempFile("relay-supervisor", ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder(argv)
                    .redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(output.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            int code = await(builder.start(), argv, timeout);
            try (InputStream input = Files.newInputStream(output)) {
                return new ShortRun(code, new String(input.readNBytes(MAXIMUM_OUTPUT), StandardCharsets.UTF_8));
            }
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private static int await(Process process, List<String> argv, Duration timeout) throws IOException {
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(argv.get(0) + " did not end within " + timeout.toSeconds() + " s");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + argv.get(0) + " ran", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
