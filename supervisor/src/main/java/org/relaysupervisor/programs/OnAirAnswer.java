package org.relaysupervisor.programs;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /**
     * Says why it would be heard as a change for the worse: an input played, and now the standby would, or an input that is less
     * preferred though that one is still configured.
     */
    Optional<String> worseThan(OnAir other) {
        if (!isInput(other.source()) || source.equals(other.source())) {
            return Optional.empty();
        }
        List<String> preferred = List.copyOf(inputs.keySet());
        int now = preferred.indexOf(source);
        int then = preferred.indexOf(other.source());
        boolean worse = now < 0 || (then >= 0 && now > then);
        return worse
                ? Optional.of("it plays " + source + ", while " + other.source() + " is on the air")
                : Optional.empty();
    }

    private static boolean isInput(String source) {
        return !source.equals(OnAir.STANDBY) && !source.equals(OnAir.NOTHING);
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
