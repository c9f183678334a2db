package org.relaysupervisor.hls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.store.ObjectStore;

/** A machine that makes segments of six seconds. Each life of ffmpeg is a session, each life of the daemon a writer. */
final class SegmentSource {
    static final Duration SEGMENT = Duration.ofSeconds(6);
    static final int LENGTH = 5;

    private final ManualLoop clock;
    private final ObjectStore store;
    private final Path directory;
    private final String machine;
    private int life;
    private int sessions;
    private int number;
    PublicPlaylist playlist;

    SegmentSource(ManualLoop clock, ObjectStore store, Path directory, String machine) {
        this.clock = clock;
        this.store = store;
        this.directory = directory;
        this.machine = machine;
        restart();
    }

    /** Another life of the daemon, and so of ffmpeg. */
    void restart() {
        life++;
        playlist = new PublicPlaylist(store, new Writer(machine, "life" + life), LENGTH, SEGMENT, clock);
        newSession();
    }

    /** Another life of ffmpeg. */
    void newSession() {
        sessions++;
        number = 0;
    }

    /** The one that has just been closed. */
    HlsSegment segment() throws IOException {
        String session = machine + "-session" + sessions;
        Instant start = clock.now().minus(SEGMENT);
        Path file = directory.resolve(session + "-" + number + ".ts");
        Files.write(file, (file + " " + start).getBytes(StandardCharsets.UTF_8));
        return new HlsSegment(file, session, number++, start, SEGMENT, clock.nanoTime());
    }
}
