package org.relaysupervisor.doctor;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.status.Finding;

/** Whether the ffmpeg that is installed can record the mount. */
final class Codec {
    private static final String NAME = "recorder: codec";

    private final Program ffmpeg;

    Codec(Program ffmpeg) {
        this.ffmpeg = ffmpeg;
    }

    Finding finding(RelayConfig.Mount mount, boolean localHls, boolean publicHls) throws IOException {
        RelayConfig.Format format = mount.format();
        if (format == RelayConfig.Format.OPUS) {
            return Finding.failed(
                    NAME,
                    mount.path() + " is opus",
                    "set recording.mount to a mount in mp3 or aac: only those are recorded");
        }
        Set<String> readable = names(ffmpeg.output("-hide_banner", "-demuxers"));
        Set<String> writable = names(ffmpeg.output("-hide_banner", "-muxers"));
        List<String> missing = Stream.concat(
                        Stream.of(format.demuxer()).filter(name -> !readable.contains(name)),
                        Stream.concat(
                                        Stream.of(format.muxer(), "segment", "tee"),
                                        Stream.concat(
                                                localHls ? Stream.of("hls") : Stream.empty(),
                                                localHls || publicHls ? Stream.of("mpegts") : Stream.empty()))
                                .filter(name -> !writable.contains(name)))
                .distinct()
                .toList();
        return missing.isEmpty()
                ? Finding.ok(NAME, "ffmpeg can record " + format.extension())
                : Finding.failed(
                        NAME,
                        "ffmpeg knows no " + String.join(", ", missing),
                        "apt install ffmpeg, or set programs.ffmpeg in relay.yaml to a complete one");
    }

    /** Of lines such as {@code  DE mov,mp4,m4a  QuickTime / MOV}. */
    private static Set<String> names(String listing) {
        Set<String> names = new HashSet<>();
        listing.lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(words -> words.length > 1 && words[0].matches("[DEd]+"))
                .forEach(words -> names.addAll(Arrays.asList(words[1].split(","))));
        return names;
    }
}
