package org.relaysupervisor.metering;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Mount;

/** ffmpeg's arguments: from a mount's bytes to samples, soon and at little cost. */
final class DecoderCommand {
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);
    /** ffmpeg waits 0, 1, 3, 7 ... s between attempts, and gives up when a wait would be longer than this. */
    private static final int LONGEST_RECONNECT_DELAY_SECONDS = 4;

    /** For each kbit/s; a quarter of a second of audio. */
    private static final int RECEIVE_BUFFER_BYTES = 32;

    /**
     * Mono becomes two equal channels at its own level; {@code -ac 2} would take 3 dB off. A name that the input has no channel of counts
     * as nothing, so this stays right when the number of channels changes.
     */
    private static final String TO_STEREO = "pan=stereo|FL=FL+FC|FR=FR+FC";

    private DecoderCommand() {}

    static List<String> argv(Path ffmpeg, RelayConfig config, Mount mount, Path socket) {
        List<String> argv = new ArrayList<>(List.of(ffmpeg.toString(), "-nostdin", "-hide_banner", "-nostats"));
        argv.addAll(List.of("-loglevel", "warning", "-filter_threads", "1"));
        argv.addAll(input(config, mount));
        argv.addAll(List.of("-map", "0:a:0", "-af", TO_STEREO + ",aresample=48000"));
        // When the sample rate changes, time stamps go backwards, and ffmpeg would complain of each packet from there
        // on.
        argv.addAll(List.of("-bsf:a", "setts=ts=N"));
        argv.addAll(List.of("-flush_packets", "1", "-f", "f32le", "unix:" + socket));
        return argv;
    }

    private static List<String> input(RelayConfig config, Mount mount) {
        return List.of(
                // Known beforehand, and looked at no longer than until the first frame: samples come after 0.3 s
                // instead of 1.6.
                "-f",
                mount.format().demuxer(),
                "-fflags",
                "nobuffer",
                "-probesize",
                "32",
                "-analyzeduration",
                "0",
                "-threads",
                "1",
                // A decoder that is stopped leaves the audio with the proxy, which knows what is old.
                "-recv_buffer_size",
                Integer.toString(mount.bitrate() * RECEIVE_BUFFER_BYTES),
                "-user_agent",
                RelayConfig.Metering.USER_AGENT,
                "-icy",
                "0",
                "-reconnect",
                "1",
                "-reconnect_streamed",
                "1",
                "-reconnect_on_http_error",
                "4xx,5xx",
                "-reconnect_delay_max",
                Integer.toString(LONGEST_RECONNECT_DELAY_SECONDS),
                "-rw_timeout",
                Long.toString(READ_TIMEOUT.toNanos() / 1_000),
                "-i",
                config.listenUrl(mount.path()).toString());
    }
}
