package org.relaysupervisor.proxy;

import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.Optional;
import org.relaysupervisor.frames.AudioFormat;
import org.relaysupervisor.frames.Frame;

/**
 * A source beside that of a feed, which nobody hears until it takes the place. Only what it sent last is kept, for whoever is to judge
 * it. Lives on the event loop.
 */
final class Understudy {
    /** Of audio; a judge of its level needs no more. */
    private static final Duration KEPT = Duration.ofSeconds(3);

    private static final int KEPT_BYTES = 1 << 20;

    private final Ticker ticker;
    private final long idleNanos;
    private final FrameRing ring = new FrameRing(KEPT, KEPT_BYTES);
    private FeedSource source;
    private Optional<TitleUpdate> title = Optional.empty();
    private byte[] titleRequest = {};
    private AudioFormat format;
    private long heardNanos;

    Understudy(Ticker ticker, Duration idle) {
        this.ticker = ticker;
        idleNanos = idle.toNanos();
    }

    boolean isThere() {
        return source != null;
    }

    boolean is(FeedSource some) {
        return source == some;
    }

    /** The one before it, if any, is cut off: it may be a connection that died unseen. */
    void enter(FeedSource arrived) {
        cutOff();
        source = arrived;
        heardNanos = ticker.nanoTime();
    }

    void append(Frame frame) {
        heardNanos = ticker.nanoTime();
        format = frame.format();
        ring.append(frame, heardNanos);
    }

    /** A title that is shown when it takes the place. */
    void title(TitleUpdate update, byte[] request) {
        title = Optional.of(update);
        titleRequest = request;
    }

    void turn() {
        if (source == null) {
            return;
        }
        source.read();
        if (ticker.nanoTime() - heardNanos > idleNanos) {
            cutOff();
        }
    }

    /** What it sent last, a few seconds of it; nothing when it isn't there. */
    byte[] newest() {
        return ring.newest(KEPT_BYTES);
    }

    /** It leaves for the feed, to which it brings what a decoder needs before its next frame, and its title. */
    void leaveFor(Feed feed) {
        FeedSource next = source;
        byte[] headers = ring.newestHeaders();
        Optional<TitleUpdate> known = title;
        byte[] request = titleRequest;
        left(next);
        feed.play(next);
        if (headers.length > 0) {
            feed.append(new Frame(headers, Frame.Kind.FIRST_HEADER, 0, format));
        }
        known.ifPresent(update -> feed.titles().update(update, request));
    }

    void left(FeedSource gone) {
        if (source == gone) {
            source = null;
            forget();
        }
    }

    void cutOff() {
        FeedSource last = source;
        source = null;
        forget();
        if (last != null) {
            last.cutOff(Refusal.IDLE);
        }
    }

    private void forget() {
        ring.clear();
        title = Optional.empty();
        titleRequest = new byte[0];
    }
}
