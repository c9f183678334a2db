package org.relaysupervisor.metering;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.process.MountInput;

/** ffmpeg's arguments: from a mount's bytes to samples, soon and at little cost. */
final class DecoderCommand {
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
        argv.addAll(soon(mount));
        argv.addAll(MountInput.reconnecting(config, mount.path(), RelayConfig.Metering.USER_AGENT));
        argv.addAll(List.of("-map", "0:a:0", "-af", TO_STEREO + ",aresample=48000"));
        // When the sample rate changes, time stamps go backwards, and ffmpeg would complain of each packet from there
        // on.
        argv.addAll(List.of("-bsf:a", "setts=ts=N"));
        argv.addAll(List.of("-flush_packets", "1", "-f", "f32le", "unix:" + socket));
        return argv;
    }

    private static List<String> soon(Mount mount) {
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
                Integer.toString(mount.bitrate() * RECEIVE_BUFFER_BYTES));
    }
}
