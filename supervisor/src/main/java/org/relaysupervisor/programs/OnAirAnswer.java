package org.relaysupervisor.programs;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.relaysupervisor.programs.OnAir.InputState;

/** What {@code relay.on_air} answers, such as {@code standby live=silent night=away}. */
record OnAirAnswer(String source, Map<String, InputState> inputs) {
    private static final Pattern SOURCE = Pattern.compile("[\\w-]+");
    private static final Pattern INPUT = Pattern.compile("([\\w-]+)=(ready|silent|away)");

    /** @throws IOException when it is nothing of the kind */
    static OnAirAnswer parse(String text) throws IOException {
        String[] words = text.split(" ", -1);
        if (!SOURCE.matcher(words[0]).matches()) {
            throw unlike(text);
        }
        Map<String, InputState> inputs = new LinkedHashMap<>();
        for (int i = 1; i < words.length; i++) {
            Matcher input = INPUT.matcher(words[i]);
            if (!input.matches()) {
                throw unlike(text);
            }
            inputs.put(input.group(1), state(input.group(2)));
        }
        return new OnAirAnswer(words[0], inputs);
    }

    private static InputState state(String label) {
        return switch (label) {
            case "ready" -> InputState.READY;
            case "silent" -> InputState.SILENT;
            default -> InputState.AWAY;
        };
    }

    private static IOException unlike(String text) {
        return new IOException(
                "not an answer to relay.on_air: " + text.lines().findFirst().orElse(""));
    }
}
