package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.relaysupervisor.proxy.ProxySnapshot.Tap;

/**
 * The model of the tap in random scripts: two decoders that come at the same moment, of which one never stops. What this one has
 * and the other hasn't is what the mount must have counted.
 */
final class DecoderPairs {
    private final FeedScene scene;
    private Hearer stopping;
    private Hearer steady;
    private Tap before = Tap.NONE;
    private long movesNow;
    private long droppedNow;
    private int heardThen;

    DecoderPairs(FeedScene scene) {
        this.scene = scene;
    }

    private boolean arePresent() {
        return stopping != null && stopping.channel.isOpen();
    }

    void begin() {
        if (!arePresent() && scene.feed().isOn()) {
            Tap then = tap();
            before = new Tap(then.connects() + 2, then.moves(), then.droppedFrames(), then.droppedBytes());
            movesNow = 0;
            droppedNow = 0;
            heardThen = 0;
            stopping = scene.decoder();
            steady = scene.decoder();
        }
    }

    void stopOrGoOn() {
        if (arePresent()) {
            // When it goes on, its turn comes later: what it was to have is settled when it has something new.
            heardThen = stopping.numbers().size();
            stopping.stall(!stopping.isStalled());
        }
    }

    void holds(String script) {
        if (!arePresent()) {
            return;
        }
        Tap now = tap();
        long frames = now.droppedFrames() - before.droppedFrames();
        assertThat(now.connects()).as(script).isEqualTo(before.connects());
        assertThat(now.droppedBytes() - before.droppedBytes()).as(script).isEqualTo(frames * Mp3.LENGTH);
        List<Integer> all = steady.numbers();
        List<Integer> heard = stopping.numbers();
        long missing = all.size() - (long) heard.size();
        if (stopping.isStalled()) {
            assertThat(frames).as("dropped: " + script).isBetween(droppedNow, missing);
            boolean moved = frames > droppedNow;
            assertThat(now.moves() - before.moves()).as("moves: " + script).isEqualTo(movesNow + (moved ? 1 : 0));
        } else if (heard.size() > heardThen) {
            assertThat(frames).as("dropped: " + script).isEqualTo(missing);
            movesNow = now.moves() - before.moves();
            droppedNow = frames;
        }
    }

    private Tap tap() {
        return scene.traffic().tap();
    }
}
