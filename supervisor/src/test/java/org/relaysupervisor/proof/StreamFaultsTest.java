package org.relaysupervisor.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is wrong with a stream is seen, in whatever pieces it comes. */
class StreamFaultsTest {
    private final Chain chain = new Chain();
    private final List<String> faults = new ArrayList<>();
    private final FrameWalker walker = new FrameWalker(frame -> chain.add(frame, 0), faults::add);

    @Test
    void framesAreFoundInAnyPieces() {
        byte[] stream = TestFrames.frames(0, 50);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int at = 0; at < stream.length; ) {
            int length = Math.min(1 + random.nextInt(1_000), stream.length - at);
            walker.accept(stream, at, length);
            at += length;
        }
        assertThat(chain.frames()).as("seed %s", seed).isEqualTo(TestFrames.hashes(0, 50));
        assertThat(faults).isEmpty();
    }

    @Test
    void whatComesBeforeTheFirstWholeFrameIsNoFault() {
        byte[] stream = TestFrames.frames(0, 10);
        walker.accept(stream, 100, stream.length - 100);
        assertThat(chain.frames()).isEqualTo(TestFrames.hashes(1, 10));
        assertThat(faults).isEmpty();
    }

    @Test
    void aByteTooManyIsAFault() {
        byte[] stream = TestFrames.frames(0, 10);
        walker.accept(stream, 0, stream.length);
        walker.accept(new byte[1], 0, 1);
        walker.accept(stream, 0, stream.length);
        assertThat(faults).hasSize(1);
        assertThat(chain.frames()).hasSize(20);
    }

    @Test
    void metadataInPhaseLeavesFramesOnly() {
        IcyStripper stripper = new IcyStripper(1_000, walker::accept, faults::add);
        byte[] stream = TestFrames.frames(0, 20);
        feed(stripper, stream, 1_000, TestFrames.metadata("StreamTitle='it''s a \u00e9';"));
        assertThat(faults).isEmpty();
        assertThat(chain.frames()).isEqualTo(TestFrames.hashes(0, 20));
    }

    @Test
    void metadataOutOfPhaseIsAFault() {
        IcyStripper stripper = new IcyStripper(1_000, walker::accept, faults::add);
        feed(stripper, TestFrames.frames(0, 20), 999, TestFrames.metadata("StreamTitle='a';"));
        assertThat(faults).isNotEmpty();
    }

    private static void feed(IcyStripper stripper, byte[] stream, int interval, byte[] metadata) {
        for (int at = 0; at < stream.length; at += interval) {
            int end = Math.min(at + interval, stream.length);
            stripper.accept(Arrays.copyOfRange(stream, at, end), 0, end - at);
            if (end - at == interval) {
                stripper.accept(metadata, 0, metadata.length);
            }
        }
    }
}
