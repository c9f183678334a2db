package org.relaysupervisor.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The configuration that is delivered; tests run in the module's directory. */
final class ShippedFile {
    static final Path PATH = Path.of("..", "relay-config", "relay.yaml");

    private ShippedFile() {}

    static String text() throws IOException {
        return Files.readString(PATH);
    }
}
