package org.relaysupervisor.archive;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.relaysupervisor.store.ContentDigest;

/**
 * What a finished recording consists of; MANIFEST.md describes the file.
 *
 * @param segments at least one, in the order in which they are played
 */
record Manifest(String station, RecordingFacts facts, List<Sidecar> segments) {
    static final int VERSION = 1;

    Manifest {
        segments = List.copyOf(segments);
    }

    Instant start() {
        return segments.get(0).start();
    }

    Instant end() {
        return segments.get(segments.size() - 1).end();
    }

    /** Of what is heard: without frames that are there twice. */
    Duration duration() {
        return segments.stream().map(Manifest::heard).reduce(Duration.ZERO, Duration::plus);
    }

    private static Duration heard(Sidecar segment) {
        if (segment.overlapFrames() == 0) {
            return segment.duration();
        }
        long kept = Math.max(0, segment.frames() - segment.overlapFrames());
        return segment.duration().multipliedBy(kept).dividedBy(Math.max(1, segment.frames()));
    }

    long frames() {
        return segments.stream()
                .mapToLong(segment -> Math.max(0, segment.frames() - segment.overlapFrames()))
                .sum();
    }

    /** Of all files. */
    long bytesOfAudio() {
        return segments.stream()
                .mapToLong(segment -> segment.content().length())
                .sum();
    }

    /** Whether nothing is missing between the first and the last frame, nor before the first. */
    boolean isComplete() {
        return segments.stream().allMatch(segment -> segment.gap().isEmpty());
    }

    /** Each proves all files up to its own, in their order. */
    List<String> chain() {
        List<String> chain = new ArrayList<>();
        String link = "";
        for (Sidecar segment : segments) {
            link = ContentDigest.sha256(link + segment.content().sha256());
            chain.add(link);
        }
        return chain;
    }

    RecordingView view(RecordingView.State state) {
        Duration missing = segments.stream()
                .flatMap(segment -> segment.gap().stream())
                .map(Gap::missing)
                .reduce(Duration.ZERO, Duration::plus);
        return new RecordingView(
                facts.id(),
                facts.mount(),
                facts.show().map(ShowOnAir::name),
                start(),
                end(),
                duration(),
                segments.size(),
                bytesOfAudio(),
                (int) segments.stream()
                        .filter(segment -> segment.gap().isPresent())
                        .count(),
                missing,
                segments.size(),
                state);
    }

    byte[] bytes() throws IOException {
        List<Fields> files = new ArrayList<>();
        List<Fields> gaps = new ArrayList<>();
        List<String> chain = chain();
        for (int i = 0; i < segments.size(); i++) {
            Sidecar segment = segments.get(i);
            files.add(segment.audio().put("chain", chain.get(i)));
            int before = i;
            segment.gap().ifPresent(gap -> gaps.add(Sidecar.fields(gap).put("after_segment", before)));
        }
        return facts.fields()
                .put("version", VERSION)
                .put("station", station)
                .put("start", start())
                .put("end", end())
                .put("duration_seconds", duration())
                .put("frames", frames())
                .put("bytes", bytesOfAudio())
                .put("complete", isComplete())
                .put("segments", files)
                .put("gaps", gaps)
                .put("titles", titles())
                .put("loudness", loudness().map(Sidecar::fields))
                .bytes();
    }

    private Optional<Loudness> loudness() {
        return segments.stream().flatMap(segment -> segment.loudness().stream()).reduce((older, newer) -> newer);
    }

    private List<Fields> titles() {
        List<Fields> titles = new ArrayList<>();
        for (Sidecar segment : segments) {
            for (Title title : segment.titles()) {
                titles.add(Fields.empty()
                        .put("offset_seconds", offset(title.at()))
                        .put("at", title.at())
                        .put("title", title.text()));
            }
        }
        return titles;
    }

    /** Where in the joined audio a moment is; the nearest place when it isn't in it. */
    private Duration offset(Instant moment) {
        Duration before = Duration.ZERO;
        for (Sidecar segment : segments) {
            if (moment.isBefore(segment.end())) {
                Duration into = Duration.between(segment.start(), moment);
                return into.isNegative() ? before : before.plus(into);
            }
            before = before.plus(heard(segment));
        }
        return before;
    }

    /** @throws IOException when this is no manifest of a version we know, or it contradicts itself */
    static Manifest of(byte[] json) throws IOException {
        Fields fields = Fields.parse(json);
        if (fields.number("version") != VERSION) {
            throw new IOException("it is of version " + fields.number("version") + ", this daemon knows " + VERSION);
        }
        Map<Integer, Gap> gaps = new HashMap<>();
        for (Fields gap : fields.objects("gaps")) {
            gaps.put((int) gap.number("after_segment"), Sidecar.gap(gap));
        }
        List<Sidecar> segments = new ArrayList<>();
        List<String> chain = new ArrayList<>();
        for (Fields file : fields.objects("segments")) {
            int before = segments.size();
            segments.add(Sidecar.audio(
                    file, before + 1, Optional.ofNullable(gaps.get(before)), List.of(), Optional.empty()));
            chain.add(file.text("chain"));
        }
        Manifest manifest = new Manifest(fields.text("station"), RecordingFacts.of(fields), segments);
        manifest.check(fields, chain);
        return manifest;
    }

    private void check(Fields fields, List<String> chain) throws IOException {
        if (segments.isEmpty()) {
            throw new IOException("it has no segments");
        }
        if (!chain.equals(chain())) {
            throw new IOException("the chain of its segments is broken");
        }
        if (fields.number("frames") != frames() || fields.number("bytes") != bytesOfAudio()) {
            throw new IOException("its sums are not those of its segments");
        }
    }
}
