package org.relaysupervisor.proxy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.relaysupervisor.frames.AudioFormat;
import org.relaysupervisor.frames.Frame;
import org.relaysupervisor.frames.FrameParser;

/** The standby programme in memory, encoded in its mount's own format, played in real time and over and over. */
final class Standby {
    /** More than listeners have in hand; more would only push out what the slow ones have yet to read. */
    private static final Duration LONGEST_ARREARS = Duration.ofSeconds(10);

    private final List<Frame> frames;
    private int next;
    private long dueNanos;

    private Standby(List<Frame> frames) {
        this.frames = frames;
    }

    /** One that has nothing to play. */
    static Standby none() {
        return new Standby(List.of());
    }

    /** What these bytes hold; nothing when they are not in the mount's format. */
    static Standby of(String contentType, byte[] audio) {
        List<Frame> frames = new ArrayList<>();
        FrameParser.of(contentType).ifPresent(parser -> parser.accept(audio, 0, audio.length, frames::add));
        boolean lasts = frames.stream().anyMatch(frame -> frame.samples() > 0);
        return lasts ? new Standby(List.copyOf(frames)) : none();
    }

    boolean isEmpty() {
        return frames.isEmpty();
    }

    /** Empty when there is nothing to play. */
    Optional<AudioFormat> format() {
        return frames.stream().findFirst().map(Frame::format);
    }

    /** From the beginning, as if it had begun at this time. */
    void start(long atNanos) {
        next = 0;
        dueNanos = atNanos;
    }

    /** Hands on the frames that are due by now, but for what was due during a pause of our own. */
    void play(long nowNanos, Consumer<Frame> feed) {
        if (nowNanos - dueNanos > LONGEST_ARREARS.toNanos()) {
            dueNanos = nowNanos - LONGEST_ARREARS.toNanos();
        }
        while (!isEmpty() && nowNanos - dueNanos >= 0) {
            Frame frame = frames.get(next);
            next = (next + 1) % frames.size();
            dueNanos += frame.nanos();
            feed.accept(frame);
        }
    }
}
