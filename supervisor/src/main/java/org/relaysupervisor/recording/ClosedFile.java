package org.relaysupervisor.recording;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.relaysupervisor.archive.FeedPosition;
import org.relaysupervisor.archive.GapCause;
import org.relaysupervisor.archive.Segment;

/**
 * One line of {@code closed.csv}: what a file of a session was when it was closed.
 *
 * @param number in the file's name
 * @param first its first frame's number in the session's feed; empty when it isn't known
 * @param start when its first frame was played, UTC
 * @param interruption as in its segment
 */
record ClosedFile(
        int number,
        long frames,
        Duration duration,
        OptionalLong first,
        Instant start,
        Optional<GapCause> interruption) {

    String line() {
        return "%05d,%d,%d,%s,%s,%s\n"
                .formatted(
                        number,
                        frames,
                        duration.toNanos(),
                        first.isPresent() ? Long.toString(first.getAsLong()) : "",
                        start,
                        interruption.map(GapCause::label).orElse(""));
    }

    /** Empty when this is no such line, whatever it is. */
    static Optional<ClosedFile> of(String line) {
        String[] fields = line.split(",", -1);
        try {
            return fields.length == 6
                    ? Optional.of(new ClosedFile(
                            Integer.parseInt(fields[0]),
                            Long.parseLong(fields[1]),
                            Duration.ofNanos(Long.parseLong(fields[2])),
                            fields[3].isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(fields[3])),
                            Instant.parse(fields[4]),
                            Optional.of(fields[5])
                                    .filter(cause -> !cause.isEmpty())
                                    .map(cause -> GapCause.valueOf(cause.toUpperCase(Locale.ROOT)))))
                    : Optional.empty();
        } catch (IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }

    /** @param file the one that this is about, ended */
    Segment segment(CountedFile file, SessionFacts session) {
        return new Segment(
                file.path(),
                session.mount(),
                session.format(),
                start,
                duration,
                file.content(),
                frames,
                first.isPresent() && session.first().isPresent()
                        ? Optional.of(new FeedPosition(session.first().get().feed(), first.getAsLong()))
                        : Optional.empty(),
                interruption);
    }

    ClosedFile placeUnknown() {
        return new ClosedFile(number, frames, duration, OptionalLong.empty(), start, interruption);
    }

    Instant end() {
        return start.plus(duration);
    }

    /** The number of the frame after its last. */
    OptionalLong next() {
        return first.isPresent() ? OptionalLong.of(first.getAsLong() + frames) : first;
    }
}
