package org.relaysupervisor.archive;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.relaysupervisor.store.Content;

/**
 * What is known of one file of a recording. Written once, beside it.
 *
 * @param number orders the recording's files; those with the same by their names
 * @param file its name
 * @param start when its first frame was played, UTC
 * @param first its first frame's place, if it is known
 * @param gap what is missing before it
 * @param overlapFrames so many of its first frames are also the last ones before it
 * @param titles that began since the file before it was closed
 * @param loudness as it was when this file was closed
 */
record Sidecar(
        int number,
        String file,
        Instant start,
        Duration duration,
        Content content,
        long frames,
        Optional<FeedPosition> first,
        Optional<Gap> gap,
        long overlapFrames,
        List<Title> titles,
        Optional<Loudness> loudness) {

    static final Comparator<Sidecar> ORDER =
            Comparator.comparingInt(Sidecar::number).thenComparing(Sidecar::file);

    Sidecar {
        titles = List.copyOf(titles);
    }

    Instant end() {
        return start.plus(duration);
    }

    /** The place of the frame that comes next, if this one's is known. */
    Optional<FeedPosition> next() {
        return first.map(position -> new FeedPosition(position.feed(), position.frame() + frames));
    }

    byte[] bytes() throws IOException {
        return audio().put("number", number)
                .put("gap", gap.map(Sidecar::fields))
                .put(
                        "titles",
                        titles.stream()
                                .map(title ->
                                        Fields.empty().put("at", title.at()).put("title", title.text()))
                                .toList())
                .put("loudness", loudness.map(Sidecar::fields))
                .bytes();
    }

    /** The file alone, as the manifest has it too. */
    Fields audio() {
        return Fields.empty()
                .put("file", file)
                .put("start", start)
                .put("duration_seconds", duration)
                .put(content)
                .put("frames", frames)
                .put("overlap_frames", overlapFrames)
                .put("feed", first.map(FeedPosition::feed).orElse(null))
                .put("first_frame", first.map(FeedPosition::frame).orElse(null));
    }

    static Sidecar of(byte[] json) throws IOException {
        Fields fields = Fields.parse(json);
        List<Title> titles = new ArrayList<>();
        for (Fields title : fields.objects("titles")) {
            titles.add(new Title(title.time("at"), title.text("title")));
        }
        Optional<Fields> gap = fields.object("gap");
        Optional<Fields> loudness = fields.object("loudness");
        return audio(
                fields,
                (int) fields.number("number"),
                gap.isPresent() ? Optional.of(gap(gap.get())) : Optional.empty(),
                titles,
                loudness.isPresent() ? Optional.of(loudness(loudness.get())) : Optional.empty());
    }

    static Sidecar audio(Fields fields, int number, Optional<Gap> gap, List<Title> titles, Optional<Loudness> loudness)
            throws IOException {
        return new Sidecar(
                number,
                fields.text("file"),
                fields.time("start"),
                fields.duration("duration_seconds"),
                fields.content(),
                fields.number("frames"),
                fields.has("feed")
                        ? Optional.of(new FeedPosition(fields.text("feed"), fields.number("first_frame")))
                        : Optional.empty(),
                gap,
                fields.number("overlap_frames"),
                titles,
                loudness);
    }

    static Fields fields(Gap gap) {
        return Fields.empty()
                .put("cause", gap.cause().label())
                .put("seconds", gap.missing())
                .put("frames", gap.frames())
                .put("from", gap.from())
                .put("to", gap.to());
    }

    static Gap gap(Fields fields) throws IOException {
        try {
            return new Gap(
                    GapCause.valueOf(fields.text("cause").toUpperCase(Locale.ROOT)),
                    fields.duration("seconds"),
                    fields.has("frames") ? OptionalLong.of(fields.number("frames")) : OptionalLong.empty(),
                    fields.time("from"),
                    fields.time("to"));
        } catch (IllegalArgumentException e) {
            throw new IOException("cause is none that this version knows", e);
        }
    }

    static Fields fields(Loudness loudness) {
        return Fields.empty()
                .put("integrated_lufs", loudness.integrated())
                .put("range_lu", loudness.range())
                .put("true_peak_dbtp", loudness.truePeak())
                .put("since", loudness.since());
    }

    static Loudness loudness(Fields fields) throws IOException {
        return new Loudness(
                fields.decimal("integrated_lufs"),
                fields.decimal("range_lu"),
                fields.decimal("true_peak_dbtp"),
                fields.time("since"));
    }
}
