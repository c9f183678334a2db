package org.relaysupervisor.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.proof.RecordingCheck.Verdict;

/** The short form of scripts/recording-survival. */
@Timeout(300)
class RecordingSurvivalIT {
    @Test
    void nothingRecordedIsLostOrRepeatedWhoeverIsKilledAndWhatIsMissingIsTold(@TempDir Path directory)
            throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<RecordingEvent> events = new ArrayList<>();
        events.addAll(Collections.nCopies(3, RecordingEvent.KILL_DAEMON));
        events.addAll(Collections.nCopies(2, RecordingEvent.KILL_RECORDER));
        events.add(RecordingEvent.KILL_EVERYTHING);
        Collections.shuffle(events, random);
        try (RecordingStage stage = RecordingStage.open(directory)) {
            RecordingSurvival.play(stage, events, random);
            Verdict verdict = stage.judge();
            System.out.println(RecordingSurvival.table(events, verdict, stage.connections()));
            assertThat(verdict.faults())
                    .as("seed %d, %s; the daemon said:\n%s", seed, events, stage.output())
                    .isEmpty();
            // Ten seconds of audio: where nothing is, nothing is wrong.
            assertThat(verdict.frames() - verdict.foreign()).isGreaterThan(400);
        }
    }
}
