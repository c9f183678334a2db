package org.relaysupervisor.station;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** All that a live playlist ever named, by number; complains when a number goes back, or comes to mean something else. */
final class HlsHistory {
    private static final Pattern ENTRY = Pattern.compile(
            "(#EXT-X-DISCONTINUITY\n)?#EXT-X-PROGRAM-DATE-TIME:(\\S+)\n#EXTINF:([0-9.]+),\n([^#\n]\\S*)\n");

    private final Callable<String> playlist;
    private final TreeMap<Long, MatchResult> entries = new TreeMap<>();
    private long sequence;
    private long discontinuitySequence;

    HlsHistory(Callable<String> playlist) {
        this.playlist = playlist;
    }

    /** Looks again, and says how many segments there were so far. */
    int look() throws Exception {
        String text = playlist.call();
        if (text.isEmpty()) {
            return entries.size();
        }
        long first = number(text, "#EXT-X-MEDIA-SEQUENCE:");
        long discontinuities = number(text, "#EXT-X-DISCONTINUITY-SEQUENCE:");
        assertThat(first).isGreaterThanOrEqualTo(sequence);
        assertThat(discontinuities).isGreaterThanOrEqualTo(discontinuitySequence);
        sequence = first;
        discontinuitySequence = discontinuities;
        long number = first;
        for (MatchResult entry : ENTRY.matcher(text).results().toList()) {
            MatchResult known = entries.putIfAbsent(number, entry);
            assertThat(known == null ? entry.group() : known.group())
                    .as("segment " + number)
                    .isEqualTo(entry.group());
            number++;
        }
        assertThat(entries.lastKey() - entries.firstKey() + 1)
                .as("none was missed")
                .isEqualTo(entries.size());
        return entries.size();
    }

    private static long number(String text, String tag) {
        return text.lines()
                .filter(line -> line.startsWith(tag))
                .mapToLong(line -> Long.parseLong(line.substring(tag.length())))
                .findFirst()
                .orElseThrow();
    }

    /** The number after the newest. */
    long next() {
        return entries.lastKey() + 1;
    }

    long discontinuities() {
        return entries.values().stream().filter(entry -> entry.group(1) != null).count();
    }

    /** How much was played between the first and the last segment that is in none, by their dates. */
    Duration missing() {
        Duration audio = entries.headMap(entries.lastKey()).values().stream()
                .map(entry -> Duration.ofNanos(Math.round(Double.parseDouble(entry.group(3)) * 1e9)))
                .reduce(Duration.ZERO, Duration::plus);
        return Duration.between(
                        Instant.parse(entries.firstEntry().getValue().group(2)),
                        Instant.parse(entries.lastEntry().getValue().group(2)))
                .minus(audio);
    }

    List<String> uris() {
        return entries.values().stream().map(entry -> entry.group(4)).toList();
    }

    /** A playlist of all of them, which has an end. */
    String asWhole() {
        StringBuilder text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:4\n");
        entries.values().forEach(entry -> text.append(entry.group()));
        return text.append("#EXT-X-ENDLIST\n").toString();
    }
}
