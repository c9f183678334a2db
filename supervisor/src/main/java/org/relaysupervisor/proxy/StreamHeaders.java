package org.relaysupervisor.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a source says of its stream, and what listeners are told of it: the same headers that Icecast makes of it.
 *
 * @param contentType as the source sent it; empty when it sent none
 * @param forListeners header lines without a line end
 */
record StreamHeaders(Optional<String> contentType, List<String> forListeners) {
    static final StreamHeaders NONE = new StreamHeaders(Optional.empty(), List.of());

    /** By the names that sources use; the icy- form of each is taken as well. */
    private static final Map<String, String> NAMES = Map.of(
            "bitrate", "icy-br",
            "description", "icy-description",
            "genre", "icy-genre",
            "name", "icy-name",
            "public", "icy-pub",
            "url", "icy-url");

    private static final String AUDIO_INFO = "ice-audio-info";
    private static final Pattern BITRATE = Pattern.compile("(?:^|;)\\s*(?:ice-)?bitrate=([0-9]{1,5})");

    StreamHeaders {
        forListeners = forListeners.stream().distinct().toList();
    }

    static StreamHeaders of(RequestHead source) {
        return of(source.headers(), source.header("Content-Type"));
    }

    static StreamHeaders of(List<RequestHead.Header> headers, Optional<String> contentType) {
        List<String> lines = new ArrayList<>();
        for (RequestHead.Header header : headers) {
            String name = header.name().toLowerCase(Locale.ROOT);
            String told = name.startsWith("ice-") || name.startsWith("icy-") ? NAMES.get(name.substring(4)) : null;
            if (told != null && !header.value().isEmpty()) {
                lines.add(told + ":" + header.value());
            } else if (name.equals(AUDIO_INFO)) {
                bitrate(header.value()).ifPresent(bitrate -> lines.add("icy-br:" + bitrate));
                lines.add(AUDIO_INFO + ": " + header.value());
            }
        }
        return new StreamHeaders(contentType, lines);
    }

    private static Optional<String> bitrate(String audioInfo) {
        Matcher bitrate = BITRATE.matcher(audioInfo);
        return bitrate.find() ? Optional.of(bitrate.group(1)) : Optional.empty();
    }
}
