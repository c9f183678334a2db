package org.relaysupervisor.programs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The templates of {@code relay-config/}, which travel in the jar. */
final class ShippedTemplates {
    private ShippedTemplates() {}

    static Template load(String name) {
        try (InputStream input = ShippedTemplates.class.getResourceAsStream("/relay-config/" + name)) {
            if (input == null) {
                throw new IllegalStateException("the build left relay-config/" + name + " out of the jar");
            }
            return Template.parse(name, new String(input.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
