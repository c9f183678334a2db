package org.relaysupervisor.programs;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What {@code /admin/stats} said.
 *
 * @param serverId such as {@code Icecast 2.4.4}
 * @param serverStart when the server started, where it says so in a form that can be read
 * @param clients connections of every kind
 * @param sources mounts that have a source now: those with a {@code stream_start}
 */
public record IcecastStats(String serverId, Optional<Instant> serverStart, long clients, List<Source> sources) {
    public IcecastStats {
        sources = List.copyOf(sources);
    }

    /**
     * @param mount such as {@code /live}
     * @param listeners as Icecast counts them: the recorder and any tap are among them
     * @param streamStart when the source connected
     * @param title what plays, as the source said; may hold any character
     */
    public record Source(
            String mount,
            String listenUrl,
            String serverType,
            long listeners,
            long listenerPeak,
            Optional<Instant> streamStart,
            Optional<String> title) {}
}
