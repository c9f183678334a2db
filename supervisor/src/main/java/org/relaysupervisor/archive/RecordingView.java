package org.relaysupervisor.archive;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * One recording, for people.
 *
 * @param id such as {@code live/20261123T100000Z-night-line-3f9a}; also where it is in the store
 * @param show its name; empty for an hour in which none was on
 * @param gaps how many pieces are missing
 * @param missing how long these are together
 * @param stored segments that are verified in the store
 */
public record RecordingView(
        String id,
        String mount,
        Optional<String> show,
        Instant start,
        Instant end,
        Duration duration,
        int segments,
        long bytes,
        int gaps,
        Duration missing,
        int stored,
        State state) {

    public enum State {
        /** It goes on. */
        RECORDING,
        /** Ended; not all of it is verified in the store. */
        UPLOADING,
        /** All of it is verified in the store, the manifest too. */
        STORED;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
