package org.relaysupervisor.proxy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.relaysupervisor.frames.Frame;

/**
 * The first moments of a stream that begins anew. A primary begins with a burst of what it played before, most of which was heard
 * here already, from it or as standby in its place: it is kept until it is known how much of its end is missing.
 */
final class Rejoin {
    /** More than a primary has in memory. */
    private static final long LONGEST_NANOS = 30_000_000_000L;

    private static final int LARGEST = 4 << 20;

    private final long untilNanos;
    private final Deque<Frame> frames = new ArrayDeque<>();
    private long nanos;
    private int bytes;

    /** @param untilNanos when the burst has come */
    Rejoin(long untilNanos) {
        this.untilNanos = untilNanos;
    }

    boolean isOver(long nowNanos) {
        return nowNanos - untilNanos >= 0;
    }

    void add(Frame frame) {
        frames.add(frame);
        nanos += frame.nanos();
        bytes += frame.bytes().length;
        while (nanos > LONGEST_NANOS || bytes > LARGEST) {
            Frame oldest = frames.remove();
            nanos -= oldest.nanos();
            bytes -= oldest.bytes().length;
        }
    }

    /** The newest audio that fits into this time, in order, with the headers that came; one frame at least, if there is any. */
    List<Frame> newest(long missingNanos) {
        List<Frame> newest = new ArrayList<>();
        long left = nanos;
        for (Frame frame : frames) {
            boolean header = frame.kind() != Frame.Kind.AUDIO;
            if (header || left <= missingNanos || left <= frame.nanos()) {
                newest.add(frame);
            }
            left -= frame.nanos();
        }
        return newest;
    }
}
