package org.relaysupervisor.archive;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.relaysupervisor.config.RelayConfig.Format;

/** A recording that is not yet stored, summed up. Of the archive's thread. */
final class Recording {
    private final RecordingFacts facts;
    private final RecordingDirectory directory;
    private int segments;
    private int lastNumber;
    private int gaps;
    private long bytes;
    /** Audio files that are not verified yet, and their bytes. */
    private final Map<String, Long> waiting = new HashMap<>();

    private long waitingBytes;
    private long verifiedHere;
    private Duration duration = Duration.ZERO;
    private Duration missing = Duration.ZERO;
    private Instant start;
    private Instant end;
    private Optional<Continuity.Tail> tail = Optional.empty();
    private boolean closed;
    private long lastArrival;

    /** @param now by the monotonic clock */
    Recording(RecordingFacts facts, RecordingDirectory directory, long now) {
        this.facts = facts;
        this.directory = directory;
        this.start = facts.begin();
        this.end = facts.begin();
        this.lastArrival = now;
    }

    RecordingFacts facts() {
        return facts;
    }

    RecordingDirectory directory() {
        return directory;
    }

    boolean isFor(Format format, Instant begin, Optional<ShowOnAir> show) {
        return facts.format() == format
                && facts.begin().equals(begin)
                && facts.show().map(ShowOnAir::name).equals(show.map(ShowOnAir::name));
    }

    void add(Sidecar segment, boolean isVerified, long now) {
        start = segments == 0 ? segment.start() : start;
        end = segment.end();
        tail = Optional.of(Continuity.Tail.of(segment));
        segments++;
        lastNumber = Math.max(lastNumber, segment.number());
        bytes += segment.content().length();
        duration = duration.plus(segment.duration());
        gaps += segment.gap().isPresent() ? 1 : 0;
        missing = missing.plus(segment.gap().map(Gap::missing).orElse(Duration.ZERO));
        lastArrival = now;
        if (isVerified) {
            verifiedHere += segment.content().length();
        } else {
            isWaiting(segment.file(), segment.content().length());
        }
    }

    /** May be told again. */
    void isVerified(String file) {
        Long length = waiting.remove(file);
        if (length != null) {
            waitingBytes -= length;
            verifiedHere += length;
        }
    }

    /** Verified audio is not on this disk any more. */
    void deleted(long length) {
        verifiedHere -= length;
    }

    /** Bytes of verified audio that are still on this disk. */
    long verifiedHere() {
        return verifiedHere;
    }

    /** When the store turns out not to have it after all. */
    void isWaitingAgain(String file, long length) {
        if (!waiting.containsKey(file)) {
            verifiedHere -= length;
            isWaiting(file, length);
        }
    }

    private void isWaiting(String file, long length) {
        waiting.put(file, length);
        waitingBytes += length;
    }

    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    boolean isVerified() {
        return waiting.isEmpty();
    }

    int segments() {
        return segments;
    }

    /** Empty while there is no segment. */
    Optional<Continuity.Tail> tail() {
        return tail;
    }

    int nextNumber() {
        return lastNumber + 1;
    }

    /** Files, the manifest too. */
    int waiting() {
        return waiting.size() + (closed ? 1 : 0);
    }

    long waitingBytes() {
        return waitingBytes;
    }

    /** When the newest segment came, by the monotonic clock. */
    long lastArrival() {
        return lastArrival;
    }

    Instant end() {
        return end;
    }

    RecordingView view() {
        return new RecordingView(
                facts.id(),
                facts.mount(),
                facts.show().map(ShowOnAir::name),
                start,
                end,
                duration,
                segments,
                bytes,
                gaps,
                missing,
                segments - waiting.size(),
                closed ? RecordingView.State.UPLOADING : RecordingView.State.RECORDING);
    }
}
