package org.relaysupervisor.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.proof.SourceChain.Run;
import org.relaysupervisor.proof.SourceChain.Verdict;

class SourceChainTest {
    private final SourceChain source = new SourceChain(List.of(run(range(0, 100)), run(range(100, 200))));

    @Test
    void aContiguousPieceIsTheSource() {
        assertThat(judge(range(17, 90)).faults()).isEmpty();
    }

    @Test
    void twoRunsMayFollowEachOtherAndForeignFramesMayStandBetween() {
        assertThat(judge(range(50, 150)).faults()).isEmpty();
        Verdict bridged = judge(join(range(50, 100), range(-40, -10), range(100, 150)));
        assertThat(bridged.faults()).isEmpty();
        assertThat(bridged.runOf()[49]).isZero();
        assertThat(bridged.runOf()[50]).isEqualTo(-1);
        assertThat(bridged.runOf()[80]).isEqualTo(1);
    }

    @Test
    void foreignFramesMayComeFirstAndLast() {
        assertThat(judge(join(range(-40, -10), range(100, 200), range(-40, -10)))
                        .faults())
                .isEmpty();
    }

    @Test
    void aMissingFrameIsFound() {
        assertThat(judge(join(range(10, 50), range(51, 90))).faults())
                .singleElement()
                .asString()
                .contains("1 frames missing");
    }

    @Test
    void aRepeatedFrameIsFound() {
        assertThat(judge(join(range(10, 50), range(49, 90))).faults())
                .singleElement()
                .asString()
                .contains("heard again");
    }

    @Test
    void aForeignFrameInTheMiddleIsFound() {
        assertThat(judge(join(range(10, 50), range(-40, -39), range(50, 90))).faults())
                .singleElement()
                .asString()
                .contains("not the source's");
    }

    @Test
    void framesMissingOnEitherSideOfABridgeAreFound() {
        assertThat(judge(join(range(10, 98), range(-40, -10), range(100, 150))).faults())
                .isNotEmpty();
        assertThat(judge(join(range(10, 100), range(-40, -10), range(103, 150))).faults())
                .singleElement()
                .asString()
                .contains("3 frames missing");
    }

    @Test
    void framesThatAreAllTheSameAreNoFault() {
        long[] silence = new long[50];
        SourceChain quiet = new SourceChain(List.of(run(join(range(1, 20), silence, range(30, 60)))));
        long[] heard = join(range(5, 20), silence, range(30, 50));
        assertThat(quiet.judge(heard, new long[heard.length]).faults()).isEmpty();
    }

    @Test
    void aRunThatBeginsLikeAnEarlierOneIsToldFromItByTheTimeItWasSent() {
        long[] frames = range(0, 50);
        long[] late = new long[50];
        Arrays.fill(late, 100_000_000_000L);
        SourceChain same = new SourceChain(List.of(run(frames), new Run(frames, late)));
        assertThat(same.judge(frames, new long[50]).runOf()[0]).isZero();
        assertThat(same.judge(frames, late).runOf()[0]).isEqualTo(1);
    }

    private Verdict judge(long[] heard) {
        return source.judge(heard, new long[heard.length]);
    }

    private static Run run(long[] frames) {
        return new Run(frames, new long[frames.length]);
    }

    private static long[] range(int from, int to) {
        return LongStream.range(from, to).toArray();
    }

    private static long[] join(long[]... pieces) {
        return Arrays.stream(pieces).flatMapToLong(Arrays::stream).toArray();
    }
}
