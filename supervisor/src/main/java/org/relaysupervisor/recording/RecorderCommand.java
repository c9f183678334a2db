package org.relaysupervisor.recording;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.process.MountInput;

/** ffmpeg's arguments. File names in them are relative to the session's directory, where ffmpeg runs. */
final class RecorderCommand {
    /** Where the live HLS playlist is, beside the sessions. */
    static final String HLS_DIRECTORY = "hls";

    private final RelayConfig config;
    private final Format format;

    RecorderCommand(RelayConfig config) {
        this.config = config;
        this.format = config.mounts().stream()
                .filter(mount -> mount.path().equals(config.recording().mount()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "recording.mount is no mount: " + config.recording().mount()))
                .format();
    }

    List<String> argv(Path ffmpeg) {
        List<String> argv = new ArrayList<>(List.of(ffmpeg.toString(), "-nostdin", "-hide_banner", "-nostats"));
        argv.addAll(List.of("-loglevel", "warning"));
        // Known beforehand, so that the first file is open after a third of a second instead of four.
        argv.addAll(List.of("-f", format.demuxer()));
        argv.addAll(MountInput.arguments(config, config.recording().mount(), RelayConfig.Recording.USER_AGENT));
        // Titles at the start would become a tag in the middle of segments that are to be joined by mere concatenation.
        argv.addAll(List.of("-map", "0:a:0", "-c", "copy", "-map_metadata", "-1"));
        if (config.recording().hls().enabled()) {
            argv.addAll(List.of(
                    "-metadata", "service_name=" + oneLine(config.station().name())));
        }
        argv.addAll(List.of("-f", "tee", outputs()));
        return argv;
    }

    String extension() {
        return format.extension();
    }

    private String outputs() {
        TeeOutput tee = new TeeOutput().add(segments(), "%05d." + extension());
        if (config.recording().hls().enabled()) {
            tee.add(hls(), "../" + HLS_DIRECTORY + "/" + HlsDirectory.PLAYLIST);
        }
        return tee.argument();
    }

    /** When these can't be written any more ffmpeg ends, and is started again: dropped outputs never come back. */
    private Map<String, String> segments() {
        Map<String, String> file = new LinkedHashMap<>();
        // Each packet is on its way to the disk at once: kill -9 loses a fraction of a second and not 256 KB.
        file.put("flush_packets", "1");
        Map<String, String> options = new LinkedHashMap<>();
        options.put("f", "segment");
        options.put("onfail", "abort");
        options.put("segment_time", seconds(config.recording().segment()));
        options.put("segment_format", format.muxer());
        if (format == Format.MP3) {
            file.put("write_xing", "0");
            file.put("id3v2_version", "0");
        } else if (format == Format.OPUS) {
            file.put("page_duration", "200000");
        }
        options.put("segment_format_options", TeeOutput.options(file));
        options.put("segment_list", Session.LIST);
        options.put("segment_list_type", "csv");
        options.put("segment_list_size", "0");
        return options;
    }

    /** A convenience: its failure must not end the recording. */
    private Map<String, String> hls() {
        RelayConfig.Hls hls = config.recording().hls();
        Map<String, String> options = new LinkedHashMap<>();
        options.put("f", "hls");
        options.put("onfail", "ignore");
        options.put("hls_time", seconds(hls.segment()));
        options.put("hls_list_size", Integer.toString(hls.playlistLength()));
        options.put("hls_flags", "delete_segments+omit_endlist");
        // From the clock, so that a new run doesn't use the names of the last one's segments again.
        options.put("hls_start_number_source", "epoch");
        options.put("hls_segment_type", "mpegts");
        options.put("hls_segment_filename", "../" + HLS_DIRECTORY + "/%d.ts");
        return options;
    }

    private static String seconds(Duration duration) {
        return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString();
    }

    private static String oneLine(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
