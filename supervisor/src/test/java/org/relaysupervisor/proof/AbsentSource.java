package org.relaysupervisor.proof;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.relaysupervisor.station.Station;

/** A DJ who comes and goes, and a Liquidsoap that stands still: what no audio tells of. */
final class AbsentSource implements AutoCloseable {
    private static final String PASSED_THROUGH = "/through";
    /** For as long the feed waits for its source before it plays the standby from memory. */
    private static final Duration BRIDGED_AFTER = Duration.ofSeconds(2);

    static final DeadAirCase DJ_LEFT =
            new DeadAirCase("standby", "standby: the DJ left", "/live", "standby", Duration.ZERO, Duration.ZERO);
    static final DeadAirCase FROM_MEMORY = new DeadAirCase(
            "bridged",
            "standby from memory: Liquidsoap stands still",
            "/live",
            "standby",
            Duration.ZERO,
            BRIDGED_AFTER);
    static final DeadAirCase NO_BYTES = new DeadAirCase(
            "no_bytes",
            "no bytes: Liquidsoap stands still",
            PASSED_THROUGH,
            "no_bytes",
            DeadAirMaterial.HOLD,
            Duration.ZERO);

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(5);

    private final Station station;
    private final Path programme;
    private final LiquidsoapSocket liquidsoap;
    private final long pid;
    private Process dj;

    /** @param station that is on the air */
    AbsentSource(Station station, Path programme) throws IOException, InterruptedException {
        this.station = station;
        this.programme = programme;
        this.liquidsoap = new LiquidsoapSocket(station);
        this.pid = station.pid("liquidsoap");
    }

    /** A second mount, whose listeners Icecast serves: nothing plays on there when the source does not. */
    static void configure(Station station) throws IOException {
        station.edit(
                "(?m)^    profile: music$",
                "    profile: music\n  - path: " + PASSED_THROUGH + "\n    listeners: icecast");
        station.edit("mounts: \\[/live\\]", "mounts: [/live, " + PASSED_THROUGH + "]");
    }

    /** Returns when the DJ is on the air. */
    long connectDj() throws IOException, InterruptedException {
        dj = new ProcessBuilder(List.of(
                        "ffmpeg",
                        "-nostdin",
                        "-loglevel",
                        "error",
                        "-re",
                        "-stream_loop",
                        "-1",
                        "-i",
                        programme.toString(),
                        "-c:a",
                        "libmp3lame",
                        "-b:a",
                        "192k",
                        "-content_type",
                        "audio/mpeg",
                        "-f",
                        "mp3",
                        "icecast://source:" + station.djPassword() + "@127.0.0.1:" + station.harborPort + "/dj"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return plays("live");
    }

    /** Returns when Liquidsoap plays the standby, which it does when its buffer is empty. */
    long disconnectDj() throws IOException, InterruptedException {
        dj.destroyForcibly();
        return plays("standby");
    }

    private long plays(String source) throws IOException, InterruptedException {
        long began = System.nanoTime();
        while (System.nanoTime() - began < PATIENCE.toNanos()) {
            long asked = System.nanoTime();
            if (liquidsoap.ask("relay.on_air").startsWith(source)) {
                return asked;
            }
            Thread.sleep(POLL.toMillis());
        }
        throw new IllegalStateException("Liquidsoap did not play " + source);
    }

    long stop() throws IOException, InterruptedException {
        return signal("STOP");
    }

    long resume() throws IOException, InterruptedException {
        return signal("CONT");
    }

    private long signal(String signal) throws IOException, InterruptedException {
        long now = System.nanoTime();
        Station.signal(signal, pid);
        return now;
    }

    @Override
    public void close() throws IOException {
        liquidsoap.close();
        if (dj != null) {
            dj.destroyForcibly();
        }
    }
}
