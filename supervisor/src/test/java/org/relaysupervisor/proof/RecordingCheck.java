package org.relaysupervisor.proof;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.OptionalLong;
import java.util.Set;
import org.relaysupervisor.proof.RecordedPiece.Gap;

/**
 * The judgement of a recording whose frames are numbered by the time at which they were played: each is there once and in order, and
 * what is missing is what the manifest says.
 */
final class RecordingCheck {
    /** Of gaps that only clocks could measure, since the daemon was away; in seconds. */
    static final double TOLERANCE = 0.5;
    /** Nothing that the daemon lives through may cost more; in seconds. */
    static final double LONGEST_LIVED_THROUGH = 1;

    /**
     * A hole, and what the manifest says of it.
     *
     * @param frames that are missing
     */
    record Hole(String cause, long frames, double told, boolean livedThrough) {}

    /**
     * A judgement.
     *
     * @param frames that are there
     * @param foreign of them, that carry no number: the standby
     * @param faults empty when the recording is what was played
     */
    record Verdict(long frames, long foreign, List<Hole> holes, List<String> faults) {}

    private final List<Hole> holes = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private final Set<Long> there = new HashSet<>();
    private long frames;
    private long foreign;
    /** Since the last frame that carries a number. */
    private long foreignSince;

    private long last = NumberedFrames.FOREIGN;

    private RecordingCheck() {}

    /**
     * Judges.
     *
     * @param pieces in the order in which they are played
     * @param onDisk numbers of frames that were on the disk at some time
     */
    static Verdict judge(List<RecordedPiece> pieces, Set<Long> onDisk) {
        RecordingCheck check = new RecordingCheck();
        pieces.forEach(check::take);
        check.require(onDisk);
        return new Verdict(check.frames, check.foreign, List.copyOf(check.holes), List.copyOf(check.faults));
    }

    private void take(RecordedPiece piece) {
        boolean isFirst = last == NumberedFrames.FOREIGN;
        if (piece.numbers().isEmpty()) {
            faults.add(piece.name() + " has no frame");
        }
        // What is missing before a piece is missing before its first frame.
        boolean atStart = true;
        for (long number : piece.numbers()) {
            frames++;
            if (number == NumberedFrames.FOREIGN) {
                foreign++;
                foreignSince++;
                continue;
            }
            if (!there.add(number)) {
                faults.add(piece.name() + ": frame " + number + " is there again");
            } else if (last != NumberedFrames.FOREIGN && number < last) {
                faults.add(piece.name() + ": frame " + number + " comes after frame " + last);
            } else if (!isFirst || !atStart) {
                follow(piece, number, atStart);
            }
            last = Math.max(last, number);
            foreignSince = 0;
            atStart = false;
        }
    }

    private void follow(RecordedPiece piece, long number, boolean atStart) {
        long missing = number - last - 1 - foreignSince;
        if (atStart && piece.gap().isPresent()) {
            compare(piece, piece.gap().get(), missing);
        } else if (isMissing(missing)) {
            faults.add(piece.name() + ": " + missing + " frames are missing before frame " + number
                    + ", and no gap is told");
        }
    }

    /** Where another programme was between, numbers are as exact as the moment at which it ended. */
    private boolean isMissing(long missing) {
        return foreignSince == 0 ? missing != 0 : Math.abs(NumberedFrames.seconds(missing)) > TOLERANCE;
    }

    private void compare(RecordedPiece piece, Gap gap, long missing) {
        OptionalLong exactly = gap.frames();
        holes.add(new Hole(gap.cause(), missing, gap.seconds(), exactly.isPresent()));
        double seconds = NumberedFrames.seconds(missing);
        if (exactly.isPresent() && foreignSince == 0 && exactly.getAsLong() != missing) {
            fault(piece, "%d frames are missing, and %d are told", missing, exactly.getAsLong());
        }
        if (Math.abs(seconds - gap.seconds()) > TOLERANCE) {
            fault(piece, "%.3f s are missing, and %.3f s are told", seconds, gap.seconds());
        }
        if (exactly.isPresent() && seconds >= LONGEST_LIVED_THROUGH) {
            fault(piece, "%.3f s are missing, though the daemon lived on", seconds);
        }
    }

    private void fault(RecordedPiece piece, String what, Object... values) {
        faults.add(piece.name() + ": " + String.format(Locale.ROOT, what, values));
    }

    private void require(Set<Long> onDisk) {
        LongSummaryStatistics lost = onDisk.stream()
                .filter(number -> !there.contains(number))
                .mapToLong(Long::longValue)
                .summaryStatistics();
        if (lost.getCount() > 0) {
            faults.add(lost.getCount() + " frames were on the disk and are not in the recording, of frames "
                    + lost.getMin() + " to " + lost.getMax());
        }
    }
}
