package org.relaysupervisor.recording;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.relaysupervisor.archive.FeedPosition;
import org.relaysupervisor.archive.GapCause;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.files.DurableFile;

/**
 * What a session's {@code session.json} says, so that its files can be described again when nobody remembers them.
 *
 * @param started when ffmpeg was, UTC
 * @param asked the frame that ffmpeg was told to ask for; empty when it was to leave that to the proxy
 * @param expected when its first frame should have been played: counts while nothing better is known
 * @param interruption why what was recorded before ended
 * @param start empty until the proxy has told it
 */
record SessionFacts(
        String mount,
        Format format,
        Instant started,
        Optional<FeedPosition> asked,
        Instant expected,
        GapCause interruption,
        Optional<SessionStart> start) {
    static final String FILE = "session.json";

    private static final int VERSION = 1;
    /** Larger than it can become. */
    private static final int LONGEST = 64 << 10;

    SessionFacts beginning(SessionStart known) {
        return new SessionFacts(mount, format, started, asked, expected, interruption, Optional.of(known));
    }

    /** When the first frame was played, as well as it is known. */
    Instant played() {
        return start.map(SessionStart::played).orElse(expected);
    }

    Optional<FeedPosition> first() {
        return start.map(SessionStart::first);
    }

    /** Where it begins as well as it is known: too uncertain to be claimed, but good enough to ask for what comes after. */
    Optional<FeedPosition> likelyFirst() {
        return first().or(this::asked);
    }

    void write(Path session) throws IOException {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("version", VERSION);
        facts.put("mount", mount);
        facts.put("format", format.name().toLowerCase(Locale.ROOT));
        facts.put("started", started.toString());
        asked.ifPresent(place -> {
            facts.put("asked_feed", place.feed());
            facts.put("asked_frame", place.frame());
        });
        facts.put("expected", expected.toString());
        facts.put("interruption", interruption.label());
        start.ifPresent(known -> {
            facts.put("feed", known.first().feed());
            facts.put("first_frame", known.first().frame());
            facts.put("played", known.played().toString());
        });
        DurableFile.replace(
                session.resolve(FILE),
                JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asBytes(facts));
    }

    /** Whether a directory has any. */
    static boolean isIn(Path session) {
        return Files.exists(session.resolve(FILE));
    }

    /** @throws IOException when there is none, or it isn't as it was written */
    static SessionFacts read(Path session) throws IOException {
        Path file = session.resolve(FILE);
        if (!isIn(session)) {
            throw new IOException("it has no " + FILE);
        }
        if (Files.size(file) > LONGEST) {
            throw new IOException(file + " is longer than anything that is written to it");
        }
        try {
            Map<String, Object> facts = JSON.std.mapFrom(Files.readAllBytes(file));
            if (number(facts, "version") != VERSION) {
                throw new IOException(
                        file + " is of version " + facts.get("version") + ", and this one knows " + VERSION);
            }
            Optional<FeedPosition> asked = facts.get("asked_feed") == null
                    ? Optional.empty()
                    : Optional.of(new FeedPosition(text(facts, "asked_feed"), number(facts, "asked_frame")));
            Optional<SessionStart> start = facts.get("feed") == null
                    ? Optional.empty()
                    : Optional.of(new SessionStart(
                            session.getFileName().toString(),
                            new FeedPosition(text(facts, "feed"), number(facts, "first_frame")),
                            Instant.parse(text(facts, "played"))));
            return new SessionFacts(
                    text(facts, "mount"),
                    Format.valueOf(text(facts, "format").toUpperCase(Locale.ROOT)),
                    Instant.parse(text(facts, "started")),
                    asked,
                    Instant.parse(text(facts, "expected")),
                    GapCause.valueOf(text(facts, "interruption").toUpperCase(Locale.ROOT)),
                    start);
        } catch (ClassCastException | NullPointerException | IllegalArgumentException | DateTimeException e) {
            throw new IOException(file + " is not as it was written", e);
        }
    }

    private static String text(Map<String, Object> facts, String name) {
        return Objects.requireNonNull((String) facts.get(name));
    }

    private static long number(Map<String, Object> facts, String name) {
        return ((Number) Objects.requireNonNull(facts.get(name))).longValue();
    }
}
