package org.relaysupervisor.supervise;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** Holds every question until the test answers it; the probes themselves are never run. */
final class FakeProbeRunner implements ProbeRunner {
    final List<Asked> all = new ArrayList<>();
    private final Set<Asked> open = new LinkedHashSet<>();
    private boolean refusing;

    /** From now on there is no thread for a probe, or there is again. */
    void refuse(boolean refuse) {
        refusing = refuse;
    }

    @Override
    public Asked ask(Probe probe, long pid, Consumer<Answer> answer) {
        if (refusing) {
            throw new RejectedExecutionException("no probe thread is free");
        }
        Asked asked = new Asked(probe, pid, answer);
        all.add(asked);
        open.add(asked);
        return asked;
    }

    /** Questions without an answer or cancel, oldest first. */
    List<Asked> open() {
        return List.copyOf(open);
    }

    final class Asked implements Question {
        final Probe probe;
        final long pid;
        private final Consumer<Answer> answer;
        private boolean answered;
        private boolean cancelled;

        Asked(Probe probe, long pid, Consumer<Answer> answer) {
            this.probe = probe;
            this.pid = pid;
            this.answer = answer;
        }

        boolean isCancelled() {
            return cancelled;
        }

        /** Also after a cancel, as a thread that didn't notice in time does. */
        void answer(Answer result) {
            if (!answered) {
                answered = true;
                open.remove(this);
                answer.accept(result);
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
            open.remove(this);
        }
    }
}
