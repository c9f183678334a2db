package org.relaysupervisor.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.proof.RecordedPiece.Gap;
import org.relaysupervisor.proof.RecordingCheck.Verdict;

class RecordingCheckTest {
    private static List<Long> from(long first, int count) {
        return LongStream.range(first, first + count).boxed().toList();
    }

    private static RecordedPiece piece(List<Long> numbers) {
        return new RecordedPiece("a", numbers, Optional.empty());
    }

    private static RecordedPiece after(double seconds, OptionalLong frames, List<Long> numbers) {
        return new RecordedPiece("b", numbers, Optional.of(new Gap("recorder", seconds, frames)));
    }

    private static Verdict judge(RecordedPiece... pieces) {
        return RecordingCheck.judge(List.of(pieces), Set.of());
    }

    @Test
    void frameAfterFrameIsWhole() {
        Verdict verdict = judge(piece(from(1_000, 50)), piece(from(1_050, 50)), piece(from(1_100, 1)));
        assertThat(verdict.faults()).isEmpty();
        assertThat(verdict.holes()).isEmpty();
        assertThat(verdict.frames()).isEqualTo(101);
    }

    @Test
    void aMissingFrameIsFoundWithinAFileAndBetweenTwo() {
        List<Long> numbers = new ArrayList<>(from(0, 50));
        numbers.remove(20);
        assertThat(judge(piece(numbers)).faults()).singleElement().asString().contains("1 frames are missing");
        assertThat(judge(piece(from(0, 50)), piece(from(51, 50))).faults())
                .singleElement()
                .asString()
                .contains("before frame 51", "no gap is told");
    }

    @Test
    void aRepeatedFrameIsFound() {
        assertThat(judge(piece(from(0, 50)), piece(from(49, 50))).faults())
                .singleElement()
                .asString()
                .contains("frame 49 is there again");
    }

    @Test
    void aWholeFileTwiceIsFound() {
        assertThat(judge(piece(from(0, 50)), piece(from(0, 50))).faults()).hasSize(50);
    }

    @Test
    void swappedFramesAreFound() {
        List<Long> numbers = new ArrayList<>(from(0, 50));
        Collections.swap(numbers, 20, 21);
        assertThat(judge(piece(numbers)).faults()).anyMatch(fault -> fault.contains("frame 20 comes after frame 21"));
    }

    @Test
    void swappedFilesAreFound() {
        assertThat(judge(piece(from(50, 50)), piece(from(0, 50))).faults()).hasSize(50);
    }

    @Test
    void aGapIsToldToTheFrameWhenTheDaemonLivedOn() {
        RecordedPiece before = piece(from(0, 50));
        List<Long> numbers = from(70, 50);
        Verdict right = judge(before, after(20 * 0.026_122, OptionalLong.of(20), numbers));
        assertThat(right.faults()).isEmpty();
        assertThat(right.holes()).singleElement().satisfies(hole -> {
            assertThat(hole.frames()).isEqualTo(20);
            assertThat(hole.livedThrough()).isTrue();
        });
        assertThat(judge(before, after(0.5, OptionalLong.of(21), numbers)).faults())
                .singleElement()
                .asString()
                .contains("20 frames are missing, and 21 are told");
        assertThat(judge(before, after(0.5, OptionalLong.of(20), from(50, 50))).faults())
                .singleElement()
                .asString()
                .contains("0 frames are missing, and 20 are told");
    }

    @Test
    void aGapIsToldToHalfASecondWhenTheDaemonWasAway() {
        RecordedPiece before = piece(from(0, 50));
        List<Long> numbers = from(150, 50);
        assertThat(judge(before, after(2.3, OptionalLong.empty(), numbers)).faults())
                .isEmpty();
        assertThat(judge(before, after(2.0, OptionalLong.empty(), numbers)).faults())
                .singleElement()
                .asString()
                .contains("2.612 s are missing, and 2.000 s are told");
        assertThat(judge(before, after(3.2, OptionalLong.empty(), numbers)).faults())
                .hasSize(1);
    }

    @Test
    void theDaemonLivesThroughNothingThatCostsASecond() {
        Verdict verdict = judge(piece(from(0, 50)), after(50 * 0.026_122, OptionalLong.of(50), from(100, 50)));
        assertThat(verdict.faults()).singleElement().asString().contains("though the daemon lived on");
    }

    @Test
    void whatWasOnTheDiskHasToBeThere() {
        assertThat(RecordingCheck.judge(List.of(piece(from(0, 50))), Set.of(3L, 50L, 51L))
                        .faults())
                .singleElement()
                .asString()
                .startsWith("2 frames were on the disk");
    }

    @Test
    void theStandbyTakesTheTimeThatItPlays() {
        List<Long> numbers = new ArrayList<>(from(0, 50));
        numbers.addAll(Collections.nCopies(100, NumberedFrames.FOREIGN));
        numbers.addAll(from(155, 50));
        Verdict verdict = judge(piece(numbers));
        assertThat(verdict.faults()).isEmpty();
        assertThat(verdict.foreign()).isEqualTo(100);
        numbers.addAll(Collections.nCopies(100, NumberedFrames.FOREIGN));
        numbers.addAll(from(405, 50));
        assertThat(judge(piece(numbers)).faults()).hasSize(1);
    }

    @Test
    void numbersAreReadFromTheAudio() {
        ByteArrayOutputStream audio = new ByteArrayOutputStream();
        for (long number : new long[] {7, 8, 5_000_000_000L}) {
            audio.writeBytes(NumberedFrames.frame(number));
        }
        audio.writeBytes(TestFrames.frame(3));
        assertThat(NumberedFrames.numbers(audio.toByteArray()))
                .containsExactly(7L, 8L, 5_000_000_000L, NumberedFrames.FOREIGN);
        byte[] half = Arrays.copyOf(audio.toByteArray(), 2 * NumberedFrames.LENGTH + 100);
        assertThatThrownBy(() -> NumberedFrames.numbers(half)).hasMessageContaining("100 bytes are no whole frame");
        assertThat(NumberedFrames.numbersOfWholeFrames(half)).containsExactly(7L, 8L);
    }

    @Test
    void aChangedByteMakesAFrameForeign() {
        byte[] frame = NumberedFrames.frame(7);
        frame[400]++;
        assertThat(NumberedFrames.numbers(frame)).containsExactly(NumberedFrames.FOREIGN);
    }

    @Test
    void aNumberIsATime() {
        assertThat(NumberedFrames.numberAt(0)).isZero();
        assertThat(NumberedFrames.seconds(NumberedFrames.numberAt(3_600_000_000_000L)))
                .isCloseTo(3_600, within(0.03));
        for (long number : new long[] {1, 38, 1_000_003}) {
            assertThat(NumberedFrames.numberAt(NumberedFrames.nanos(number) + 1))
                    .isEqualTo(number);
        }
    }
}
