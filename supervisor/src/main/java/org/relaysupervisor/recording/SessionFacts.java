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
 * @param expected when its first frame should have been played: counts while nothing better is known
 * @param interruption why what was recorded before ended
 * @param start empty until the proxy has told it
 */
record SessionFacts(
        String mount,
        Format format,
        Instant started,
        Instant expected,
        GapCause interruption,
        Optional<SessionStart> start) {
    static final String FILE = "session.json";

    private static final int VERSION = 1;
    /** Larger than it can become. */
    private static final int LONGEST = 64 << 10;

    SessionFacts beginning(SessionStart known) {
        return new SessionFacts(mount, format, started, expected, interruption, Optional.of(known));
    }

    /** When the first frame was played, as well as it is known. */
    Instant played() {
        return start.map(SessionStart::played).orElse(expected);
    }

    Optional<FeedPosition> first() {
        return start.map(SessionStart::first);
    }

    void write(Path session) throws IOException {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("version", VERSION);
        facts.put("mount", mount);
        facts.put("format", format.name().toLowerCase(Locale.ROOT));
        facts.put("started", started.toString());
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

    /** @throws IOException when there is none, or it isn't as it was written */
    static SessionFacts read(Path session) throws IOException {
        Path file = session.resolve(FILE);
        if (!Files.exists(file)) {
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
