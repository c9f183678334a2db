package org.relaysupervisor.archive;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.relaysupervisor.loop.Clock;

/** Takes closed segments from the recorder into their recordings, in the order in which they came. Of the archive's thread. */
final class Intake {
    private static final System.Logger log = System.getLogger(Intake.class.getName());

    /** A week of minutes, during which the disk could not be written. */
    private static final int MOST_WAITING = 10_000;

    private static final int MOST_TITLES = 1000;
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(30);

    /** What becomes of the first segment in the queue; the same whenever it is tried again. */
    private record Prepared(Recording recording, Sidecar sidecar, Optional<Gap> gap) {}

    private final Spool spool;
    private final Map<String, Recording> recordings;
    private final Clock clock;
    private final BiConsumer<Recording, Sidecar> taken;
    /** By mount: the recording that its last segment belongs to. What is interrupted by another one is finished. */
    private final Map<String, Recording> current = new HashMap<>();

    private final ShowHistory shows = new ShowHistory();
    private final Continuity continuity = new Continuity();
    private final EarlyEnds earlyEnds = new EarlyEnds();
    private final Map<GapCause, Duration> gaps = new EnumMap<>(GapCause.class);
    private final ArrayDeque<Segment> waiting = new ArrayDeque<>();
    private final ArrayDeque<Title> titles = new ArrayDeque<>();
    private Optional<Title> lastTitle = Optional.empty();
    private Optional<Loudness> loudness = Optional.empty();
    private Optional<Instant> lastEnd = Optional.empty();
    private Optional<Prepared> prepared = Optional.empty();
    private String machine = "";
    private int failures;
    private long notBefore;

    Intake(Spool spool, Map<String, Recording> recordings, Clock clock, BiConsumer<Recording, Sidecar> taken) {
        this.spool = spool;
        this.recordings = recordings;
        this.clock = clock;
        this.taken = taken;
        this.notBefore = clock.nanoTime();
        for (GapCause cause : GapCause.values()) {
            gaps.put(cause, Duration.ZERO);
        }
    }

    /** From now on segments can be taken. */
    void open(String machineDigits) {
        machine = machineDigits;
    }

    void offer(Segment segment) {
        if (waiting.size() >= MOST_WAITING) {
            log.log(Level.ERROR, "{0} stays where it is until the daemon starts again: too many wait", segment.file());
            return;
        }
        waiting.add(segment);
    }

    void title(Title title) {
        if (titles.size() < MOST_TITLES) {
            titles.add(title);
        }
    }

    void loudness(Loudness measured) {
        loudness = Optional.of(measured);
    }

    /** Takes all that wait, unless one fails: then it is tried again later, and those behind it wait. */
    void run() {
        while (!waiting.isEmpty() && !machine.isEmpty() && clock.nanoTime() - notBefore >= 0) {
            try {
                takeFirst();
                waiting.remove();
                prepared = Optional.empty();
                failures = 0;
            } catch (IOException e) {
                forgetVanished();
                failures++;
                Duration delay = Duration.ofSeconds(Math.min(failures, LONGEST_DELAY.toSeconds()));
                notBefore = clock.nanoTime() + delay.toNanos();
                log.log(
                        failures == 1 ? Level.ERROR : Level.DEBUG,
                        "{0} could not be taken into the archive: {1}; it stays where it is and is tried again",
                        waiting.element().file(),
                        e.toString());
            }
        }
    }

    private void takeFirst() throws IOException {
        Segment segment = waiting.element();
        if (prepared.isEmpty()) {
            if (!spool.files().exists(segment.file())) {
                log.log(Level.ERROR, "{0} is gone before it was taken into the archive", segment.file());
                return;
            }
            prepared = Optional.of(prepare(segment));
        }
        Prepared ready = prepared.get();
        ready.recording().directory().take(segment.file(), ready.sidecar());
        commit(segment, ready);
    }

    /** Somebody has deleted the directory: what comes gets another one. */
    private void forgetVanished() {
        prepared.map(Prepared::recording)
                .filter(recording -> !spool.files().exists(recording.directory().path()))
                .ifPresent(recording -> {
                    log.log(Level.ERROR, "{0} is gone", recording.directory().path());
                    recordings.remove(recording.facts().id());
                    current.remove(recording.facts().mount());
                    prepared = Optional.empty();
                });
    }

    private Prepared prepare(Segment segment) throws IOException {
        ShowHistory.Span span = shows.of(segment.start(), segment.start().plus(segment.duration()));
        Recording recording = recordingOf(segment, span);
        boolean isFirst = recording.segments() == 0;
        Optional<Instant> begin = isFirst && span.show().isPresent() ? Optional.of(span.begin()) : Optional.empty();
        Optional<Continuity.Tail> tail = isFirst ? continuity.of(segment.mount()) : recording.tail();
        Continuity.Join join = Continuity.join(tail, segment, begin);
        Optional<Gap> gap = isFirst ? join.gap().flatMap(whole -> Continuity.since(span.begin(), whole)) : join.gap();
        String name =
                recording.directory().freeName(segment.start(), segment.format().extension());
        Sidecar sidecar = new Sidecar(
                recording.nextNumber(),
                name,
                segment.start(),
                segment.duration(),
                segment.content(),
                segment.frames(),
                segment.first(),
                gap,
                isFirst ? 0 : join.overlapFrames(),
                titlesOf(segment, isFirst),
                loudness);
        return new Prepared(recording, sidecar, join.gap());
    }

    private Recording recordingOf(Segment segment, ShowHistory.Span span) throws IOException {
        Recording last = current.get(segment.mount());
        if (last != null
                && !last.isClosed()
                && last.isFor(segment.format(), span.begin(), span.show())
                && !last.tail().map(tail -> tail.isAfter(segment)).orElse(false)) {
            return last;
        }
        String name =
                MountDirectory.name(segment.mount()) + "/" + SpoolNames.recording(span.begin(), span.show(), machine);
        int attempt = 0;
        while (!spool.directory(name + SpoolNames.suffix(attempt)).isUnused()) {
            attempt++;
        }
        String id = name + SpoolNames.suffix(attempt);
        RecordingFacts facts =
                new RecordingFacts(id, segment.mount(), segment.format(), span.show(), span.begin(), span.end());
        Recording recording = new Recording(facts, spool.directory(id), clock.nanoTime());
        recording.directory().create(facts);
        recordings.put(id, recording);
        current.put(segment.mount(), recording);
        return recording;
    }

    /** Where a mount stood in an earlier life. */
    void resume(String mount, Continuity.Tail tail) {
        continuity.know(mount, tail);
        lastEnd = lastEnd.filter(tail.end()::isBefore).or(() -> Optional.of(tail.end()));
    }

    /** One of an earlier life that may go on, if it is the newest of its mount. */
    void resume(Recording recording) {
        current.merge(
                recording.facts().mount(),
                recording,
                (one, other) -> other.end().isBefore(one.end()) ? one : other);
    }

    /** Whether the mount's next segment may still belong to it. */
    boolean isCurrent(Recording recording) {
        return current.get(recording.facts().mount()) == recording;
    }

    /** Those that began before the segment's end; for a recording's first also the one that was shown already. */
    private List<Title> titlesOf(Segment segment, boolean isFirst) {
        List<Title> shown = new ArrayList<>();
        Instant end = segment.start().plus(segment.duration());
        while (!titles.isEmpty() && titles.element().at().isBefore(end)) {
            shown.add(titles.remove());
        }
        if (isFirst && (shown.isEmpty() || shown.get(0).at().isAfter(segment.start()))) {
            lastTitle.filter(title -> title.at().isBefore(end)).ifPresent(title -> shown.add(0, title));
        }
        lastTitle = shown.isEmpty() ? lastTitle : Optional.of(shown.get(shown.size() - 1));
        return shown;
    }

    private void commit(Segment segment, Prepared ready) {
        Sidecar sidecar = ready.sidecar();
        ready.recording().add(sidecar, false, clock.nanoTime());
        continuity.moveTo(segment.mount(), Continuity.Tail.of(sidecar));
        ready.gap().ifPresent(gap -> gaps.merge(gap.cause(), gap.missing(), Duration::plus));
        if (sidecar.overlapFrames() > 0) {
            log.log(
                    Level.ERROR,
                    "{0} repeats {1} frames of the file before it: its manifest says so",
                    sidecar.file(),
                    sidecar.overlapFrames());
        }
        lastEnd = Optional.of(sidecar.end());
        ready.recording().facts().show().ifPresent(show -> earlyEnds.recorded(show, sidecar.end()));
        taken.accept(ready.recording(), sidecar);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    ShowHistory shows() {
        return shows;
    }

    EarlyEnds earlyEnds() {
        return earlyEnds;
    }

    Map<GapCause, Duration> gaps() {
        return gaps;
    }

    Optional<Instant> lastEnd() {
        return lastEnd;
    }

    long waitingBytes() {
        return waiting.stream().mapToLong(segment -> segment.content().length()).sum();
    }

    int waitingFiles() {
        return waiting.size();
    }
}
