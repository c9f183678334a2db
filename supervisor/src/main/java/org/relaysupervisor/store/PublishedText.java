package org.relaysupervisor.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * A published object in UTF-8.
 *
 * @param version to replace just this one
 */
public record PublishedText(String text, String version) {
    /** In bytes; a longer object is none that was published as a text. */
    static final int LONGEST = 1 << 20;

    /** @throws IOException when it is too long, or reading fails */
    static String read(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(LONGEST + 1);
        if (bytes.length > LONGEST) {
            throw new IOException("longer than " + LONGEST + " bytes");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
