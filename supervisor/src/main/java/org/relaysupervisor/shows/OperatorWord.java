package org.relaysupervisor.shows;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What the operator has said, which a restart does not forget.
 *
 * @param on the show that the operator has started
 * @param ended scheduled shows that the operator has ended before their time
 */
record OperatorWord(Optional<Show> on, List<Show> ended) {
    static final OperatorWord NONE = new OperatorWord(Optional.empty(), List.of());

    /** Larger than it can become, with the longest names. */
    static final int LARGEST = 1 << 20;

    private static final int MOST_ENDED = 100;

    OperatorWord {
        ended = List.copyOf(ended);
    }

    OperatorWord starting(Show show) {
        return new OperatorWord(Optional.of(show), ended);
    }

    /** Ends this one, whoever has said that it is on. */
    OperatorWord ending(Show show) {
        if (show.origin() == Show.Origin.OPERATOR) {
            return new OperatorWord(Optional.empty(), ended);
        }
        List<Show> newest = Stream.concat(ended.stream(), Stream.of(show))
                .skip(Math.max(0, ended.size() + 1 - MOST_ENDED))
                .toList();
        return new OperatorWord(on, newest);
    }

    boolean hasEnded(Show show) {
        return ended.stream().anyMatch(other -> isSame(show, other));
    }

    /** Whether both are one show, though its end, say, may have been changed meanwhile. */
    static boolean isSame(Show one, Show other) {
        return one.origin() == other.origin()
                && one.name().equals(other.name())
                && one.start().equals(other.start());
    }

    /** Without what is over for good. */
    OperatorWord at(Instant now) {
        return new OperatorWord(
                on.filter(show -> isBefore(now, show.end())),
                ended.stream()
                        .filter(show -> isBefore(now.minus(Duration.ofDays(1)), show.end()))
                        .toList());
    }

    private static boolean isBefore(Instant now, Optional<Instant> end) {
        return end.map(now::isBefore).orElse(true);
    }

    /** When the clock was set, for a show that the operator has started lasts as long as was said, whatever the clock shows. */
    OperatorWord shifted(Duration by) {
        return new OperatorWord(
                on.map(show -> new Show(
                        show.name(),
                        show.profile(),
                        show.expected(),
                        show.start().plus(by),
                        show.end().map(end -> end.plus(by)),
                        show.origin())),
                ended);
    }

    byte[] bytes() throws IOException {
        Map<String, Object> word = new LinkedHashMap<>();
        word.put("on", on.map(OperatorWord::fields).orElse(null));
        word.put("ended", ended.stream().map(OperatorWord::fields).toList());
        return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asBytes(word);
    }

    private static Map<String, Object> fields(Show show) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", show.name());
        fields.put("profile", show.profile().orElse(null));
        fields.put("expected", List.copyOf(new TreeSet<>(show.expected())));
        fields.put("start", show.start().toString());
        fields.put("end", show.end().map(Instant::toString).orElse(null));
        fields.put("origin", show.origin().name());
        return fields;
    }

    /** @throws IOException when this is not what {@link #bytes} gave */
    static OperatorWord of(byte[] bytes) throws IOException {
        try {
            Map<String, Object> word = JSON.std.mapFrom(bytes);
            List<Show> ended = new ArrayList<>();
            for (Object show : (List<?>) Objects.requireNonNull(word.get("ended"))) {
                ended.add(show((Map<?, ?>) show));
            }
            return new OperatorWord(
                    Optional.ofNullable((Map<?, ?>) word.get("on")).map(OperatorWord::show), ended);
        } catch (ClassCastException | NullPointerException | IllegalArgumentException | DateTimeException e) {
            throw new IOException("it is not as it was written", e);
        }
    }

    private static Show show(Map<?, ?> fields) {
        return new Show(
                Objects.requireNonNull((String) fields.get("name")),
                Optional.ofNullable((String) fields.get("profile")),
                Set.copyOf(((List<?>) fields.get("expected"))
                        .stream().map(String.class::cast).toList()),
                Instant.parse((String) fields.get("start")),
                Optional.ofNullable((String) fields.get("end")).map(Instant::parse),
                Show.Origin.valueOf((String) fields.get("origin")));
    }
}
