package org.relaysupervisor;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.relaysupervisor.loop.Loop;
import org.relaysupervisor.recording.Recorder;
import org.relaysupervisor.supervise.ChildSnapshot;
import org.relaysupervisor.supervise.ChildState;
import org.relaysupervisor.supervise.Supervisor;

/** Follows the recorder: where each of its sessions begins, how far it has come, and by whose wish it ended. On the loop. */
final class RecorderWatch {
    /** ffmpeg connects some 100 ms after its start, and writes its first frame 250 ms later. */
    private static final Duration LOOK_FOR_START_EVERY = Duration.ofMillis(50);

    private static final int LOOKS_FOR_START = 100;

    private final Loop loop;
    private final Supervisor supervisor;
    private final StationArchive archive;
    private final Supplier<Optional<Recorder>> recorder;
    private final Supplier<Optional<String>> lastLine;

    private boolean stopped;

    /**
     * @param recorder of the newest configuration
     * @param lastLine that it printed
     */
    RecorderWatch(
            Loop loop,
            Supervisor supervisor,
            StationArchive archive,
            Supplier<Optional<Recorder>> recorder,
            Supplier<Optional<String>> lastLine) {
        this.loop = loop;
        this.supervisor = supervisor;
        this.archive = archive;
        this.recorder = recorder;
        this.lastLine = lastLine;
    }

    /** Whether it was an operator who ended it, since it was last up. */
    boolean wasStopped() {
        return stopped;
    }

    /** To be called each second. */
    void observe() {
        recorder.get().ifPresent(running -> {
            running.observe();
            if (running.hasOtherOutputsThanAllowed()) {
                supervisor.restart(Recorder.NAME);
            }
        });
    }

    /** The child was that, and is this. */
    void changed(ChildSnapshot before, ChildSnapshot after) {
        if (before.wanted() && !after.wanted()) {
            stopped = true;
        }
        if (before.pid().isPresent() && after.pid().isEmpty()) {
            recorder.get().ifPresent(ended -> archive.recorderEnded(ended, lastLine.get()));
        }
        if (before.pid().isEmpty() && after.pid().isPresent()) {
            learnStart(LOOKS_FOR_START);
        }
        if (after.state() == ChildState.UP) {
            stopped = false;
        }
    }

    /** Where a session begins is on the disk before its first frame is, also when this is all that the daemon lives to see. */
    private void learnStart(int looks) {
        recorder.get().ifPresent(begun -> {
            begun.observe();
            if (begun.awaitsStart() && looks > 0) {
                loop.after(LOOK_FOR_START_EVERY, () -> learnStart(looks - 1));
            }
        });
    }
}
