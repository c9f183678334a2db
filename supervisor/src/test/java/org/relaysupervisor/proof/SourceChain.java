package org.relaysupervisor.proof;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All that the source sent, and the judgement of what a listener heard of it. A listener has to hear the frames of a run one
 * after the other, none missing and none twice. Only between the last frame of a run and the first of the next may there be
 * foreign ones: the standby programme, while the source was away.
 */
final class SourceChain {
    /**
     * What came on one connection of the source.
     *
     * @param sentAt when each frame came, as System.nanoTime() has it
     */
    record Run(long[] frames, long[] sentAt) {}

    /**
     * A judgement.
     *
     * @param runOf for each frame heard, the run that it is of; -1 for a foreign one
     * @param faults what was missing, repeated or out of place; empty when the listener heard the source
     */
    record Verdict(int[] runOf, List<String> faults) {}

    /** So many frames in a row don't agree by chance. Single ones do: silence is the same each time. */
    private static final int SURE = 8;
    /** What a new listener gets at once is not older than this. */
    private static final long OLDEST_NANOS = 60_000_000_000L;

    private record Place(int run, int frame) {}

    private final List<Run> runs;
    private final Map<Long, List<Place>> places = new HashMap<>();

    SourceChain(List<Run> runs) {
        this.runs = runs;
        for (int run = 0; run < runs.size(); run++) {
            long[] frames = runs.get(run).frames();
            for (int frame = 0; frame < frames.length; frame++) {
                places.computeIfAbsent(frames[frame], any -> new ArrayList<>(1)).add(new Place(run, frame));
            }
        }
    }

    int runs() {
        return runs.size();
    }

    /** @param heardAt by the clock of {@link Run#sentAt} */
    Verdict judge(long[] heard, long[] heardAt) {
        return new Judgement(heard, heardAt).verdict();
    }

    /** Goes along what was heard; {@code run} and {@code frame} are where in the source the next frame should come from. */
    private final class Judgement {
        private final long[] heard;
        private final long[] heardAt;
        private final int[] runOf;
        private final List<String> faults = new ArrayList<>();
        private int at;
        private int run = -1;
        private int frame;
        private boolean foreign;

        Judgement(long[] heard, long[] heardAt) {
            this.heard = heard;
            this.heardAt = heardAt;
            this.runOf = new int[heard.length];
            Arrays.fill(runOf, -1);
        }

        Verdict verdict() {
            while (at < heard.length) {
                if (run >= 0 && matches(run, frame, foreign ? SURE : 1)) {
                    take();
                } else if (run >= 0 && atEndOfRun() && run + 1 < runs.size() && matches(run + 1, 0, SURE)) {
                    run++;
                    frame = 0;
                } else {
                    search();
                }
            }
            return new Verdict(runOf, List.copyOf(faults));
        }

        private void take() {
            runOf[at++] = run;
            frame++;
            foreign = false;
        }

        private boolean atEndOfRun() {
            return frame == runs.get(run).frames().length;
        }

        private void search() {
            Place place = longestMatch();
            if (place == null) {
                if (run >= 0 && !atEndOfRun() && !foreign) {
                    fault("not the source's, in the middle of it");
                }
                foreign = true;
                at++;
                return;
            }
            if (run >= 0) {
                fault(difference(place));
            } else if (foreign && place.frame() > 0) {
                fault(place.frame() + " frames missing at the start of run " + place.run());
            }
            run = place.run();
            frame = place.frame();
            foreign = false;
        }

        private String difference(Place place) {
            if (place.run() < run || (place.run() == run && place.frame() < frame)) {
                return "heard again: run " + place.run() + " from frame " + place.frame();
            }
            int missing = place.frame() - frame;
            for (int between = run; between < place.run(); between++) {
                missing += runs.get(between).frames().length;
            }
            return missing + " frames missing, then run " + place.run() + " from frame " + place.frame();
        }

        private void fault(String what) {
            faults.add("frame " + at + " heard" + (run < 0 ? "" : ", after frame " + frame + " of run " + run) + ": "
                    + what);
        }

        /** Of all places in the source that agree surely, the one that agrees longest, and of those the latest. */
        private Place longestMatch() {
            Place best = null;
            int longest = 0;
            for (Place place : places.getOrDefault(heard[at], List.of())) {
                int length = agreement(place.run(), place.frame(), Integer.MAX_VALUE);
                if (length >= longest && isInTime(place) && matches(place.run(), place.frame(), SURE)) {
                    best = place;
                    longest = length;
                }
            }
            return best;
        }

        private boolean isInTime(Place place) {
            long age = heardAt[at] - runs.get(place.run()).sentAt()[place.frame()];
            return age >= 0 && age < OLDEST_NANOS;
        }

        /** Whether as many frames agree as asked for, or all there are when these are fewer. */
        private boolean matches(int candidate, int first, int wanted) {
            int available = Math.min(heard.length - at, runs.get(candidate).frames().length - first);
            int enough = Math.min(wanted, available);
            return enough > 0 && agreement(candidate, first, enough) == enough;
        }

        private int agreement(int candidate, int first, int limit) {
            long[] frames = runs.get(candidate).frames();
            int most = Math.min(limit, Math.min(heard.length - at, frames.length - first));
            int length = 0;
            while (length < most && frames[first + length] == heard[at + length]) {
                length++;
            }
            return length;
        }
    }
}
