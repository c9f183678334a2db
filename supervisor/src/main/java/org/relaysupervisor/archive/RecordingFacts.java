package org.relaysupervisor.archive;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.relaysupervisor.config.RelayConfig.Format;

/**
 * What a recording is, from its first moment on.
 *
 * @param id such as {@code live/20261123T100000Z-night-line-3f9a}
 * @param show empty for an hour in which none was on
 * @param begin of the show or the hour, UTC
 * @param end likewise; empty when that is open
 */
record RecordingFacts(
        String id, String mount, Format format, Optional<ShowOnAir> show, Instant begin, Optional<Instant> end) {
    /** Of {@code recording.json}. */
    static final int VERSION = 1;

    byte[] bytes() throws IOException {
        return fields().put("version", VERSION).bytes();
    }

    Fields fields() {
        return Fields.empty()
                .put("id", id)
                .put("mount", mount)
                .put("format", format.extension())
                .put("content_type", format.contentType())
                .put("begin", begin)
                .put("scheduled_end", end.map(Instant::toString).orElse(null))
                .put("show", show.map(RecordingFacts::fields));
    }

    private static Fields fields(ShowOnAir show) {
        return Fields.empty()
                .put("name", show.name())
                .put("begin", show.begin())
                .put("end", show.end().map(Instant::toString).orElse(null));
    }

    static RecordingFacts of(byte[] json) throws IOException {
        return of(Fields.parse(json));
    }

    static RecordingFacts of(Fields fields) throws IOException {
        Optional<Fields> show = fields.object("show");
        return new RecordingFacts(
                fields.text("id"),
                fields.text("mount"),
                format(fields.text("format")),
                show.isPresent() ? Optional.of(show(show.get())) : Optional.empty(),
                fields.time("begin"),
                time(fields, "scheduled_end"));
    }

    private static ShowOnAir show(Fields fields) throws IOException {
        return new ShowOnAir(fields.text("name"), fields.time("begin"), time(fields, "end"));
    }

    private static Optional<Instant> time(Fields fields, String name) throws IOException {
        return fields.has(name) ? Optional.of(fields.time(name)) : Optional.empty();
    }

    static Format format(String extension) throws IOException {
        for (Format format : Format.values()) {
            if (format.extension().equals(extension)) {
                return format;
            }
        }
        throw new IOException("format is none that this version knows");
    }
}
