package org.relaysupervisor.recording;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The one argument in which ffmpeg's tee muxer wants all its outputs. ffmpeg undoes one level of escapes where it splits at
 * bars, another where it splits an output's options, and a third where an option is a list of options itself.
 */
final class TeeOutput {
    private static final String SPECIAL = "\\':|[]=";

    private final List<String> outputs = new ArrayList<>();

    /** @param file as ffmpeg is to open it, any characters */
    TeeOutput add(Map<String, String> options, String file) {
        String list = options.entrySet().stream()
                .map(option -> option.getKey() + "=" + escape(option.getValue()))
                .collect(Collectors.joining(":"));
        // A file that began with a bracket would be taken for options, so its name is never first.
        outputs.add(escapeBars("[" + list + "]" + file));
        return this;
    }

    /** The value of an option that takes a list of options. */
    static String options(Map<String, String> options) {
        return new LinkedHashMap<>(options)
                .entrySet().stream()
                        .map(option -> option.getKey() + "=" + escape(option.getValue()))
                        .collect(Collectors.joining(":"));
    }

    String argument() {
        return String.join("|", outputs);
    }

    static String escape(String value) {
        return escape(value, SPECIAL);
    }

    private static String escapeBars(String value) {
        return escape(value, "\\'|");
    }

    private static String escape(String value, String special) {
        StringBuilder escaped = new StringBuilder(value.length() + 8);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            // Blanks at either end would be cut off.
            if (special.indexOf(c) >= 0 || Character.isWhitespace(c)) {
                escaped.append('\\');
            }
            escaped.append(c);
        }
        return escaped.toString();
    }
}
