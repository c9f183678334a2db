package org.relaysupervisor.proof;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Takes ICY metadata out of a listener's stream, by counting alone; metadata that is none means that the count is off. */
final class IcyStripper {
    /** Receives {@code length} bytes of audio. */
    interface Audio {
        void accept(byte[] bytes, int offset, int length);
    }

    private static final Pattern METADATA = Pattern.compile("(?s)StreamTitle='.*';\0*");

    private final int interval;
    private final Audio audio;
    private final Consumer<String> faults;
    private final ByteArrayOutputStream metadata = new ByteArrayOutputStream();
    private int audioToCome;
    private int metadataToCome;
    private int blocks;

    /** @param interval bytes of audio between two pieces of metadata, 1 or more */
    IcyStripper(int interval, Audio audio, Consumer<String> faults) {
        this.interval = interval;
        this.audio = audio;
        this.faults = faults;
        this.audioToCome = interval;
    }

    void accept(byte[] bytes, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            if (audioToCome > 0) {
                int count = Math.min(audioToCome, end - at);
                audio.accept(bytes, at, count);
                audioToCome -= count;
                at += count;
            } else if (metadataToCome > 0) {
                int count = Math.min(metadataToCome, end - at);
                metadata.write(bytes, at, count);
                metadataToCome -= count;
                at += count;
                if (metadataToCome == 0) {
                    check();
                    audioToCome = interval;
                }
            } else {
                metadataToCome = 16 * (bytes[at] & 0xFF);
                at++;
                blocks++;
                if (metadataToCome == 0) {
                    audioToCome = interval;
                }
            }
        }
    }

    private void check() {
        String text = metadata.toString(StandardCharsets.ISO_8859_1);
        if (!METADATA.matcher(text).matches()) {
            faults.accept("ICY metadata no. " + blocks + " is none: " + text.length() + " bytes that begin with \""
                    + text.substring(0, 16).replaceAll("[^ -~]", "?") + '"');
        }
        metadata.reset();
    }
}
