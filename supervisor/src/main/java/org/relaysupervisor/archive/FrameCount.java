package org.relaysupervisor.archive;

import java.time.Duration;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.frames.Frame;
import org.relaysupervisor.frames.FrameParser;

/** Counts frames in bytes that go by. */
final class FrameCount {
    private final FrameParser parser;
    private long frames;
    private long nanos;

    FrameCount(Format format) {
        parser = FrameParser.of(format.contentType()).orElseThrow();
    }

    void accept(byte[] bytes, int offset, int length) {
        parser.accept(bytes, offset, length, this::count);
    }

    private void count(Frame frame) {
        frames++;
        nanos += frame.nanos();
    }

    long frames() {
        return frames;
    }

    Duration duration() {
        return Duration.ofNanos(nanos);
    }

    long garbageBytes() {
        return parser.garbageBytes();
    }
}
