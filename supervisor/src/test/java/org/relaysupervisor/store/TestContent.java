package org.relaysupervisor.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Files to be stored. */
public final class TestContent {
    private TestContent() {}

    /** Makes a file of so many bytes; the same ones for the same seed. */
    public static Path file(Path directory, String name, int length, long seed) throws IOException {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return Files.write(directory.resolve(name), bytes);
    }

    /** What a file's bytes are. */
    public static Content of(Path file) throws IOException {
        return ContentDigest.of(Files.readAllBytes(file));
    }
}
