package org.relaysupervisor.hls;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A live media playlist, RFC 8216, and all that has to be known to go on with it.
 *
 * @param writer who wrote it last; empty for somebody unknown
 * @param target in seconds, at least the length of every entry, rounded
 * @param sequence the number of the first entry; never goes back
 * @param discontinuities before the first entry; never goes back
 * @param entries the oldest first
 */
record Playlist(String writer, long target, long sequence, long discontinuities, List<Entry> entries) {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final Pattern WRITER = Pattern.compile("(?m)^# written by (\\S+)$");
    private static final Pattern NUMBER = Pattern.compile("(?m)^#EXT-X-([A-Z-]+):(\\d{1,18})$");
    private static final double MICROSECONDS = 1e6;

    Playlist {
        entries = List.copyOf(entries);
    }

    /**
     * @param uri relative to the playlist
     * @param start when its first frame was played, UTC, to the millisecond
     * @param duration to the microsecond
     * @param discontinuity whether its timestamps or its format don't go on from the entry before
     */
    record Entry(String uri, Instant start, Duration duration, boolean discontinuity) {
        Instant end() {
            return start.plus(duration);
        }

        private long roundedSeconds() {
            return Math.round(duration.toMillis() / 1000.0);
        }
    }

    /** One without an entry. Its numbers are the clock's seconds: those of segments, each longer than one, fall behind them for ever. */
    static Playlist empty(Instant now) {
        return new Playlist("", 1, now.getEpochSecond(), now.getEpochSecond(), List.of());
    }

    /** The same without entries, as if all had left it. */
    Playlist emptied() {
        return keeping(0);
    }

    /** The number of the entry that comes next. */
    long next() {
        return sequence + entries.size();
    }

    boolean has(String uri) {
        return entries.stream().anyMatch(entry -> entry.uri().equals(uri));
    }

    Optional<Entry> last() {
        return entries.isEmpty() ? Optional.empty() : Optional.of(entries.get(entries.size() - 1));
    }

    /**
     * With one entry more, and those that are too many or too old gone from the front.
     *
     * @param by who writes this one
     * @param length entries at the most
     * @param oldest when the first entry may have begun, the new one excepted
     * @param least target duration in seconds
     */
    Playlist append(Entry entry, String by, int length, Instant oldest, long least) {
        Playlist kept = keeping(Math.min(entries.size(), length - 1));
        while (!kept.entries.isEmpty() && kept.entries.get(0).start().isBefore(oldest)) {
            kept = kept.keeping(kept.entries.size() - 1);
        }
        List<Entry> all = new ArrayList<>(kept.entries);
        all.add(entry);
        long longest = all.stream().mapToLong(Entry::roundedSeconds).max().orElse(1);
        return new Playlist(by, Math.max(least, longest), kept.sequence, kept.discontinuities, all);
    }

    /** With the newest ones only. */
    private Playlist keeping(int most) {
        int gone = entries.size() - most;
        long tagged = entries.stream().limit(gone).filter(Entry::discontinuity).count();
        return new Playlist(
                writer, target, sequence + gone, discontinuities + tagged, entries.subList(gone, entries.size()));
    }

    String text() {
        StringBuilder text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:3\n");
        text.append("# written by ").append(writer).append('\n');
        text.append("#EXT-X-TARGETDURATION:").append(target).append('\n');
        text.append("#EXT-X-MEDIA-SEQUENCE:").append(sequence).append('\n');
        text.append("#EXT-X-DISCONTINUITY-SEQUENCE:").append(discontinuities).append('\n');
        for (Entry entry : entries) {
            if (entry.discontinuity()) {
                text.append("#EXT-X-DISCONTINUITY\n");
            }
            text.append("#EXT-X-PROGRAM-DATE-TIME:")
                    .append(DATE.format(entry.start()))
                    .append('\n');
            text.append(String.format(
                    Locale.ROOT, "#EXTINF:%.6f,\n", entry.duration().toNanos() / 1e9));
            text.append(entry.uri()).append('\n');
        }
        return text.toString();
    }

    /** Empty when this is no playlist that we, or another machine like us, have written. */
    static Optional<Playlist> parse(String text) {
        Matcher writer = WRITER.matcher(text);
        Optional<Long> target = number(text, "TARGETDURATION");
        Optional<Long> sequence = number(text, "MEDIA-SEQUENCE");
        Optional<Long> discontinuities = number(text, "DISCONTINUITY-SEQUENCE");
        if (!text.startsWith("#EXTM3U\n") || target.isEmpty() || sequence.isEmpty() || discontinuities.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Playlist(
                    writer.find() ? writer.group(1) : "",
                    target.get(),
                    sequence.get(),
                    discontinuities.get(),
                    entries(text)));
        } catch (DateTimeException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** What one tag of a playlist says, whoever wrote it. */
    static Optional<Long> number(String text, String tag) {
        return NUMBER.matcher(text)
                .results()
                .filter(found -> found.group(1).equals(tag))
                .map(found -> Long.parseLong(found.group(2)))
                .findFirst();
    }

    private static List<Entry> entries(String text) {
        List<Entry> entries = new ArrayList<>();
        boolean discontinuity = false;
        Optional<Instant> start = Optional.empty();
        Optional<Duration> duration = Optional.empty();
        for (String line : text.lines().toList()) {
            if (line.equals("#EXT-X-DISCONTINUITY")) {
                discontinuity = true;
            } else if (line.startsWith("#EXT-X-PROGRAM-DATE-TIME:")) {
                start = Optional.of(Instant.parse(line.substring(line.indexOf(':') + 1)));
            } else if (line.startsWith("#EXTINF:")) {
                duration = Optional.of(
                        seconds(line.substring(line.indexOf(':') + 1).replaceFirst(",.*", "")));
            } else if (!line.startsWith("#") && !line.isBlank()) {
                entries.add(new Entry(line, required(start), required(duration), discontinuity));
                discontinuity = false;
                start = Optional.empty();
                duration = Optional.empty();
            }
        }
        return entries;
    }

    private static <T> T required(Optional<T> value) {
        return value.orElseThrow(() -> new IllegalArgumentException("an entry without its date or length"));
    }

    private static Duration seconds(String text) {
        return Duration.ofNanos(Math.round(Double.parseDouble(text) * MICROSECONDS) * 1_000);
    }
}
