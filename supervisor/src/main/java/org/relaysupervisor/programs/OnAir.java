package org.relaysupervisor.programs;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What Liquidsoap plays.
 *
 * @param source the name of an input, {@link #STANDBY}, or {@link #NOTHING}
 * @param since when it was first seen to play, to within half a second
 * @param inputs each configured input by its name, in order of preference
 */
public record OnAir(String source, Instant since, Map<String, InputState> inputs) {
    /** The standby programme. */
    public static final String STANDBY = "standby";
    /** Not even the standby can be played: digital silence. */
    public static final String NOTHING = "nothing";

    public OnAir {
        inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    }

    /** Why an input is, or isn't, on the air. */
    public enum InputState {
        /** Has sound, so that it plays unless a preferred one does. */
        READY,
        /** Is there, and was cut off by {@code blank.strip}. */
        SILENT,
        /** Nobody is connected, or there is nothing to play. */
        AWAY;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
