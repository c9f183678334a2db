package org.relaysupervisor.recording;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.relaysupervisor.archive.FeedPosition;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.process.MountInput;

/** ffmpeg's arguments. File names in them are relative to the session's directory, where ffmpeg runs. */
final class RecorderCommand {
    /** Where the live HLS playlist is, beside the sessions. */
    static final String HLS_DIRECTORY = "hls";

    /** Frames that share a packet's head: at 128 kbit/s MPEG-TS is then 13 % larger than the audio, instead of 60 %. */
    private static final String GATHERING_MICROSECONDS = "400000";

    private static final String PROGRAM_TABLE_SECONDS = "2";

    private final RelayConfig config;
    private final Format format;

    RecorderCommand(RelayConfig config) {
        this.config = config;
        this.format = config.recordedMount()
                .orElseThrow(() -> new IllegalArgumentException(
                        "recording.mount is no mount: " + config.recording().mount()))
                .format();
        if (format == Format.OPUS) {
            throw new IllegalArgumentException("recording.mount must be one in mp3 or aac: "
                    + config.recording().mount());
        }
    }

    Format format() {
        return format;
    }

    /** What ffmpeg tells the proxy: which session this is and, when it is known, the frame that is wanted first. */
    static String headers(String session, Optional<FeedPosition> after) {
        return "X-Relay-Session: " + session + "\r\n"
                + after.map(next -> "X-Relay-After: " + next.feed() + ' ' + next.frame() + "\r\n")
                        .orElse("");
    }

    /**
     * @param session its name
     * @param hls whether the local playlist is written, if it is configured
     */
    List<String> argv(Path ffmpeg, String session, String headers, boolean hls) {
        List<String> argv = new ArrayList<>(List.of(ffmpeg.toString(), "-nostdin", "-hide_banner", "-nostats"));
        argv.addAll(List.of("-loglevel", "warning"));
        // Known beforehand, so that the first file is open after a third of a second instead of four.
        argv.addAll(List.of("-f", format.demuxer()));
        argv.addAll(MountInput.once(config, config.recording().mount(), RelayConfig.Recording.USER_AGENT, headers));
        // Titles at the start would become a tag in the middle of segments that are to be joined by mere concatenation.
        argv.addAll(List.of("-map", "0:a:0", "-c", "copy", "-map_metadata", "-1"));
        if (hls && offersHls()) {
            argv.addAll(List.of(
                    "-metadata", "service_name=" + oneLine(config.station().name())));
        }
        argv.addAll(List.of("-f", "tee", outputs(session, hls && offersHls())));
        return argv;
    }

    boolean offersHls() {
        return config.recording().hls().enabled();
    }

    private String outputs(String session, boolean hls) {
        TeeOutput tee = new TeeOutput().add(segments(), "%05d." + format.extension());
        if (hls) {
            tee.add(hls(), "../" + HLS_DIRECTORY + "/" + HlsDirectory.PLAYLIST);
        }
        if (config.hls().enabled()) {
            tee.add(publicSegments(session), PublicSegments.pattern(session));
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
        }
        options.put("segment_format_options", TeeOutput.options(file));
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

    /** Its failure must not end the recording either; that it has failed is seen by the segments that don't come. */
    private Map<String, String> publicSegments(String session) {
        Map<String, String> file = new LinkedHashMap<>();
        // As for recordings: what ffmpeg has when it is killed is published too.
        file.put("flush_packets", "1");
        file.put("pat_period", PROGRAM_TABLE_SECONDS);
        Map<String, String> options = new LinkedHashMap<>();
        options.put("f", "segment");
        options.put("onfail", "ignore");
        options.put("segment_time", seconds(config.hls().segment()));
        options.put("segment_format", "mpegts");
        options.put("segment_list", PublicSegments.list(session));
        options.put("segment_list_type", "csv");
        options.put("segment_list_size", Integer.toString(PublicSegments.LISTED));
        options.put("max_delay", GATHERING_MICROSECONDS);
        options.put("segment_format_options", TeeOutput.options(file));
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
